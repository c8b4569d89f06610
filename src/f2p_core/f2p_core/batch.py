# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Many scenes of one layout as arrays: the form all numeric code works on.

The same functions take NumPy arrays (perception, simulator labels, monitor) and torch tensors
(effect model, SVGD gradients); ``array_api_compat`` supplies the common operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from f2p_core.errors import InvalidInputError
from f2p_core.geometry.parts import dimensions_of
from f2p_core.scene import Scene

Array = Any
"""A NumPy array or a torch tensor; both follow the array API standard."""


class SceneBatch(NamedTuple):
    """S scenes with the same N objects (ids, shape kinds, furniture), everything in ``map``.

    Attributes:
        object_ids: N ids.
        kinds: N shape kinds.
        fixed: Whether each of the N objects is furniture, which never moves.
        position_m: Object frame origins, shape (S, N, 3) [m].
        rotation: Object → map rotation matrices, shape (S, N, 3, 3).
        dimensions: Zero-padded shape dimensions, (S, N, 5) [m] (``f2p_core.geometry.parts``).
    """

    object_ids: tuple[str, ...]
    kinds: tuple[str, ...]
    fixed: tuple[bool, ...]
    position_m: Array
    rotation: Array
    dimensions: Array

    def column(self, object_id: str) -> int:
        """Returns the column of an object.

        Raises:
            InvalidInputError: If no object has that id.
        """
        if object_id not in self.object_ids:
            known = ', '.join(self.object_ids)
            raise InvalidInputError(f'no object {object_id!r} in the batch; it has: {known}')
        return self.object_ids.index(object_id)


def stack_scenes(scenes: Sequence[Scene]) -> SceneBatch:
    """Stacks scenes of one layout into float64 NumPy arrays.

    Raises:
        InvalidInputError: If there is no scene, or ids, shape kinds or what is furniture differ
            between scenes.
    """
    if not scenes:
        raise InvalidInputError('no scene to stack; give at least one')
    first = scenes[0]
    kinds = tuple(o.shape.kind for o in first.objects)
    fixed = tuple(o.fixed for o in first.objects)
    for i, scene in enumerate(scenes):
        if scene.object_ids != first.object_ids or (
            tuple(o.shape.kind for o in scene.objects) != kinds
            or tuple(o.fixed for o in scene.objects) != fixed
        ):
            raise InvalidInputError(f'scene {i} has another layout than scene 0; group them first')
    return SceneBatch(
        first.object_ids,
        kinds,
        fixed,
        np.array([[o.pose_map.position_m for o in s.objects] for s in scenes]),
        np.array([[o.pose_map.rotation() for o in s.objects] for s in scenes]),
        np.array([[dimensions_of(o.shape) for o in s.objects] for s in scenes]),
    )
