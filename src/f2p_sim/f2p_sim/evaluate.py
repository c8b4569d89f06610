# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How often each skill succeeds in random scenes, and how fast: ``python -m f2p_sim.evaluate``."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
import json
import time
from typing import Any

import numpy as np

from f2p_core.rates import Rate
from f2p_core.scene import Scene
from f2p_core.supports import contents
from f2p_sim.mujoco_backend import MujocoOptions, MujocoSimulator
from f2p_sim.physics import reality_gap
from f2p_sim.protocol import Rollout
from f2p_tasks import DEFAULT_TASK, Exercise, take_up

_RODE_ALONG_M = 0.03
"""Content that keeps its place in what carries it to within this rode along [m]."""

_UPRIGHT_COSINE = 0.95
"""Cosine of the tilt from which content counts as upright: 18 degrees."""


def evaluate(
    simulator: MujocoSimulator, exercise: Exercise, count: int, seed: int
) -> dict[str, Any]:
    """Runs random executions of one kind.

    Returns:
        Counts by outcome and the rate of success; where something is carried the rates of content
        that rode along and stood upright; processor seconds per rollout and mean simulated
        seconds.
    """
    rng = np.random.default_rng(seed)
    scenes = [exercise.scene(rng) for _ in range(count)]
    calls = [exercise.call(scene, rng) for scene in scenes]
    began = time.process_time()
    rollouts = simulator.simulate(scenes, calls, seed=seed)
    processor_s = (time.process_time() - began) / count
    outcomes = Counter(r.reason.partition(':')[0] or 'succeeded' for r in rollouts)
    row: dict[str, Any] = {
        'exercise': exercise.name,
        'count': count,
        'outcomes': dict(outcomes.most_common()),
        'succeeded': Rate(sum(r.motion_succeeded for r in rollouts), count).as_json(),
        'processor_s_per_rollout': round(processor_s, 4),
        'simulated_s': round(float(np.mean([r.duration_s for r in rollouts])), 2),
    }
    if exercise.carrier is not None:
        row |= _content(exercise.carrier, scenes, rollouts)
    return row


def _content(
    carrier: str, scenes: Sequence[Scene], rollouts: Sequence[Rollout]
) -> dict[str, Any]:
    """Returns how much of the content kept its place in the carrier and stood upright."""
    rode, upright = [], []
    for scene, rollout in zip(scenes, rollouts, strict=True):
        if not rollout.motion_succeeded:
            continue
        carried = contents(scene, carrier)
        before, after = scene.object(carrier).pose_map, rollout.end_scene.object(carrier)
        for item in scene.objects:
            if item.object_id not in carried:
                continue
            moved = rollout.end_scene.object(item.object_id).pose_map
            was = before.to_child(np.array(item.pose_map.position_m))
            slip = after.pose_map.to_child(np.array(moved.position_m)) - was
            rode.append(float(np.linalg.norm(slip)) < _RODE_ALONG_M)
            upright.append(bool(moved.rotation()[2, 2] > _UPRIGHT_COSINE))
    if not rode:
        return {}
    return {
        'rode_along': Rate(sum(rode), len(rode)).as_json(),
        'upright': Rate(sum(upright), len(upright)).as_json(),
    }


def main() -> None:
    """Prints one JSON line per kind of execution."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--task', default=DEFAULT_TASK, help='default: %(default)s')
    parser.add_argument('--count', type=int, default=100, help='executions per kind')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--gap', type=float, default=0.0, help='Sim2Real gap of the physics')
    parser.add_argument('--only', default='', help='kinds whose name contains this')
    arguments = parser.parse_args()
    physics = reality_gap(arguments.gap, arguments.seed)
    simulator = MujocoSimulator(MujocoOptions(physics=physics))
    for exercise in take_up(arguments.task).exercises:
        if arguments.only in exercise.name:
            print(json.dumps(evaluate(simulator, exercise, arguments.count, arguments.seed)))


if __name__ == '__main__':
    main()
