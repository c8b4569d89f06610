# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Executed skills as arrays: what the effect model is trained and judged on.

Executions of any objects lie side by side, padded to the same number of objects. Files are
safetensors with a JSON description; reading one never runs code.
"""

from __future__ import annotations

from collections.abc import Sequence
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.errors import InvalidInputError
from f2p_core.geometry.prisms import ABSENT
from f2p_core.geometry.shapes import SHAPES
from f2p_core.skill import parameter_count, translated
from f2p_effects.config import require_known_skills
from f2p_effects.errors import EffectsError
from f2p_effects.tensor_file import read_tensors, TensorFile, write_tensors

FORMAT = 'f2p-executions-3'

_MEND = 'take it from a copy or make it anew'

Array = NDArray[Any]


@dataclass(frozen=True)
class ExecutionDataset:
    """n executions of up to N objects; padding has kind ``ABSENT``. Poses are in ``map``.

    Attributes:
        before_position_m, after_position_m: Object positions, float32 (n, N, 3) [m].
        before_rotation, after_rotation: Quaternions (x, y, z, w), float32 (n, N, 4).
        dimensions: Shape dimension vectors, float32 (n, N, 5) [m].
        kind: Index into ``f2p_core.geometry.shapes.SHAPES.names``, int8 (n, N); files name them.
        fixed: Whether an object is furniture, which never moves, bool (n, N).
        skill: Index into ``skill_names``, int16 (n,).
        object_index, target_index: Columns of acted object and target, int16 (n,).
        parameters: Skill parameters, zero beyond those of the skill, float32 (n, P).
        succeeded: Whether the motion succeeded, bool (n,).
        labelled: Whether the object's pose afterwards is known, bool (n, N). What was not seen
            makes no label.
        contact: Pairs in contact afterwards, bool (n, N, N).
        seed: Seed of the scene an execution started from; splits keep scenes whole, int64 (n,).
        skill_names: What ``skill`` is an index into.
    """

    before_position_m: Array
    before_rotation: Array
    after_position_m: Array
    after_rotation: Array
    dimensions: Array
    kind: Array
    fixed: Array
    skill: Array
    object_index: Array
    target_index: Array
    parameters: Array
    succeeded: Array
    labelled: Array
    contact: Array
    seed: Array
    skill_names: tuple[str, ...]

    def __len__(self) -> int:
        return int(self.skill.shape[0])

    @property
    def present(self) -> Array:
        """Objects that are not padding, bool (n, N)."""
        mask: Array = self.kind != ABSENT
        return mask

    def take(self, index: Array) -> ExecutionDataset:
        """Returns the executions at the given positions or under a boolean mask."""
        changes = {name: getattr(self, name)[index] for name in _ROWS}
        return dataclasses.replace(self, **changes)

    def for_skills(self, names: Sequence[str]) -> ExecutionDataset:
        """Returns the same executions, their skills as indices into other names.

        Raises:
            InvalidInputError: If there are executions of a skill that is not among them.
        """
        skill = translated(self.skill, self.skill_names, names).astype(np.int16)
        return dataclasses.replace(self, skill=skill, skill_names=tuple(names))

    def padded(self, n_objects: int) -> ExecutionDataset:
        """Returns the same executions padded to ``n_objects`` columns.

        Raises:
            EffectsError: If there are more objects already.
        """
        extra = n_objects - self.kind.shape[1]
        if extra < 0:
            raise EffectsError(f'cannot pad {self.kind.shape[1]} objects to {n_objects}')
        changes: dict[str, Any] = {}
        for name, axes in _OBJECT_AXES.items():
            array = getattr(self, name)
            widths = [(0, extra if axis in axes else 0) for axis in range(array.ndim)]
            changes[name] = np.pad(array, widths, constant_values=_FILL.get(name, 0))
        return dataclasses.replace(self, **changes)


_OBJECT_AXES: dict[str, tuple[int, ...]] = {
    'before_position_m': (1,),
    'before_rotation': (1,),
    'after_position_m': (1,),
    'after_rotation': (1,),
    'dimensions': (1,),
    'kind': (1,),
    'fixed': (1,),
    'labelled': (1,),
    'contact': (1, 2),
}
_FILL = {'kind': ABSENT}
_ROWS: dict[str, tuple[type, tuple[int | str, ...]]] = {
    'before_position_m': (np.float32, ('N', 3)),
    'before_rotation': (np.float32, ('N', 4)),
    'after_position_m': (np.float32, ('N', 3)),
    'after_rotation': (np.float32, ('N', 4)),
    'dimensions': (np.float32, ('N', 5)),
    'kind': (np.int8, ('N',)),
    'fixed': (np.bool_, ('N',)),
    'skill': (np.int16, ()),
    'object_index': (np.int16, ()),
    'target_index': (np.int16, ()),
    'parameters': (np.float32, ('P',)),
    'succeeded': (np.bool_, ()),
    'labelled': (np.bool_, ('N',)),
    'contact': (np.bool_, ('N', 'N')),
    'seed': (np.int64, ()),
}


def concatenate(datasets: Sequence[ExecutionDataset]) -> ExecutionDataset:
    """Returns all executions one after the other, padded to the widest.

    The skills are those of all data sets, in the order in which they come.

    Raises:
        EffectsError: If there is no data set.
    """
    if not datasets:
        raise EffectsError('no data set to concatenate; give at least one')
    width = max(d.kind.shape[1] for d in datasets)
    count = max(d.parameters.shape[1] for d in datasets)
    skills = tuple(dict.fromkeys(name for d in datasets for name in d.skill_names))
    alike = [_with_parameters(d.padded(width).for_skills(skills), count) for d in datasets]
    arrays = {name: np.concatenate([getattr(d, name) for d in alike]) for name in _ROWS}
    return ExecutionDataset(**arrays, skill_names=skills)


def _with_parameters(dataset: ExecutionDataset, count: int) -> ExecutionDataset:
    """Returns the same executions with ``count`` columns of parameters."""
    extra = count - dataset.parameters.shape[1]
    parameters = np.pad(dataset.parameters, ((0, 0), (0, extra)))
    return dataclasses.replace(dataset, parameters=parameters)


class Split(NamedTuple):
    """A data set in two parts that share no scene."""

    train: ExecutionDataset
    held_out: ExecutionDataset


def split_by_seed(dataset: ExecutionDataset, held_out: float, seed: int) -> Split:
    """Splits by scene: all executions of one scene seed fall into the same part.

    Args:
        dataset: What to split.
        held_out: Share of scenes held out, in (0, 1).
        seed: Seed of the choice.
    """
    scenes = np.unique(dataset.seed)
    chosen = np.random.default_rng(seed).permutation(scenes)[: round(held_out * len(scenes))]
    mask = np.isin(dataset.seed, chosen)
    return Split(dataset.take(~mask), dataset.take(mask))


def summary(dataset: ExecutionDataset) -> dict[str, Any]:
    """Returns counts that describe a data set, as JSON values."""
    count, times = np.unique(dataset.present.sum(axis=1), return_counts=True)
    return {
        'executions': len(dataset),
        'scenes': len(np.unique(dataset.seed)),
        'motions_succeeded': int(dataset.succeeded.sum()),
        'executions_by_skill': {
            name: int((dataset.skill == i).sum()) for i, name in enumerate(dataset.skill_names)
        },
        'executions_by_objects': {
            str(c): t for c, t in zip(count.tolist(), times.tolist(), strict=True)
        },
    }


def save_dataset(dataset: ExecutionDataset, path: Path) -> None:
    """Writes a data set with the SHA-256 of every part; the file appears whole or not at all.

    Raises:
        StorageError: If it cannot be written.
    """
    description = {
        'format': FORMAT,
        'skills': list(dataset.skill_names),
        'shapes': list(SHAPES.names),
        'summary': summary(dataset),
    }
    arrays = {name: getattr(dataset, name) for name in _ROWS}
    flags = {name: a.astype(np.uint8) for name, a in arrays.items() if a.dtype == np.bool_}
    write_tensors(path, TensorFile(description, arrays | flags))


def load_dataset(path: Path) -> ExecutionDataset:
    """Reads a data set.

    Raises:
        EffectsError: If the file is missing, changed, cut short, of another format, holds a value
            out of range, or a skill or a kind of shape that is not known here; names the file and
            the part.
    """
    try:
        description, arrays = read_tensors(path)
    except InvalidInputError as error:
        raise EffectsError(f'the data set {error}; {_MEND}') from error
    if description.get('format') != FORMAT:
        raise EffectsError(f'{path} is not a data set of format {FORMAT}; {_MEND}')
    skill_names = tuple(description['skills'])
    require_known_skills(skill_names, str(path))
    dataset = _checked(arrays, skill_names, path)
    _require_in_range(dataset, len(description['shapes']), path)
    return dataclasses.replace(dataset, kind=_known_kinds(dataset, description['shapes'], path))


def _require_in_range(dataset: ExecutionDataset, shapes: int, path: Path) -> None:
    """Refuses indices of what is not there, and NaN."""
    columns = dataset.kind.shape[1]
    above = {'skill': len(dataset.skill_names), 'kind': shapes}
    above |= {'object_index': columns, 'target_index': columns}
    for name, end in above.items():
        low, array = min(ABSENT, 0) if name == 'kind' else 0, getattr(dataset, name)
        if array.size and not low <= array.min() <= array.max() < end:
            raise EffectsError(
                f'{path}: {name} is in [{array.min()}, {array.max()}], not in [{low}, {end - 1}]; '
                f'{_MEND}'
            )
    for name, (dtype, _) in _ROWS.items():
        if dtype is np.float32 and not np.isfinite(getattr(dataset, name)).all():
            raise EffectsError(f'{path}: {name} holds NaN or infinity; {_MEND}')


def _known_kinds(dataset: ExecutionDataset, names: Sequence[str], path: Path) -> Array:
    """Kinds as they are numbered here, from a file that numbers them by its own names."""
    used = set(np.unique(dataset.kind[dataset.present]).tolist())
    unknown = [name for i, name in enumerate(names) if i in used and name not in SHAPES]
    if unknown:
        raise EffectsError(
            f'{path} holds shapes of kind {", ".join(unknown)}, which is not known here, where '
            f'there are {", ".join(SHAPES.names)}; install the package that adds it'
        )
    here = [SHAPES.names.index(name) if name in SHAPES else ABSENT for name in names]
    return np.array([*here, ABSENT], dtype=np.int8)[dataset.kind]


def _checked(
    arrays: dict[str, Array], skill_names: tuple[str, ...], path: Path
) -> ExecutionDataset:
    """Refuses missing, surplus or misshapen arrays."""
    if set(arrays) != set(_ROWS):
        difference = sorted(set(arrays) ^ set(_ROWS))
        raise EffectsError(f'{path} lacks or has too many of the arrays {difference}')
    n, width = arrays['kind'].shape if arrays['kind'].ndim == 2 else (-1, -1)
    sizes = {'N': width, 'P': parameter_count(skill_names)}
    for name, (dtype, row) in _ROWS.items():
        shape = (n, *(sizes[size] if isinstance(size, str) else size for size in row))
        if arrays[name].shape != shape:
            raise EffectsError(f'{path}: {name} has shape {arrays[name].shape}, not {shape}')
        arrays[name] = arrays[name].astype(dtype, copy=False)
    return ExecutionDataset(**arrays, skill_names=skill_names)
