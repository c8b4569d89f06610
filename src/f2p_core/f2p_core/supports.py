# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What stands in or on what."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.errors import InvalidInputError
from f2p_core.geometry.pairs import PairGeometry
from f2p_core.geometry.shapes import SHAPES
from f2p_core.relations import INSIDE, relation_margins
from f2p_core.scene import Scene

_SINK_M = 0.03
"""How far an object's bottom may seem to lie below its support's top, in noisy scenes [m]."""

_FLOOR_M = 0.02
"""An object whose bottom is lower than this above the floor stands on the floor [m]."""


def support_tree(scene: Scene) -> dict[str, str | None]:
    """Returns for each object the one it stands in or on.

    That is the smallest container it is inside of; else the highest object or furniture whose
    top is under it (its centre within the other's outline), however far below: an object in the
    air counts as over its support.

    Returns:
        Object id → id of its support; ``None`` for furniture and for what stands on the floor.
    """
    if not scene.objects:
        return {}
    batch = stack_scenes([scene])
    geometry = PairGeometry(batch)
    volume = 8.0 * np.prod(geometry.body_half_m[0], axis=-1)
    inside = _within_container(batch, geometry)
    below = _can_carry(geometry)
    tree: dict[str, str | None] = {}
    for a, item in enumerate(scene.objects):
        support: int | None = None
        if not item.fixed and inside[a].any():
            support = int(np.argmin(np.where(inside[a], volume, np.inf)))
        elif not item.fixed and _bottom(geometry)[a] > _FLOOR_M and below[a].any():
            support = int(np.argmax(np.where(below[a], _top(geometry), -np.inf)))
        tree[item.object_id] = None if support is None else scene.object_ids[support]
    return tree


def root_support(scene: Scene, object_id: str) -> str | None:
    """Returns the furniture that carries an object in the end.

    Returns:
        Id of the fixed object at the root (furniture itself returns its own id); ``None`` when
        the object, or what carries it, stands on the floor.

    Raises:
        InvalidInputError: If the scene has no such object.
    """
    tree = support_tree(scene)
    current = scene.object(object_id).object_id
    while (support := tree[current]) is not None:
        current = support
    return current if scene.object(current).fixed else None


def contents(scene: Scene, container_id: str) -> tuple[str, ...]:
    """Returns the ids of everything that stands in or on an object, directly or not.

    Raises:
        InvalidInputError: If the scene has no such object.
    """
    scene.index(container_id)
    tree = support_tree(scene)

    def carried(object_id: str) -> bool:
        support = tree[object_id]
        return support is not None and (support == container_id or carried(support))

    return tuple(object_id for object_id in scene.object_ids if carried(object_id))


def penetrating_pairs(
    scene: Scene, tolerance_m: float = 0.005
) -> tuple[tuple[str, str, float], ...]:
    """Returns the pairs of objects that penetrate deeper than a tolerance.

    Furniture is not compared with furniture.

    Args:
        scene: The scene to check before it is simulated.
        tolerance_m: Depth that physics can push apart by itself [m].

    Returns:
        (id, id, depth [m]) per pair, deepest first.
    """
    if not scene.objects:
        return ()
    depth = -PairGeometry(stack_scenes([scene])).distance_m[0]
    fixed = np.array([o.fixed for o in scene.objects])
    deep = np.triu(depth > tolerance_m, k=1) & ~(fixed[:, None] & fixed[None, :])
    pairs = [
        (scene.object_ids[a], scene.object_ids[b], float(depth[a, b]))
        for a, b in np.argwhere(deep)
    ]
    return tuple(sorted(pairs, key=lambda pair: -pair[2]))


def require_no_penetration(scene: Scene, tolerance_m: float = 0.005) -> None:
    """Refuses a scene whose objects penetrate.

    Raises:
        InvalidInputError: Naming the deepest pair and its depth.
    """
    pairs = penetrating_pairs(scene, tolerance_m)
    if pairs:
        first, second, depth = pairs[0]
        raise InvalidInputError(
            f'{first} and {second} penetrate by {1000 * depth:.1f} mm (allowed: '
            f'{1000 * tolerance_m:.1f} mm, {len(pairs)} such pairs); move them apart'
        )


def _bottom(geometry: PairGeometry) -> NDArray[np.float64]:
    return np.asarray((geometry.centre_m - geometry.half_extents_m)[0, :, 2])


def _top(geometry: PairGeometry) -> NDArray[np.float64]:
    return np.asarray((geometry.centre_m + geometry.half_extents_m)[0, :, 2])


def _within_container(batch: SceneBatch, geometry: PairGeometry) -> NDArray[np.bool_]:
    """Whether a is inside container b and not just a thin thing under it, (N, N)."""
    inside = relation_margins(batch, (INSIDE.name,))[0, 0] >= 0
    container = np.array([SHAPES[kind].hollow for kind in batch.kinds])
    over_floor = geometry.offset_in_b_m[0, :, :, 2] > -geometry.body_half_m[0, None, :, 2]
    found: NDArray[np.bool_] = inside & container[None, :] & over_floor
    return found


def _can_carry(geometry: PairGeometry) -> NDArray[np.bool_]:
    """Whether b's top is under a and a's centre within b's outline, (N, N)."""
    outline = np.abs(geometry.offset_in_b_m[0, ..., :2]) <= geometry.body_half_m[0, None, :, :2]
    under = _top(geometry)[None, :] <= _bottom(geometry)[:, None] + _SINK_M
    # Two thin things may each seem to carry the other: the higher one is carried.
    higher = geometry.offset_m[0, ..., 2] > 0
    found: NDArray[np.bool_] = outline.all(axis=-1) & under & higher
    return found
