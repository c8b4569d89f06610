# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a file of a bag is to its reader, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple, Protocol

from f2p_core.bags.errors import BagError

MAX_FILE_BYTES = 2**40
"""A file of a bag may have so much [bytes]: a day of ten cameras."""


class BagTopic(NamedTuple):
    """A topic as a bag states it.

    Attributes:
        name: Name of the topic, as it was recorded.
        type_name: For example ``f2p_msgs/msg/Failure``.
        definition: Text of the message definition; empty: the bag has none.
        is_idl: Whether that text is IDL.
        type_hash: RIHS01 hash of the type; empty: not stated.
    """

    name: str
    type_name: str
    definition: str = ''
    is_idl: bool = False
    type_hash: str = ''


class BagMessage(NamedTuple):
    """One message of a bag, not decoded yet.

    Attributes:
        topic: Name of its topic, as it was recorded.
        type_name: For example ``f2p_msgs/msg/Failure``.
        time_ns: When it was received, on the clock of the recording [ns].
        data: CDR, as it was on the wire.
    """

    topic: str
    type_name: str
    time_ns: int
    data: bytes


OnDamage = Callable[[BagError], None]
"""Told of a damaged part; reading goes on behind it unless this raises."""


class Storage(Protocol):
    """An open file of a bag."""

    @property
    def topics(self) -> tuple[BagTopic, ...]:
        """What was recorded."""

    @property
    def start_ns(self) -> int | None:
        """When the first message was received [ns]; ``None``: there is none."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is to be known of it though it can be read, one sentence each."""

    @property
    def has_checksums(self) -> bool:
        """Whether damage to any message would be noticed."""

    def messages(self, topics: Collection[str], on_damage: OnDamage) -> Iterator[BagMessage]:
        """Yields the messages of some topics by time.

        Raises:
            BagError: What ``on_damage`` raises, or where reading cannot go on.
        """

    def damages(self) -> Iterator[str]:
        """Yields what is damaged that no message shows: indexes, the structure of the file."""

    def close(self) -> None:
        """Closes the file."""
