# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The versioned model store: a directory of immutable versions and a pointer to the active one.

    models/
        active.json                   which version is in use, and who decided so
        v0001/model.json              what it is and where it is from
        v0001/...                     what its kind of model is made of: safetensors and JSON

A version appears whole or not at all, whenever the writer dies: it is written beside, flushed to
the disk, and renamed. Writers of several processes take turns by a lock the system releases when
its holder ends. Nothing here is ever unpickled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import fcntl
import os
from pathlib import Path
import re
import shutil
import time
from typing import Any, Literal, NamedTuple
import uuid

from f2p_core.errors import F2PError
from f2p_core.files import write_atomically
from f2p_core.models import Value
from f2p_core.relations import RELATIONS
from f2p_effects.decisions import (
    ActiveFile,
    Digest,
    ModelState,
    Standing,
    standing_of,
    Version,
    Word,
)
from f2p_effects.errors import DecisionError, EffectsError
from f2p_effects.learners import EFFECT_MODELS, learner_of
from f2p_effects.protocol import EffectModel
from f2p_effects.store_files import ACTIVE, flush, mend, read_document, RECORD

MAX_MODEL_BYTES = 2**30
"""Larger models are refused before they are read."""

_DATA_SUFFIXES = ('.safetensors', '.json')
_INSTALL = 'install the package that brings them, or activate another version'

_LOCK = '.lock'
_PARTIAL = '.partial-'
_VERSION_NAME = re.compile(r'v(\d{4,})')


class ModelRecord(Value):
    """What a stored model is.

    Attributes:
        schema_version: Version of this file's form; 2 has the kind of model, and its sizes moved
            to the kind's own files.
        version: Version in the store.
        kind: Kind of effect model (``f2p_effects.learners.EFFECT_MODELS``); its learner reads and
            writes the files beside this one.
        digest: SHA-256 over all that changes a prediction.
        parent: Digest of the model it was tuned from; ``None`` for a pretrained one.
        relation_names: Relations it predicts.
        provenance: How it was made (command, seed, data summary, figures), as JSON values.
    """

    schema_version: Literal[2] = 2
    version: Version
    kind: str
    digest: Digest
    parent: Digest | None = None
    relation_names: tuple[str, ...]
    provenance: dict[str, Any]


class StoredModel(NamedTuple):
    """A line of a listing; where ``record`` is ``None``, ``problem`` says why it is unreadable."""

    version: int
    active: bool
    record: ModelRecord | None
    problem: str


class ModelStore:
    """A directory of model versions.

    Args:
        directory: Created when the first model is saved.
        clock: Time of the machine [ns], by which decisions are dated.
    """

    def __init__(
        self, directory: str | os.PathLike[str], clock: Callable[[], int] = time.time_ns
    ) -> None:
        self.directory = Path(directory)
        self._active = ActiveFile(self.directory / ACTIVE, clock)

    def versions(self) -> tuple[int, ...]:
        """Returns the version numbers present, ascending."""
        if not self.directory.is_dir():
            return ()
        matches = (_VERSION_NAME.fullmatch(p.name) for p in self.directory.iterdir())
        return tuple(sorted(int(m[1]) for m in matches if m))

    def list_models(self) -> tuple[StoredModel, ...]:
        """Returns all versions, readable or not; weights are not read."""
        active = self._active.read()
        lines = []
        for version in self.versions():
            used = active is not None and active.version == version
            try:
                lines.append(StoredModel(version, used, self.record(version), ''))
            except EffectsError as error:
                lines.append(StoredModel(version, used, None, str(error)))
        return tuple(lines)

    def record(self, version: int) -> ModelRecord:
        """Returns what a version is.

        Raises:
            EffectsError: If there is no such version or its record is not readable.
        """
        if version not in self.versions():
            raise EffectsError(
                f'no model version {version} in {self.directory}; it has {list(self.versions())}'
            )
        path = self._folder(version) / RECORD
        record = read_document(ModelRecord, path)
        if record.version != version:
            raise EffectsError(f'{path} says version {record.version}; restore the directory name')
        return record

    def load(self, version: int | str) -> EffectModel:
        """Loads a model by version number or by digest (or a unique beginning of it).

        Raises:
            EffectsError: If there is none, if its kind or one of its relations is not known here,
                or if its files are cut short, changed or of another model; the message names the
                file or what differs.
        """
        number = version if isinstance(version, int) else self._version_of(version)
        record, folder = self.record(number), self._folder(number)
        _require_known(record, folder)
        model = _loaded(record, folder)
        if model.digest != record.digest:
            raise EffectsError(
                f'{folder} does not have the digest {record.digest[:12]} its record states: it '
                f'was changed or belongs to another model; {mend(folder / RECORD)}'
            )
        return model

    def save(
        self,
        model: EffectModel,
        *,
        parent: str | None = None,
        provenance: dict[str, Any] | None = None,
    ) -> ModelRecord:
        """Stores a model as the next version.

        Args:
            model: A model of a known kind; saving the same one twice makes two versions.
            parent: Digest of the model it was tuned from.
            provenance: How it was made, as JSON values.

        Returns:
            The record, with the version number given.

        Raises:
            InvalidInputError: If the model is of a kind that is not known.
            EffectsError: If its learner writes something else than safetensors and JSON.
        """
        with self._locked():
            for stale in self.directory.glob(f'{_PARTIAL}*'):
                shutil.rmtree(stale)
            record = ModelRecord(
                version=max(self.versions(), default=0) + 1,
                kind=model.kind,
                digest=model.digest,
                parent=parent,
                relation_names=model.relation_names,
                provenance=provenance or {},
            )
            partial = self.directory / f'{_PARTIAL}{uuid.uuid4().hex}'
            partial.mkdir()
            learner_of(model).save(model, partial)
            _require_data_only(partial, model.kind)
            text = record.model_dump_json(indent=2) + '\n'
            write_atomically(partial / RECORD, text.encode())
            partial.rename(self._folder(record.version))
            flush(self.directory)
        return record

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
        state = self.standing(version).state
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

    def load_active(self) -> EffectModel:
        """Loads the active model.

        Raises:
            EffectsError: If none is active, or as ``load`` does.
        """
        version = self.active_version()
        if version is None:
            raise EffectsError(
                f'no active model in {self.directory}; run "f2p models activate VERSION" or '
                '"f2p pretrain"'
            )
        return self.load(version)

    def _version_of(self, digest: str) -> int:
        records = [line.record for line in self.list_models() if line.record is not None]
        found = [r.version for r in records if r.digest.startswith(digest)]
        digests = {r.digest for r in records if r.digest.startswith(digest)}
        if not digest or len(digests) != 1:
            many = 'several models' if len(digests) > 1 else 'no model'
            raise EffectsError(f'{many} with digest {digest!r} in {self.directory}')
        return found[0]

    def _folder(self, version: int) -> Path:
        return self.directory / f'v{version:04d}'

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Holds the store's lock; the system frees it should this process die."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / _LOCK).open('w') as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _require_known(record: ModelRecord, folder: Path) -> None:
    """Refuses a model that speaks of what is not known here, and one too large to be read."""
    if record.kind not in EFFECT_MODELS:
        raise EffectsError(
            f'{folder} is an effect model of the kind {record.kind}; known here: '
            f'{", ".join(EFFECT_MODELS.names)}; {_INSTALL}'
        )
    unknown = [name for name in record.relation_names if name not in RELATIONS]
    if unknown:
        raise EffectsError(
            f'{folder} predicts relations that are not known here: {", ".join(unknown)}; known: '
            f'{", ".join(RELATIONS.names)}; {_INSTALL}'
        )
    size = sum(path.stat().st_size for path in folder.iterdir())
    if size > MAX_MODEL_BYTES:
        raise EffectsError(
            f'{folder} is larger than {MAX_MODEL_BYTES} bytes; {mend(folder / RECORD)}'
        )


def _loaded(record: ModelRecord, folder: Path) -> EffectModel:
    learner = EFFECT_MODELS[record.kind]
    try:
        return learner.load(
            folder, version=record.version, relation_names=record.relation_names
        )
    except F2PError as error:
        raise EffectsError(f'{error}; {mend(folder / RECORD)}') from error
    except Exception as error:  # whatever a stranger's learner makes of files that were changed
        raise EffectsError(
            f'{folder} cannot be read as {record.kind}: {type(error).__name__}: {error}; '
            f'{mend(folder / RECORD)}'
        ) from error


def _require_data_only(folder: Path, kind: str) -> None:
    """Refuses what a learner wrote that is neither safetensors nor JSON, and puts it on disk."""
    for path in sorted(folder.iterdir()):
        if path.suffix not in _DATA_SUFFIXES or path.name == RECORD or not path.is_file():
            raise EffectsError(
                f'the effect model {kind} wrote {path.name}; a model is files of '
                f'{" and ".join(_DATA_SUFFIXES)} beside {RECORD}'
            )
        flush(path)
