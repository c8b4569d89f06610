# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Messages that rosbag2 kept in SQLite, with definitions inside or, before Iron, without."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
import sqlite3
from typing import Any
from urllib.parse import quote

from f2p_core.bags.errors import BagDamagedError, BagError
from f2p_core.bags.storage import BagMessage, BagTopic, MAX_FILE_BYTES, OnDamage
from f2p_core.bags.unpacking import MAX_CHUNK_BYTES
from f2p_core.files import open_regular

_TEXT_COLUMNS = ('name', 'type')
_IDL = 'ros2idl'


class SqliteFile:
    """An open SQLite file of a bag. It has no checksums; only its structure can be checked.

    Args:
        path: The file.

    Raises:
        BagError: If it is no such file, or damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with open_regular(path, MAX_FILE_BYTES):
            pass  # SQLite opens by name itself; a FIFO would hold it up
        # What a recorder that was killed wrote last may still be in its log beside the file.
        settled = '' if path.with_name(f'{path.name}-wal').exists() else '&immutable=1'
        with self._named():
            self._database = sqlite3.connect(
                f'file:{quote(str(path.absolute()))}?mode=ro{settled}', uri=True
            )
        try:
            with self._named():
                self._database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CHUNK_BYTES)
                self._database.execute('PRAGMA trusted_schema = OFF')
                self._check_tables()
                self._topics = self._read_topics()
                (self.start_ns,) = self._database.execute(
                    'SELECT MIN(timestamp) FROM messages'
                ).fetchone()
        except BaseException:
            self._database.close()
            raise

    @property
    def topics(self) -> tuple[BagTopic, ...]:
        """What was recorded."""
        return tuple(self._topics.values())

    @property
    def remarks(self) -> tuple[str, ...]:
        """Nothing."""
        return ()

    @property
    def has_checksums(self) -> bool:
        """Never."""
        return False

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def messages(self, topics: Collection[str], on_damage: OnDamage) -> Iterator[BagMessage]:
        """Yields messages by time.

        Args:
            topics: Names of the topics.
            on_damage: Told where the file breaks; nothing follows then.
        """
        wanted = [i for i, t in self._topics.items() if t.name in topics]
        places = ','.join('?' for _ in wanted)
        try:
            with self._named():
                for topic_id, time_ns, data in self._database.execute(
                    'SELECT topic_id, timestamp, data FROM messages '
                    f'WHERE topic_id IN ({places}) ORDER BY timestamp, id',
                    wanted,
                ):
                    if not isinstance(time_ns, int) or not isinstance(data, bytes):
                        raise BagDamagedError(f'{self._path.name}: a message has no time or data')
                    topic = self._topics[topic_id]
                    yield BagMessage(topic.name, topic.type_name, time_ns, data)
        except BagError as error:
            on_damage(error)

    def damages(self) -> Iterator[str]:
        """Yields what SQLite finds wrong with the structure of the file."""
        with self._named():
            for (found,) in self._database.execute('PRAGMA quick_check(10)'):
                if found != 'ok':
                    yield f'{self._path.name}: {found}'

    def _check_tables(self) -> None:
        """Views in their place could do anything."""
        rows = self._database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {name for (name,) in rows}
        if missing := {'topics', 'messages'} - tables:
            raise BagError(f'{self._path.name} has no table {", ".join(sorted(missing))}')

    def _read_topics(self) -> dict[int, BagTopic]:
        definitions = self._definitions()
        hash_column = (
            'type_description_hash' if 'type_description_hash' in self._columns('topics') else "''"
        )
        found = {}
        for topic_id, name, type_name, type_hash in self._database.execute(
            f'SELECT id, name, type, {hash_column} FROM topics'
        ):
            if not all(isinstance(text, str) for text in (name, type_name, type_hash)):
                raise BagDamagedError(f'{self._path.name}: topic {topic_id} has no name or type')
            text, is_idl = definitions.get(type_name, ('', False))
            found[topic_id] = BagTopic(name, type_name, text, is_idl, type_hash)
        return found

    def _definitions(self) -> dict[str, tuple[str, bool]]:
        """Per type its definition and whether that is IDL; bags of Humble have none."""
        if 'encoded_message_definition' not in self._columns('message_definitions'):
            return {}
        rows = self._database.execute(
            'SELECT topic_type, encoding, encoded_message_definition FROM message_definitions'
        )
        return {kind: (text, encoding == _IDL) for kind, encoding, text in rows if text}

    def _columns(self, table: str) -> set[Any]:
        return {row[1] for row in self._database.execute(f'PRAGMA table_info({table})')}

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Makes errors of SQLite ours."""
        try:
            yield
        except (sqlite3.Error, OverflowError, ValueError) as error:
            raise BagDamagedError(f'{self._path.name}: {error}') from error
