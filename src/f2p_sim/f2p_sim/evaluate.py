# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How often each skill succeeds in random scenes, and how fast: ``python -m f2p_sim.evaluate``."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
import json
import time
from typing import Any, NamedTuple

import numpy as np

from f2p_core.placement import call_bounds
from f2p_core.scene import Scene
from f2p_core.skill import PICK_PLACE, PUSH, SkillCall
from f2p_core.tabletop import CONTAINER, sample_tabletop, TABLE_A, TABLE_B, TabletopConfig
from f2p_sim.mujoco_backend import MujocoOptions, MujocoSimulator
from f2p_sim.physics import reality_gap
from f2p_sim.protocol import Rollout

_RODE_ALONG_M = 0.03
"""Content that slipped less than this within its container [m] rode along: half an object."""

_UPRIGHT_COSINE = 0.95
"""Cosine of the lean up to which an object counts as upright: 18°."""

_CARRY_YAW_RAD = 0.6
"""Largest yaw of containers and of their places [rad] in the trials; chosen, not tuned."""

_PUSH_M = (0.05, 0.20)
"""Distances of the pushes in the trials, (least, most) [m]; the bounds of the skill."""

Case = tuple[Scene, SkillCall]


class Family(NamedTuple):
    """A kind of execution: its name, what the scene holds and how a call is drawn in it."""

    name: str
    config: TabletopConfig
    draw: Callable[[Scene, np.random.Generator], SkillCall]


def families() -> tuple[Family, ...]:
    """Returns the kinds of execution that are measured."""
    carries = tuple(
        Family(f'carry {k} objects', TabletopConfig(inside=k, max_yaw_rad=_CARRY_YAW_RAD), _carry)
        for k in (0, 3, 5, 7)
    )
    alone = TabletopConfig(inside=0, on_a=3, on_b=2, container_on=None)
    return (
        Family('object table to table', alone, _move_object),
        Family('object into container', TabletopConfig(inside=2, on_b=2), _load),
        Family('object out of container', TabletopConfig(inside=5), _unload),
        *carries,
        Family('push object', TabletopConfig(inside=0, on_a=3, container_on=None), _push_object),
        Family('push container', TabletopConfig(inside=3), _push_container),
    )


def evaluate(simulator: MujocoSimulator, family: Family, count: int, seed: int) -> dict[str, Any]:
    """Runs random executions of a family.

    Returns:
        Counts by outcome; for carries the share of content that rode along and stood upright;
        processor seconds per rollout and mean simulated seconds.
    """
    rng = np.random.default_rng(seed)
    scenes = [sample_tabletop(family.config, rng) for _ in range(count)]
    calls = [family.draw(scene, rng) for scene in scenes]
    began = time.process_time()
    rollouts = simulator.simulate(scenes, calls, seed=seed)
    processor_s = (time.process_time() - began) / count
    outcomes = Counter(r.reason.partition(':')[0] or 'succeeded' for r in rollouts)
    row: dict[str, Any] = {
        'family': family.name,
        'count': count,
        'outcomes': dict(outcomes.most_common()),
        'processor_s_per_rollout': round(processor_s, 4),
        'simulated_s': round(float(np.mean([r.duration_s for r in rollouts])), 2),
    }
    if family.draw is _carry:
        row |= _content(scenes, rollouts)
    return row


def _content(scenes: Sequence[Scene], rollouts: Sequence[Rollout]) -> dict[str, float]:
    """Returns how much of the content kept its place in the container and stood upright."""
    rode, upright = [], []
    for scene, rollout in zip(scenes, rollouts, strict=True):
        if not rollout.motion_succeeded:
            continue
        before, after = scene.object(CONTAINER).pose_map, rollout.end_scene.object(CONTAINER)
        for item in scene.objects:
            if item.fixed or item.object_id == CONTAINER:
                continue
            moved = rollout.end_scene.object(item.object_id).pose_map
            was = before.to_child(np.array(item.pose_map.position_m))
            slip = after.pose_map.to_child(np.array(moved.position_m)) - was
            rode.append(float(np.linalg.norm(slip)) < _RODE_ALONG_M)
            upright.append(bool(moved.rotation()[2, 2] > _UPRIGHT_COSINE))
    if not rode:
        return {}
    return {'rode_along': float(np.mean(rode)), 'upright': float(np.mean(upright))}


def _draw(
    scene: Scene, skill: str, object_id: str, target_id: str, rng: np.random.Generator
) -> tuple[float, float, float]:
    low, high = call_bounds(scene, skill, object_id, target_id)
    x, y, z = rng.uniform(low, high).tolist()
    return (x, y, z)


def _place(
    scene: Scene, object_id: str, target_id: str, rng: np.random.Generator
) -> SkillCall:
    parameters = _draw(scene, PICK_PLACE.name, object_id, target_id, rng)
    return SkillCall(
        skill=PICK_PLACE.name, object_id=object_id, target_id=target_id, parameters=parameters
    )


def _carry(scene: Scene, rng: np.random.Generator) -> SkillCall:
    call = _place(scene, CONTAINER, TABLE_B, rng)
    x, y, _ = call.parameters
    yaw = rng.uniform(-_CARRY_YAW_RAD, _CARRY_YAW_RAD)
    return call.model_copy(update={'parameters': (x, y, yaw)})


def _move_object(scene: Scene, rng: np.random.Generator) -> SkillCall:
    return _place(scene, 'object_1', TABLE_B, rng)


def _load(scene: Scene, rng: np.random.Generator) -> SkillCall:
    return _place(scene, 'object_3', CONTAINER, rng)


def _unload(scene: Scene, rng: np.random.Generator) -> SkillCall:
    return _place(scene, 'object_1', TABLE_B, rng)


def _push(scene: Scene, object_id: str, rng: np.random.Generator) -> SkillCall:
    direction, _, offset = _draw(scene, PUSH.name, object_id, TABLE_A, rng)
    return SkillCall(
        skill=PUSH.name,
        object_id=object_id,
        target_id=TABLE_A,
        parameters=(direction, rng.uniform(*_PUSH_M), offset),
    )


def _push_object(scene: Scene, rng: np.random.Generator) -> SkillCall:
    return _push(scene, 'object_1', rng)


def _push_container(scene: Scene, rng: np.random.Generator) -> SkillCall:
    return _push(scene, CONTAINER, rng)


def main() -> None:
    """Prints one JSON line per family."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--count', type=int, default=100, help='executions per family')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--gap', type=float, default=0.0, help='Sim2Real gap of the physics')
    parser.add_argument('--only', default='', help='families whose name contains this')
    arguments = parser.parse_args()
    physics = reality_gap(arguments.gap, arguments.seed)
    simulator = MujocoSimulator(MujocoOptions(physics=physics))
    for family in families():
        if arguments.only in family.name:
            print(json.dumps(evaluate(simulator, family, arguments.count, arguments.seed)))


if __name__ == '__main__':
    main()
