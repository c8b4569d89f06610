# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a model is pretrained on for Hierarchical Tabletop Organization.

Vessels are filled and emptied, and carried while they are empty. None that holds anything is
moved: that its content comes along is for the first failure to teach.
"""

from __future__ import annotations

import numpy as np

from f2p_core.geometry.prisms import prism_of
from f2p_core.scene import Scene, SceneObject
from f2p_core.skill import PICK_PLACE, SkillCall
from f2p_core.supports import contents
from f2p_tasks.calls import choose, free_call, moves_filled_container
from f2p_tasks.definition import EndsClear, Pretraining, PretrainingEntry
from f2p_tasks.organization.vessels import bowl_shape, capsule_at, capsules_in, cup_shape
from f2p_tasks.tabletop import put_beside, small_shape, TABLE_A, TABLE_B, tables

_MOST_VESSELS = 4
"""Cups and bowls in a scene."""

_MOST_CAPSULES = 4
"""Capsules in a bowl; a cup has room for one beside the fingers."""

_MOST_BESIDE = 3
"""Capsules, and other small things, that stand on the tables."""


def _scene(rng: np.random.Generator) -> Scene:
    """Cups and bowls on both tables, some with capsules in them, capsules and things beside."""
    placed: list[SceneObject] = []
    for number in range(int(rng.integers(1, _MOST_VESSELS, endpoint=True))):
        is_bowl = rng.random() < 0.5
        shape = bowl_shape(rng) if is_bowl else cup_shape(rng)
        vessel = put_beside(f'vessel_{number + 1}', shape, _table(rng), placed, rng)
        count = int(rng.integers(0, _MOST_CAPSULES if is_bowl else 1, endpoint=True))
        placed += [vessel, *capsules_in(vessel, count, rng, first=len(placed) + 1)]
    for number in range(int(rng.integers(1, _MOST_BESIDE, endpoint=True))):
        placed.append(capsule_at(f'beside_{number + 1}', _table(rng), placed, rng))
    for number in range(int(rng.integers(0, _MOST_BESIDE, endpoint=True))):
        name = f'thing_{number + 1}'
        placed.append(put_beside(name, small_shape(rng), _table(rng), placed, rng))
    return Scene(objects=(*tables(), *placed))


def _table(rng: np.random.Generator) -> str:
    return TABLE_A if rng.random() < 0.5 else TABLE_B


def _vessels(scene: Scene) -> list[str]:
    return [o.object_id for o in scene.objects if not o.fixed and prism_of(o.shape).hollow]


def _beside(scene: Scene) -> list[str]:
    """What stands on a table and holds nothing by its kind."""
    vessels = _vessels(scene)
    held = {i for vessel in vessels for i in contents(scene, vessel)}
    return [
        o.object_id
        for o in scene.objects
        if not o.fixed and o.object_id not in held and o.object_id not in vessels
    ]


def _place(scene: Scene, rng: np.random.Generator, clear: EndsClear) -> SkillCall | None:
    item = choose(_beside(scene), rng)
    return free_call(scene, (PICK_PLACE.name, item, _table(rng)), rng, clear) if item else None


def _load(scene: Scene, rng: np.random.Generator, clear: EndsClear) -> SkillCall | None:
    pairs = [
        (item, vessel)
        for item in _beside(scene)
        for vessel in _vessels(scene)
        if PICK_PLACE.allows(scene.object(item), scene.object(vessel))
    ]
    if not pairs:
        return None
    item, vessel = pairs[int(rng.integers(len(pairs)))]
    return free_call(scene, (PICK_PLACE.name, item, vessel), rng, clear)


def _unload(scene: Scene, rng: np.random.Generator, clear: EndsClear) -> SkillCall | None:
    item = choose([i for vessel in _vessels(scene) for i in contents(scene, vessel)], rng)
    return free_call(scene, (PICK_PLACE.name, item, _table(rng)), rng, clear) if item else None


def _carry_empty(scene: Scene, rng: np.random.Generator, clear: EndsClear) -> SkillCall | None:
    item = choose([i for i in _vessels(scene) if not contents(scene, i)], rng)
    return free_call(scene, (PICK_PLACE.name, item, _table(rng)), rng, clear) if item else None


PRETRAINING = Pretraining(
    entries=(
        PretrainingEntry('place_beside_vessels', 0.20, _scene, _place),
        PretrainingEntry('load_vessel', 0.30, _scene, _load),
        PretrainingEntry('unload_vessel', 0.25, _scene, _unload),
        PretrainingEntry('carry_empty_vessel', 0.25, _scene, _carry_empty),
    ),
    covers=moves_filled_container,
)
"""Kinds of executions and their shares."""
