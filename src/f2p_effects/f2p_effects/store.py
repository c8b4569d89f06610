# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The versioned model store: a directory of immutable versions and a pointer to the active one.

    models/
        active.json                   which version is in use, and who decided so
        v0001/model.json              what it is, where it is from, the SHA-256 of its files
        v0001/...                     what its kind of model is made of: safetensors and JSON

A version appears whole or not at all, whenever the writer dies: it is written beside, flushed to
the disk, and renamed. Writers of several processes take turns by a lock the system releases when
its holder ends. Nothing here is ever unpickled, and nothing is believed that does not have the
SHA-256 it should have.
"""

from __future__ import annotations

from collections.abc import Callable
import os
import time

from f2p_effects.decisions import ActiveFile, ModelState, Standing, standing_of, Word
from f2p_effects.errors import DamagedStoreError, DecisionError, EffectsError
from f2p_effects.protocol import EffectModel
from f2p_effects.records import ModelRecord, read_version, StoredModel
from f2p_effects.store_files import ACTIVE, mend
from f2p_effects.versions import Versions


class ModelStore(Versions):
    """A directory of model versions.

    Args:
        directory: Created when the first model is saved.
        clock: Time of the machine [ns], by which decisions are dated.
    """

    def __init__(
        self, directory: str | os.PathLike[str], clock: Callable[[], int] = time.time_ns
    ) -> None:
        super().__init__(directory)
        self._active = ActiveFile(self.directory / ACTIVE, clock)

    def list_models(self) -> tuple[StoredModel, ...]:
        """Returns all versions, readable or not; weights are not read.

        Where the pointer is not readable, none is said to be active.
        """
        try:
            active = self._active.read()
        except EffectsError:
            active = None
        lines = []
        for version in self.versions():
            used = active is not None and active.version == version
            try:
                lines.append(StoredModel(version, used, self.record(version), ''))
            except EffectsError as error:
                lines.append(StoredModel(version, used, None, str(error)))
        return tuple(lines)

    def load(self, version: int | str) -> EffectModel:
        """Loads a model by version number or by digest (or a unique beginning of it).

        Raises:
            EffectsError: If there is none, if its kind or one of its relations is not known here,
                or if its files are cut short, changed or of another model; the message names the
                file or what differs.
        """
        number = version if isinstance(version, int) else self._version_of(version)
        return read_version(self.folder_of(number), self.record(number))

    def activate(self, version: int, *, who: str = '', why: str = '') -> ModelRecord:
        """Makes a version the active one, after it was loaded once as a check.

        Args:
            version: Which one.
            who: Who decides; empty: a program does, without asking anybody.
            why: Why; may be empty.

        Raises:
            EffectsError: As ``load`` does; the active version then stays.
        """
        self.load(version)
        record = self.record(version)
        with self._locked():
            self._active.activate(Word(record.version, record.digest, who, why))
        return record

    def reject(self, version: int, *, who: str, why: str = '') -> ModelRecord:
        """Notes that a version is not wanted; arguments as for ``activate``.

        Raises:
            EffectsError: If there is no such version, or no version was ever put into use.
            DecisionError: If it is the active one.
        """
        record = self.record(version)
        with self._locked():
            self._active.reject(Word(record.version, record.digest, who, why))
        return record

    def roll_back(self, version: int, *, who: str, why: str = '') -> ModelRecord:
        """Makes a version the active one that was it before; arguments as for ``activate``.

        Raises:
            EffectsError: As ``load`` does.
            DecisionError: If it never was the active one, or is it now.
        """
        try:
            state = self.standing(version).state
        except DamagedStoreError:  # nobody knows any more what was in use: this mends it
            return self.activate(version, who=who, why=why)
        if state is not ModelState.RETIRED:
            raise DecisionError(
                f'version {version} is {state}; one can go back only to a version that was in use'
            )
        return self.activate(version, who=who, why=why)

    def standing(self, version: int) -> Standing:
        """Returns how a version stands, and the last word about it.

        Raises:
            EffectsError: If there is no such version or a file is not readable.
        """
        return standing_of(self._active.read(), version, self.record(version).digest)

    def active_version(self) -> int | None:
        """Returns the active version; ``None`` when none was ever activated.

        Raises:
            EffectsError: If the pointer is not readable.
        """
        pointer = self._active.read()
        return None if pointer is None else pointer.version

    def active_record(self) -> ModelRecord | None:
        """Returns what the active version is; ``None`` when none was ever activated.

        Raises:
            DamagedStoreError: If it is not the version that was activated: it was exchanged.
            EffectsError: If pointer or record are not readable.
        """
        pointer = self._active.read()
        if pointer is None:
            return None
        record = self.record(pointer.version)
        if record.digest != pointer.digest:
            raise DamagedStoreError(
                f'{self.directory / ACTIVE} puts version {pointer.version} with the digest '
                f'{pointer.digest[:12]} into use, and the version has {record.digest[:12]}: it '
                f'was exchanged; restore it from a copy, or {mend(self.directory / ACTIVE)}'
            )
        return record

    def load_active(self) -> EffectModel:
        """Loads the active model.

        Raises:
            EffectsError: If none is active, or as ``active_record`` and ``load`` do.
        """
        record = self.active_record()
        if record is None:
            raise EffectsError(
                f'no active model in {self.directory}; run "f2p models activate VERSION" or '
                '"f2p pretrain"'
            )
        return read_version(self.folder_of(record.version), record)

    def _version_of(self, digest: str) -> int:
        lines = self.list_models()
        records = [line.record for line in lines if line.record is not None]
        found = [r for r in records if digest and r.digest.startswith(digest)]
        if len({r.digest for r in found}) == 1:
            return found[0].version
        unreadable = [line.problem for line in lines if line.problem]
        if unreadable and not found:
            raise DamagedStoreError(
                f'no readable model with digest {digest!r} in {self.directory}; {unreadable[0]}'
            )
        many = 'several models' if found else 'no model'
        raise EffectsError(f'{many} with digest {digest!r} in {self.directory}')
