# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A task: take a bridge away from a post, and leave there what stands on it.

A model that never saw a loaded bridge shoved is sure that the load stays where it is. It rides
along. After that one failure the robot unloads first.
"""

from __future__ import annotations

import numpy as np

from f2p_bridge.bridge import Bridge
from f2p_bridge.near import NEAR
from f2p_bridge.shove import SHOVE
from f2p_core.geometry.shapes import Box, Cylinder
from f2p_core.pose import upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_core.skill import call_bounds, PICK_PLACE, SkillCall
from f2p_core.supports import contents
from f2p_core.symbolic import Goal, Literal
from f2p_tasks.definition import (
    Act,
    EndsClear,
    Execution,
    Move,
    Pretraining,
    PretrainingEntry,
    Task,
)
from f2p_tasks.tabletop import TABLE_A, TABLE_B, TABLE_CENTRE_XY_M, TABLE_SIZE_M, tables

BRIDGE_ID, LOAD, POST = 'bridge', 'load', 'post'

_WAY_M = (0.16, 0.18)
"""From the post to the bridge along y [m]: nearer than ``near``, farther than they are wide."""

_CLEARANCE_M = 0.03
"""Kept round a place where something is put down in pretraining [m]."""


def _at(
    object_id: str, shape: Bridge | Box | Cylinder, x: float, y: float, z: float,
    rng: np.random.Generator,
) -> SceneObject:
    """An object whose bottom is at height z over table_a [m]."""
    height = shape.height_m if isinstance(shape, Cylinder) else shape.size_m[2]
    pose = upright_pose(x, y, TABLE_SIZE_M[2] + z + height / 2, rng.uniform(-0.2, 0.2))
    mass = rng.uniform(0.3, 0.4) if isinstance(shape, Bridge) else rng.uniform(0.1, 0.2)
    return SceneObject(
        object_id=object_id, shape=shape, pose_map=pose, mass_kg=mass,
        friction=rng.uniform(0.7, 1.0),
    )  # fmt: skip


def _scene(loaded: bool, rng: np.random.Generator) -> Scene:
    """Draws bridge and post on table_a, and the load on the bridge or beside it."""
    cx, cy = TABLE_CENTRE_XY_M[TABLE_A]
    shape = Bridge(
        size_m=(rng.uniform(0.13, 0.15), rng.uniform(0.11, 0.13), rng.uniform(0.06, 0.075)),
        leg_m=0.02,
    )
    x, y = cx + rng.uniform(-0.04, 0.04), cy + rng.uniform(-0.05, 0.0)
    post = Cylinder(radius_m=0.022, height_m=rng.uniform(0.08, 0.1))
    load = Box(size_m=(0.042, 0.042, rng.uniform(0.045, 0.06)))
    dx, dy = rng.uniform(-0.02, 0.02, 2).tolist()
    aside = rng.choice([-1.0, 1.0]) * rng.uniform(0.15, 0.17)
    where = (x + dx, y + dy, shape.size_m[2]) if loaded else (x + aside, y + dy, 0.0)
    return Scene(
        objects=(
            *tables(),
            _at(BRIDGE_ID, shape, x, y, 0.0, rng),
            _at(LOAD, load, *where, rng),
            _at(POST, post, x + dx, y - rng.uniform(*_WAY_M), 0.0, rng),
        )
    )


def start_scene(size: int, rng: np.random.Generator) -> Scene:
    """Draws a start: the load stands on the bridge; there is one load."""
    del size
    return _scene(True, rng)


def goal(observed: Scene) -> Goal:
    """Returns the goal: the bridge not near the post, the load near it."""
    del observed
    return Goal(
        literals=(
            Literal(relation=NEAR.name, subject_id=BRIDGE_ID, object_id=POST, value=False),
            Literal(relation=NEAR.name, subject_id=LOAD, object_id=POST),
        ),
        max_skills=4,
        max_base_trips=4,
    )


def role(scene: Scene, object_id: str) -> str:
    """Returns what an object is to a plan: its id says it here."""
    return scene.object(object_id).object_id


def moves(scene: Scene) -> tuple[Move, ...]:
    """Returns the moves that are tabulated: shove the bridge; unload it to either table."""
    del scene
    unload = (
        Move(f'{PICK_PLACE.name} {LOAD}>{t}', ((PICK_PLACE.name, LOAD, t),))
        for t in (TABLE_A, TABLE_B)
    )
    shove = Move(f'{SHOVE.name} {BRIDGE_ID}', ((SHOVE.name, BRIDGE_ID, TABLE_A),))
    return (shove, *unload)


def _beside(rng: np.random.Generator) -> Scene:
    return _scene(False, rng)


def _loaded(rng: np.random.Generator) -> Scene:
    return _scene(True, rng)


def _shove(scene: Scene, rng: np.random.Generator, clear: EndsClear) -> SkillCall:
    """Shoves what stands alone: the bridge, or the load."""
    del clear
    item = (BRIDGE_ID, LOAD)[int(rng.integers(2))]
    low, high = call_bounds(scene, SHOVE.name, item, TABLE_A)
    drawn = rng.uniform(low, high)
    drawn[1] = rng.uniform(0.05, high[1])
    return SkillCall(
        skill=SHOVE.name, object_id=item, target_id=TABLE_A, parameters=tuple(drawn.tolist())
    )


def _place(scene: Scene, rng: np.random.Generator, clear: EndsClear) -> SkillCall | None:
    """Puts the load down somewhere free."""
    table = (TABLE_A, TABLE_B)[int(rng.integers(2))]
    low, high = call_bounds(scene, PICK_PLACE.name, LOAD, table)
    drawn = rng.uniform(low, high, (16, len(low)))
    free = clear(scene, PICK_PLACE.name, LOAD, table, drawn, _CLEARANCE_M)
    if not free.any():
        return None
    parameters = tuple(drawn[int(np.argmax(free))].tolist())
    return SkillCall(
        skill=PICK_PLACE.name, object_id=LOAD, target_id=table, parameters=parameters
    )


def shoves_loaded(execution: Execution) -> bool:
    """Tells whether something stands on what is shoved: what the failure is about."""
    call = execution.call
    return call.skill == SHOVE.name and bool(contents(execution.scene, call.object_id))


CLEARING = Task(
    name='clearing',
    long_name='clearing',
    sizes=(1,),
    size_meaning='loads on the bridge',
    acts=(
        Act('clear', 'The bridge away, its load stays', 0, 'clear', may_learn=True),
        Act('again', 'The same in a new scene', 1, 'clear', after_learning=True),
    ),
    furniture=tables,
    start_scene=start_scene,
    goals={'clear': goal},
    role=role,
    moves=moves,
    pretraining=Pretraining(
        entries=(
            PretrainingEntry('shove_alone', 0.5, _beside, _shove),
            PretrainingEntry('place', 0.3, _beside, _place),
            PretrainingEntry('unload', 0.2, _loaded, _place),
        ),
        covers=shoves_loaded,
    ),
    relations=(NEAR.name,),
    label_names=tuple(f'{i}:{name}' for i, name in enumerate((BRIDGE_ID, LOAD, POST), 1)),
)
