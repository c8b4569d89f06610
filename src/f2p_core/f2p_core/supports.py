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
from f2p_core.relations import INSIDE
from f2p_core.scene import Scene

_SINK_M = 0.03
"""How far an object's bottom may seem to lie below its support's top, in noisy scenes [m]."""

_FLOOR_M = 0.02
"""An object whose bottom is lower than this above the floor stands on the floor [m]."""


NOTHING = -1
"""Support of furniture and of what stands on the floor, as an index."""


def support_parents(batch: SceneBatch) -> NDArray[np.int64]:
    """Returns what every object stands in or on.

    That is the smallest container it is inside of; else the highest object or furniture whose
    top is under it (its centre within the other's outline), however far below: an object in the
    air counts as over its support.

    Args:
        batch: S scenes of N objects, NumPy.

    Returns:
        Index of the support, ``NOTHING`` for furniture and for what stands on the floor, (S, N).
    """
    if not batch.kinds:
        return np.full(batch.position_m.shape[:2], NOTHING)
    geometry = PairGeometry(batch)
    volume = np.prod(geometry.body_half_m, axis=-1)[:, None, :]
    inside = _within_container(geometry)
    # A low thing in a cup does not carry the cup, though their bottoms are near each other.
    below = _can_carry(geometry) & ~np.swapaxes(inside, 1, 2)
    smallest = np.where(inside, volume, np.inf).argmin(axis=-1)
    highest = np.where(below, _top(geometry)[:, None, :], -np.inf).argmax(axis=-1)
    on_floor = (_bottom(geometry) <= _FLOOR_M) | ~below.any(axis=-1)
    on = np.where(inside.any(axis=-1), smallest, np.where(on_floor, NOTHING, highest))
    return np.where(batch.fixed, NOTHING, on)


def support_closure(parents: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Returns the support relation closed over chains.

    Args:
        parents: From ``support_parents``, shape (S, N).

    Returns:
        Entry [s, a, b]: a stands on or in b, directly or through others, shape (S, N, N).
    """
    n = parents.shape[1]
    closed: NDArray[np.bool_] = parents[..., None] == np.arange(n)
    for _ in range(max(n - 1, 1).bit_length()):
        steps = closed.astype(np.float64)
        closed = closed | (steps @ steps > 0.0)
    return closed


def support_tree(scene: Scene) -> dict[str, str | None]:
    """Returns for each object of one scene the one it stands in or on; see ``support_parents``.

    Returns:
        Object id → id of its support; ``None`` for furniture and for what stands on the floor.
    """
    if not scene.objects:
        return {}
    parents = support_parents(stack_scenes([scene]))[0]
    ids = (*scene.object_ids, None)  # the last is that of NOTHING
    return {item: ids[parent] for item, parent in zip(scene.object_ids, parents, strict=True)}


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
    return np.asarray((geometry.centre_m - geometry.half_extents_m)[..., 2])


def _top(geometry: PairGeometry) -> NDArray[np.float64]:
    return np.asarray((geometry.centre_m + geometry.half_extents_m)[..., 2])


def _within_container(geometry: PairGeometry) -> NDArray[np.bool_]:
    """Whether a is inside container b and not just a thin thing under it, (S, N, N)."""
    inside = (INSIDE.margin(geometry) >= 0) & ~geometry.diagonal
    container = np.array([SHAPES[kind].hollow for kind in geometry.batch.kinds])
    over_floor = geometry.offset_in_b_m[..., 2] > -geometry.body_half_m[:, None, :, 2]
    found: NDArray[np.bool_] = inside & container & over_floor
    return found


def _can_carry(geometry: PairGeometry) -> NDArray[np.bool_]:
    """Whether b's top is under a and a's centre within b's outline, (S, N, N)."""
    outline = np.abs(geometry.offset_in_b_m[..., :2]) <= geometry.body_half_m[:, None, :, :2]
    under = _top(geometry)[:, None, :] <= _bottom(geometry)[:, :, None] + _SINK_M
    # Two thin things may each seem to carry the other: the higher one is carried.
    higher = geometry.offset_m[..., 2] > 0
    found: NDArray[np.bool_] = outline.all(axis=-1) & under & higher
    return found
