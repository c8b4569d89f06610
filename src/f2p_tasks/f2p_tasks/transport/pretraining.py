# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the model is pretrained on for Multi-object Transport, and what it must not have seen.

No entry acts on a container that holds anything: what happens to the content of a carried or
pushed container is for the first failure to teach.
"""

from __future__ import annotations

from collections.abc import Callable
import math

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.rigid import wrapped
from f2p_core.scene import Scene
from f2p_core.skill import call_bounds, PICK_PLACE, PUSH, SkillCall
from f2p_core.supports import contents, root_support, support_tree
from f2p_tasks.calls import choose, free_call, moves_filled_container
from f2p_tasks.definition import EndsClear, Pretraining, PretrainingEntry
from f2p_tasks.tabletop import CONTAINER, sample_tabletop, TABLE_A, TABLE_B, TabletopConfig

MAX_SMALL_OBJECTS = 8
"""Small objects in a scene; two tables and the container come on top."""

_ROW_Y_M = (0.055, 0.1)
"""Distance from the handle at which content is put down in half of the loads [m]."""


def _in_rows(drawn: NDArray[np.float64], rng: np.random.Generator) -> None:
    """Puts half of the loads beside the handle, where most room is."""
    if rng.random() < 0.5:
        drawn[:, 1] = rng.choice([-1.0, 1.0], len(drawn)) * rng.uniform(*_ROW_Y_M, len(drawn))


def _scenes(
    inside: tuple[int, int], outside: tuple[int, int]
) -> Callable[[np.random.Generator], Scene]:
    """Scenes with numbers of objects in the container and on the tables uniform within bounds."""

    def draw(rng: np.random.Generator) -> Scene:
        within = int(rng.integers(*inside, endpoint=True))
        room = min(outside[1], MAX_SMALL_OBJECTS - within)
        beside = int(rng.integers(min(outside[0], room), room, endpoint=True))
        on_a = int(rng.binomial(beside, 0.5))
        home = TABLE_A if rng.random() < 0.5 else TABLE_B
        config = TabletopConfig(within, on_a, beside - on_a, home, max_yaw_rad=0.6)
        return sample_tabletop(config, rng)

    return draw


def _table(rng: np.random.Generator) -> str:
    return TABLE_A if rng.random() < 0.5 else TABLE_B


def _standing(scene: Scene) -> list[str]:
    """Small objects that stand on a table."""
    tree = support_tree(scene)
    return [i for i, s in tree.items() if i != CONTAINER and s in (TABLE_A, TABLE_B)]


def _place(scene: Scene, rng: np.random.Generator, clear: EndsClear) -> SkillCall | None:
    item = choose(_standing(scene), rng)
    return free_call(scene, (PICK_PLACE.name, item, _table(rng)), rng, clear) if item else None


def _into(
    scene: Scene, item: str | None, rng: np.random.Generator, clear: EndsClear
) -> SkillCall | None:
    if item is None:
        return None
    return free_call(scene, (PICK_PLACE.name, item, CONTAINER), rng, clear, _in_rows)


def _load(scene: Scene, rng: np.random.Generator, clear: EndsClear) -> SkillCall | None:
    return _into(scene, choose(_standing(scene), rng), rng, clear)


def _unload(scene: Scene, rng: np.random.Generator, clear: EndsClear) -> SkillCall | None:
    item = choose(list(contents(scene, CONTAINER)), rng)
    return free_call(scene, (PICK_PLACE.name, item, _table(rng)), rng, clear) if item else None


def _rearrange(scene: Scene, rng: np.random.Generator, clear: EndsClear) -> SkillCall | None:
    return _into(scene, choose(list(contents(scene, CONTAINER)), rng), rng, clear)


def _carry_empty(scene: Scene, rng: np.random.Generator, clear: EndsClear) -> SkillCall | None:
    return free_call(scene, (PICK_PLACE.name, CONTAINER, _table(rng)), rng, clear)


def _push(scene: Scene, rng: np.random.Generator, clear: EndsClear) -> SkillCall | None:
    """Pushes a small object over its table; half of the pushes head for a neighbour."""
    item = choose(_standing(scene), rng)
    table = root_support(scene, item) if item else None
    if item is None or table is None:
        return None
    low, high = call_bounds(scene, PUSH.name, item, table)
    drawn = rng.uniform(low, high)
    others = [i for i in _standing(scene) if i != item and root_support(scene, i) == table]
    other = choose(others, rng)
    if other is not None and rng.random() < 0.5:
        start = np.array(scene.object(item).pose_map.position_m)
        end = np.array(scene.object(other).pose_map.position_m)
        heading = math.atan2(end[1] - start[1], end[0] - start[0])
        drawn[0] = heading - scene.object(table).pose_map.yaw_rad + rng.normal(0.0, 0.1)
        drawn[0] = wrapped(drawn[0])
    parameters = tuple(drawn.tolist())
    return SkillCall(skill=PUSH.name, object_id=item, target_id=table, parameters=parameters)


PRETRAINING = Pretraining(
    entries=(
        PretrainingEntry('place_on_table', 0.20, _scenes((0, 5), (1, 7)), _place),
        PretrainingEntry('load', 0.17, _scenes((0, 6), (1, 7)), _load),
        PretrainingEntry('unload', 0.20, _scenes((1, 7), (0, 5)), _unload),
        PretrainingEntry('rearrange', 0.06, _scenes((1, 5), (0, 4)), _rearrange),
        PretrainingEntry('carry_empty', 0.20, _scenes((0, 0), (0, 8)), _carry_empty),
        PretrainingEntry('push', 0.17, _scenes((0, 4), (2, 8)), _push),
    ),
    covers=moves_filled_container,
)
"""Kinds of executions and their shares. Containers stand on either table, turned by up to 0.6 rad,
and are put down at any yaw; content lies in the container while others are moved."""
