# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The versioned model store: a directory of immutable versions and a pointer to the active one.

    models/
        active.json                   which version is in use
        v0001/model.json              what it is and where it is from
        v0001/weights.safetensors

A version appears whole or not at all, whenever the writer dies: it is written beside, flushed to
the disk, and renamed. Writers of several processes take turns by a lock the system releases when
its holder ends. Nothing here is ever unpickled.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import fcntl
import os
from pathlib import Path
import re
import shutil
from typing import Annotated, Any, Literal, NamedTuple, TypeVar
import uuid

from pydantic import BaseModel, Field
from safetensors import SafetensorError
import safetensors.torch
import torch

from f2p_core.errors import InvalidInputError
from f2p_core.files import parse_document, write_atomically
from f2p_core.models import Value
from f2p_effects.config import ModelConfig
from f2p_effects.errors import EffectsError
from f2p_effects.model import EnsembleEffectModel, network_digest
from f2p_effects.network import EffectNetwork

WEIGHTS = 'weights.safetensors'
RECORD = 'model.json'
ACTIVE = 'active.json'
MAX_WEIGHT_BYTES = 2**30
"""Larger weight files are refused before they are read."""

_LOCK = '.lock'
_PARTIAL = '.partial-'
_VERSION_NAME = re.compile(r'v(\d{4,})')

Document = TypeVar('Document', bound=BaseModel)
Version = Annotated[int, Field(ge=1)]
Digest = Annotated[str, Field(pattern=r'^[0-9a-f]{64}$')]


class ModelRecord(Value):
    """What a stored model is.

    Attributes:
        schema_version: Version of this file's form.
        version: Version in the store.
        digest: SHA-256 over configuration and weights.
        parent: Digest of the model it was tuned from; ``None`` for a pretrained one.
        relation_names: Relations it predicts.
        config: Sizes of the network.
        provenance: How it was made (command, seed, data summary, figures), as JSON values.
    """

    schema_version: Literal[1] = 1
    version: Version
    digest: Digest
    parent: Digest | None = None
    relation_names: tuple[str, ...]
    config: ModelConfig
    provenance: dict[str, Any]


class ActivePointer(Value):
    """Which version is in use."""

    schema_version: Literal[1] = 1
    version: Version
    digest: Digest


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
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.directory = Path(directory)

    def versions(self) -> tuple[int, ...]:
        """Returns the version numbers present, ascending."""
        if not self.directory.is_dir():
            return ()
        matches = (_VERSION_NAME.fullmatch(p.name) for p in self.directory.iterdir())
        return tuple(sorted(int(m[1]) for m in matches if m))

    def list_models(self) -> tuple[StoredModel, ...]:
        """Returns all versions, readable or not; weights are not read."""
        active = self._pointer()
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
        record = _read_document(ModelRecord, path)
        if record.version != version:
            raise EffectsError(f'{path} says version {record.version}; restore the directory name')
        return record

    def load(self, version: int | str) -> EnsembleEffectModel:
        """Loads a model by version number or by digest (or a unique beginning of it).

        Raises:
            EffectsError: If there is none, or its files are cut short, changed or of another
                model; the message names the file.
        """
        number = version if isinstance(version, int) else self._version_of(version)
        record = self.record(number)
        path = self._folder(number) / WEIGHTS
        network = EffectNetwork(record.config, torch.Generator().manual_seed(0))
        _load_weights(network, path)
        if network_digest(network) != record.digest:
            raise EffectsError(
                f'{path} does not have the digest {record.digest[:12]} its record states: it was '
                f'changed or belongs to another model; {_mend(path)}'
            )
        return EnsembleEffectModel(
            network, version=number, relation_names=record.relation_names
        )

    def save(
        self,
        model: EnsembleEffectModel,
        *,
        parent: str | None = None,
        provenance: dict[str, Any] | None = None,
    ) -> ModelRecord:
        """Stores a model as the next version.

        Args:
            model: The model; saving the same weights twice makes two versions.
            parent: Digest of the model it was tuned from.
            provenance: How it was made, as JSON values.

        Returns:
            The record, with the version number given.
        """
        with self._locked():
            for stale in self.directory.glob(f'{_PARTIAL}*'):
                shutil.rmtree(stale)
            record = ModelRecord(
                version=max(self.versions(), default=0) + 1,
                digest=model.digest,
                parent=parent,
                relation_names=model.relation_names,
                config=model.network.config,
                provenance=provenance or {},
            )
            partial = self.directory / f'{_PARTIAL}{uuid.uuid4().hex}'
            partial.mkdir()
            weights = {k: v.detach().cpu() for k, v in model.network.state_dict().items()}
            write_atomically(partial / WEIGHTS, safetensors.torch.save(weights))
            text = record.model_dump_json(indent=2) + '\n'
            write_atomically(partial / RECORD, text.encode())
            partial.rename(self._folder(record.version))
            _flush_directory(self.directory)
        return record

    def activate(self, version: int) -> ModelRecord:
        """Makes a version the active one, after it was loaded once as a check.

        Raises:
            EffectsError: As ``load`` does; the active version then stays.
        """
        self.load(version)
        record = self.record(version)
        pointer = ActivePointer(version=version, digest=record.digest)
        with self._locked():
            write_atomically(self.directory / ACTIVE, pointer.model_dump_json().encode() + b'\n')
        return record

    def active_version(self) -> int | None:
        """Returns the active version; ``None`` when none was ever activated.

        Raises:
            EffectsError: If the pointer is not readable.
        """
        pointer = self._pointer()
        return None if pointer is None else pointer.version

    def load_active(self) -> EnsembleEffectModel:
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

    def _pointer(self) -> ActivePointer | None:
        path = self.directory / ACTIVE
        return _read_document(ActivePointer, path) if path.exists() else None

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


def _load_weights(network: EffectNetwork, path: Path) -> None:
    try:
        if path.stat().st_size > MAX_WEIGHT_BYTES:
            raise EffectsError(f'{path} is larger than {MAX_WEIGHT_BYTES} bytes; {_mend(path)}')
        weights = safetensors.torch.load(path.read_bytes())
        network.load_state_dict(weights)
    except (OSError, SafetensorError) as error:
        raise EffectsError(f'cannot read {path}: {error}; {_mend(path)}') from error
    except RuntimeError as error:
        raise EffectsError(
            f'{path} holds the weights of another network ({str(error).splitlines()[0]}); '
            f'{_mend(path)}'
        ) from error


def _read_document(model: type[Document], path: Path) -> Document:
    try:
        return parse_document(model, path.read_bytes(), os.fspath(path))
    except (OSError, InvalidInputError) as error:
        raise EffectsError(f'{error}; {_mend(path)}') from error


def _mend(path: Path) -> str:
    if path.name == ACTIVE:
        return 'activate a version again with "f2p models activate VERSION"'
    return f'restore {path.parent.name} from a copy, or delete it and activate another version'


def _flush_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
