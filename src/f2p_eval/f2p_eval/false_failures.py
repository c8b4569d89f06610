# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How often the monitor cries failure over a correct execution: real perception, real physics.

``python -m f2p_eval.false_failures --executions 120`` executes the exercises of a task in the
simulated world. An execution is correct when its motion succeeded and the world's truth agrees
with every watched, confident prediction; only these count.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
import json
from pathlib import Path
import sys
from typing import NamedTuple

import numpy as np

from f2p_core.batch import stack_scenes
from f2p_core.rates import Rate
from f2p_core.relations import relation_margins
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, Literal
from f2p_effects.inputs import observed_state
from f2p_effects.protocol import EffectModel
from f2p_effects.store import ModelStore
from f2p_eval.robot import SimulatedRobot
from f2p_planner.judge import JudgeConfig, watch
from f2p_planner.monitor import VerdictKind, watched_entries
from f2p_planner.plans import evaluate_plan, Situation
from f2p_planner.pursuit_types import Executed
from f2p_sim.physics import reality_gap
from f2p_sim.world import SimulatedWorld, WorldOptions
from f2p_tasks import DEFAULT_TASK, take_up, Task

_THRESHOLD = 0.9
"""Confidence of a plan, as the planner's default."""


class Trial(NamedTuple):
    """One execution.

    Attributes:
        correct: Whether the motion succeeded and the truth is as predicted.
        verdict: What the monitor says.
    """

    correct: bool
    verdict: VerdictKind


def run_trial(
    task: Task, scene: Scene, call: SkillCall, model: EffectModel, seed: int, *, segmented: bool
) -> Trial:
    """Executes one call in the world and lets the monitor judge it.

    Args:
        task: Whose furniture the robot knows of.
        scene: True start.
        call: What is executed, with the start's object ids.
        model: Predicts.
        seed: Draws the world's physics and noise.
        segmented: Whether the camera's points carry instance labels.
    """
    world = SimulatedWorld(scene, WorldOptions(physics=reality_gap(1.0, seed)), seed)
    robot = SimulatedRobot(world, task.furniture(), segmented=segmented, seed=seed)
    before = robot.observe()
    seen = before.observation.scene
    call = _as_seen(call, scene, seen)
    state = observed_state(before.observation, np.random.default_rng(seed))
    goal = _all_on_furniture(seen)
    plan = evaluate_plan(goal, Situation(seen, state), model, [call], threshold=_THRESHOLD)
    motion = robot.execute(call)
    executed = Executed(plan, 0, plan.steps[0], before, motion, goal)
    config = JudgeConfig()
    _, verdict = watch(robot, executed, config)
    truth = _renamed(world.scene(), scene, seen)
    right = _as_predicted(executed, truth, config.monitor.confident)
    return Trial(motion.succeeded and right, verdict.kind)


def _all_on_furniture(seen: Scene) -> Goal:
    """A goal that names every object and all furniture, so that the monitor watches them all."""
    movable = [o.object_id for o in seen.objects if not o.fixed]
    furniture = [o.object_id for o in seen.objects if o.fixed]
    return Goal(
        literals=tuple(
            Literal(relation='above', subject_id=i, object_id=table)
            for i in movable
            for table in furniture
        ),
        max_skills=1,
    )


def run_number(
    task: Task, number: int, model: EffectModel, *, seed: int, segmented: bool
) -> tuple[str, Trial]:
    """Runs one of the task's exercises, the kinds in turn.

    Returns:
        Name of the kind, and the outcome.
    """
    exercise = task.exercises[number % len(task.exercises)]
    rng = np.random.default_rng([seed, number])
    scene = exercise.scene(rng)
    call = exercise.call(scene, rng)
    return exercise.name, run_trial(task, scene, call, model, number, segmented=segmented)


def _as_predicted(executed: Executed, truth: Scene, confident: float) -> bool:
    """Whether the true scene agrees with every watched, confident prediction."""
    predicted = executed.step.predicted
    order = [truth.index(i) for i in predicted.object_ids]
    margins = relation_margins(stack_scenes([truth]), predicted.relation_names)[0]
    holds = np.asarray(margins)[:, order][:, :, order] >= 0.0
    watched = watched_entries(
        predicted, executed.before.observation.scene, executed.step.call, executed.goal
    )
    p = predicted.probability
    wrong = ((p >= confident) & ~holds) | ((p <= 1.0 - confident) & holds)
    return not (watched & wrong).any()


def _names(scene: Scene, seen: Scene) -> dict[str, str]:
    """Which true object each seen one is: the nearest."""
    at = np.array([o.pose_map.position_m for o in scene.objects])
    return {
        scene.objects[
            int(np.argmin(np.linalg.norm(at - np.array(o.pose_map.position_m), axis=1)))
        ].object_id: o.object_id
        for o in seen.objects
    }


def _as_seen(call: SkillCall, scene: Scene, seen: Scene) -> SkillCall:
    names = _names(scene, seen)
    return call.model_copy(
        update={
            'object_id': names.get(call.object_id, call.object_id),
            'target_id': names.get(call.target_id, call.target_id),
        }
    )


def _renamed(truth: Scene, scene: Scene, seen: Scene) -> Scene:
    """The true end scene with the names perception gave at the start."""
    names = _names(scene, seen)
    return Scene(
        objects=tuple(
            o.model_copy(update={'object_id': names[o.object_id]})
            for o in truth.objects
            if o.object_id in names
        )
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the counts as one JSON line."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument('--models', type=Path, default=Path('models'))
    parser.add_argument('--executions', type=int, default=120, help='correct or not')
    parser.add_argument('--no-labels', action='store_true')
    parser.add_argument('--task', default=DEFAULT_TASK, help='default: %(default)s')
    parser.add_argument('--seed', type=int, default=0)
    options = parser.parse_args(arguments)
    model = ModelStore(options.models).load_active()
    count = Counter[str](correct=0, false_failures=0)
    for number in range(options.executions):
        name, trial = run_number(
            take_up(options.task),
            number,
            model,
            seed=options.seed,
            segmented=not options.no_labels,
        )
        count['correct'] += trial.correct
        if trial.correct and trial.verdict == VerdictKind.VIOLATED:
            count['false_failures'] += 1
            print(f'false failure in execution {number}: {name}', file=sys.stderr)
    rate = Rate(count['false_failures'], count['correct'])
    print(
        json.dumps(
            {'executions': options.executions, 'false_failures_of_correct': rate.as_json()}
        )
    )
    return 0


if __name__ == '__main__':
    sys.exit(main())
