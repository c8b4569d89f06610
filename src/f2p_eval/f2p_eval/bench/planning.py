# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Planning Multi-object Transport with 3, 5 and 7 objects: how long, and what comes of it."""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np

from f2p_core.symbolic import Goal
from f2p_effects.inputs import model_state
from f2p_effects.protocol import EffectModel
from f2p_effects.store import ModelStore
from f2p_eval.bench.figures import Figure, figure, Measurement
from f2p_eval.bench.settings import Settings
from f2p_planner.config import PlannerConfig
from f2p_planner.plans import Plan, Situation
from f2p_planner.search import plan
from f2p_sim.mujoco_backend import MujocoSimulator
from f2p_tasks import DEFAULT_TASK, goal_holds, take_up

_SIZES = (3, 5, 7)
"""Objects in the container: from the demo's to nearly as many as fit."""

_SCENES = 3
"""Start scenes per size; each is planned in once."""

_UNHURRIED_S = 3600.0
"""Time cap of a search [s]: predictions end it, so that plans do not depend on the machine."""


class _Found(NamedTuple):
    """What came of one search: its time [s], the plan, and whether it truly reaches the goal."""

    seconds: float
    plan: Plan
    true: bool


def measure(settings: Settings) -> Measurement:
    """Times the search for every goal of the task, and simulates the plans it finds.

    Scenes are known exactly; searches end by their number of predictions, so plan, score and truth
    are the same on every machine.

    Raises:
        F2PError: If the model store cannot be read.
    """
    model = ModelStore(settings.models).load_active()
    task = take_up(DEFAULT_TASK)
    config = settings.amount(
        PlannerConfig(max_time_s=_UNHURRIED_S),
        PlannerConfig(max_time_s=_UNHURRIED_S, max_evaluations=200),
    )
    scenes = settings.amount(_SCENES, 1)
    figures: list[Figure] = []
    for size in settings.amount(_SIZES, _SIZES[:1]):
        situations = [_situation(size, settings.seed + i) for i in range(scenes)]
        for name in task.goals:
            found = [
                _search(task.goal(name, at.scene), at, model, config, settings.seed + i)
                for i, at in enumerate(situations)
            ]
            figures += _figures(f'{name.lower()}_{size}_objects', found)
    return Measurement(
        figures=tuple(figures),
        conditions={
            'scenes_per_size': scenes,
            'most_predictions': config.max_evaluations,
            'seed': settings.seed,
        },
    )


def _situation(size: int, seed: int) -> Situation:
    scene = take_up(DEFAULT_TASK).seeded_scene(size, seed)
    return Situation(scene, model_state([scene], np.random.default_rng(seed)))


def _search(
    goal: Goal, situation: Situation, model: EffectModel, config: PlannerConfig, seed: int
) -> _Found:
    start = time.perf_counter()
    found = plan(goal, situation, model, seed=seed, config=config)
    return _Found(time.perf_counter() - start, found, _is_true(found, situation, seed))


def _is_true(found: Plan, situation: Situation, seed: int) -> bool:
    """Whether all motions succeed in simulation and the goal holds after them."""
    scene, simulator = situation.scene, MujocoSimulator()
    for step, call in enumerate(found.calls):
        (rollout,) = simulator.simulate([scene], [call], seed=seed + step)
        if not rollout.motion_succeeded:
            return False
        scene = rollout.end_scene
    return goal_holds(scene, found.goal)


def _figures(name: str, found: list[_Found]) -> list[Figure]:
    return [
        figure(f'{name}_seconds', [f.seconds for f in found], 's'),
        figure(f'{name}_predictions', [float(f.plan.evaluations) for f in found], '1'),
        figure(f'{name}_score', [f.plan.score for f in found], '1'),
        figure(f'{name}_true', [sum(f.true for f in found) / len(found)], '1'),
    ]
