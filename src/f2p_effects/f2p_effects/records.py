# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""One version of the model store: its record, and the files that the record vouches for."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from f2p_core.disk import flush, storing
from f2p_core.errors import F2PError, InvalidInputError
from f2p_core.files import read_regular, write_sealed
from f2p_core.models import Value
from f2p_core.relations import RELATIONS
from f2p_effects.decisions import Digest, Version
from f2p_effects.errors import DamagedStoreError, EffectsError
from f2p_effects.learners import EFFECT_MODELS, learner_of
from f2p_effects.protocol import EffectModel
from f2p_effects.store_files import mend, names_in, read_document, RECORD

MAX_MODEL_BYTES = 2**28
"""Larger models are refused before they are read: ours take half a MB."""

_DATA_SUFFIXES = ('.safetensors', '.json')
_INSTALL = 'install the package that brings them, or activate another version'

FileName = Annotated[str, Field(pattern=r'^[A-Za-z0-9_-][A-Za-z0-9_.-]*$', max_length=100)]


class ModelRecord(Value):
    """What a stored model is; the file states its own SHA-256 as well.

    Attributes:
        schema_version: Version of this file's form; 3 vouches for the files beside it.
        version: Version in the store.
        kind: Kind of effect model (``f2p_effects.learners.EFFECT_MODELS``); its learner reads and
            writes the files beside this one.
        digest: SHA-256 over all that changes a prediction.
        parent: Digest of the model it was tuned from; ``None`` for a pretrained one.
        relation_names: Relations it predicts.
        files: SHA-256 of every file beside this one.
        provenance: How it was made (command, seed, data summary, figures), as JSON values.
    """

    schema_version: Literal[3] = 3
    version: Version
    kind: str
    digest: Digest
    parent: Digest | None = None
    relation_names: tuple[str, ...]
    files: dict[FileName, Digest]
    provenance: dict[str, Any]


class StoredModel(NamedTuple):
    """A line of a listing; where ``record`` is ``None``, ``problem`` says why it is unreadable."""

    version: int
    active: bool
    record: ModelRecord | None
    problem: str


class Origin(NamedTuple):
    """Where a model is from: digest of its parent, and how it was made as JSON values."""

    parent: str | None
    provenance: dict[str, Any]


def write_version(model: EffectModel, folder: Path, version: int, origin: Origin) -> ModelRecord:
    """Writes a model and its record into an empty folder.

    Raises:
        InvalidInputError: If the model is of a kind that is not known.
        EffectsError: If its learner writes something else than safetensors and JSON.
        StorageError: If a file cannot be written.
    """
    learner_of(model).save(model, folder)
    record = ModelRecord(
        version=version,
        kind=model.kind,
        digest=model.digest,
        parent=origin.parent,
        relation_names=model.relation_names,
        files=_written(folder, model.kind),
        provenance=origin.provenance,
    )
    write_sealed(folder / RECORD, record, indent=2)
    return record


def read_record(folder: Path, version: int) -> ModelRecord:
    """Reads what a version is.

    Raises:
        DamagedStoreError: If its record was changed or cut short.
        EffectsError: If it is not readable otherwise, or another version's.
    """
    path = folder / RECORD
    record = read_document(ModelRecord, path)
    if record.version != version:
        raise EffectsError(f'{path} says version {record.version}; restore the directory name')
    return record


def read_version(folder: Path, record: ModelRecord) -> EffectModel:
    """Loads the model of a record, after all its files were found to be those it vouches for.

    Raises:
        DamagedStoreError: If a file was changed, cut short or exchanged; names it.
        EffectsError: If it speaks of what is not known here, or cannot be read.
    """
    _require_known(record, folder)
    _require_undamaged(record, folder)
    model = _loaded(record, folder)
    if model.digest != record.digest:
        raise DamagedStoreError(
            f'{folder} does not have the digest {record.digest[:12]} its record states: it '
            f'was changed or belongs to another model; {mend(folder / RECORD)}'
        )
    return model


def _written(folder: Path, kind: str) -> dict[str, str]:
    """The SHA-256 of what a learner wrote, which is put on the disk."""
    digests = {}
    for path in sorted(folder.iterdir()):
        if path.suffix not in _DATA_SUFFIXES or path.name == RECORD or not path.is_file():
            raise EffectsError(
                f'the effect model {kind} wrote {path.name}; a model is files of '
                f'{" and ".join(_DATA_SUFFIXES)} beside {RECORD}'
            )
        digests[path.name] = _sha256(path, MAX_MODEL_BYTES)
        with storing(path):
            flush(path)
    return digests


def _require_known(record: ModelRecord, folder: Path) -> None:
    """Refuses a model that speaks of what is not known here."""
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


def _require_undamaged(record: ModelRecord, folder: Path) -> None:
    """Refuses files that the record does not vouch for, and more than may be read."""
    held = {path.name for path in names_in(folder) if path.suffix in _DATA_SUFFIXES} - {RECORD}
    if held != set(record.files):
        difference = ', '.join(sorted(held ^ set(record.files)))
        raise DamagedStoreError(
            f'{folder} lacks or has too many of the files {difference}; {mend(folder / RECORD)}'
        )
    left = MAX_MODEL_BYTES
    for name, digest in record.files.items():
        path = folder / name
        try:
            found = _sha256(path, left)
            left -= path.stat().st_size
        except InvalidInputError as error:
            raise EffectsError(f'{error}; {mend(folder / RECORD)}') from error
        if found != digest:
            raise DamagedStoreError(
                f'{path} does not have the SHA-256 that {RECORD} states: it was changed, cut or '
                f'exchanged; {mend(folder / RECORD)}'
            )


def _sha256(path: Path, max_bytes: int) -> str:
    return hashlib.sha256(read_regular(path, max_bytes)).hexdigest()


def _loaded(record: ModelRecord, folder: Path) -> EffectModel:
    learner = EFFECT_MODELS[record.kind]
    try:
        return learner.load(
            folder, version=record.version, relation_names=record.relation_names
        )
    except F2PError as error:
        raise EffectsError(f'{error}; {mend(folder / RECORD)}') from error
    except Exception as error:  # whatever a stranger's learner makes of files it does not expect
        raise EffectsError(
            f'{folder} cannot be read as {record.kind}: {type(error).__name__}: {error}; '
            f'{mend(folder / RECORD)}'
        ) from error
