# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""One trial of a task without ROS: fail, learn, recover, try what was impossible.

The same executive, perception, learner and simulators as in the graph of nodes, called directly:
many trials fit into the time of a few demos.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from f2p_core.control import Control
from f2p_core.failure import Failure
from f2p_core.observation import SceneObservation
from f2p_core.parameters import Config, parameter
from f2p_core.scene import Scene
from f2p_effects.inputs import observed_state
from f2p_effects.protocol import EffectModel, ModelState
from f2p_effects.tuning import FineTuneConfig
from f2p_eval.robot import SimulatedRobot
from f2p_eval.script import Learned, scene_seed, summarise, Summary
from f2p_eval.story import StepRecord, Story, TaskRecord
from f2p_learning.config import LearningConfig
from f2p_learning.loop import learn_from_failure, LearningRequest
from f2p_learning.results import LearningResult
from f2p_learning.run_directory import RunDirectory
from f2p_learning.tools import LearningTools
from f2p_planner.judge import MonitorJudge
from f2p_planner.pursuit import pursue
from f2p_planner.pursuit_types import Event, Executed, Judge, Judged, Pursuit, Tools
from f2p_sim.physics import reality_gap
from f2p_sim.world import SimulatedWorld, WorldOptions
from f2p_svi.methods import METHODS, PRODUCT_METHOD
from f2p_tasks import Act, DEFAULT_TASK, goal_holds, take_up

_POSTERIOR_SCENES = 40
"""Scenes a failure is replayed in: twice what classification needs at least."""


class TrialConfig(Config):
    """What is tried.

    Raises:
        InvalidInputError: If a value is outside its bounds.
    """

    task: str = parameter(DEFAULT_TASK, 'what is tried')
    objects: int = parameter(3, 'size of the task', low=1, high=100)
    seed: int = parameter(0, 'draws scenes, physics and everything else', low=0, high=2**31)
    method: str = parameter(
        PRODUCT_METHOD, 'what failures are learned by', choices=lambda: METHODS.names
    )
    segmented: bool = parameter(True, 'whether clouds carry instance labels')
    gap_scale: float = parameter(
        1.0, 'size of the Sim2Real gap (f2p_sim.physics.reality_gap)', low=0.0, high=3.0
    )


class Attempt(NamedTuple):
    """One pursued goal: what the executive did and the record for the story."""

    pursuit: Pursuit
    record: TaskRecord


class RecordingJudge:
    """Passes on what another judge says, and keeps a record of every step for the story.

    Args:
        judge: Whose verdicts they are.
        truth: Returns the true scene, which only the record gets to see.
    """

    def __init__(self, judge: Judge, truth: Callable[[], Scene]) -> None:
        self.steps: list[StepRecord] = []
        self._judge = judge
        self._truth = truth

    def judge(self, executed: Executed, control: Control) -> Judged:
        """Judges one executed step; see ``f2p_planner.pursuit_types.Judge``."""
        scene_after = self._truth()
        judged = self._judge.judge(executed, control)
        violated = judged.failure.violated if judged.failure else ()
        self.steps.append(
            StepRecord(
                call=executed.step.call,
                succeeded=executed.motion.succeeded,
                reason=executed.motion.reason,
                verdict=judged.verdict,
                violations=tuple(v.in_words() for v in violated),
                scene_after=scene_after,
            )
        )
        return judged


class Laboratory:
    """Everything a trial works with.

    Args:
        tools: Simulator, samplers, model store (it will be written to), library and old data.
        learning: Budget and gate.
        tuning: Settings of the fine-tuning.
        config: What is tried.
        directory: Where learning runs are kept.
        on_event: Told what happens.

    Raises:
        InvalidInputError: If the task is not known, or a relation it needs is not.
    """

    def __init__(
        self,
        tools: LearningTools,
        learning: LearningConfig,
        tuning: FineTuneConfig,
        config: TrialConfig,
        directory: Path,
        on_event: Callable[[Event], None],
    ) -> None:
        self.config = config
        self.task = take_up(config.task)
        self.results: list[LearningResult] = []
        self.runs: list[str] = []
        self._tools = tools
        self._learning = learning
        self._tuning = tuning
        self._directory = directory
        self._on_event = on_event

    def active_model(self) -> EffectModel:
        """Loads the model that is in use."""
        return self._tools.store.load_active()

    def attempt(self, act: Act, model: EffectModel) -> Attempt:
        """Pursues the goal of an act in a world of its own.

        Args:
            act: Where it begins and what is wanted; the robot's goal is made of what it sees.
            model: The model to plan with.
        """
        seed, task = self.config.seed, self.task
        scene = task.seeded_scene(self.config.objects, scene_seed(seed, act.scene_number))
        options = WorldOptions(physics=reality_gap(self.config.gap_scale, seed))
        world = SimulatedWorld(scene, options, seed)
        robot = SimulatedRobot(
            world, task.furniture(), segmented=self.config.segmented, seed=seed
        )
        before = world.scene()
        goal = task.goal(act.goal, robot.observe().observation.scene)
        judge = RecordingJudge(
            MonitorJudge(
                robot,
                self._posterior,
                self._tools.simulator,
                seed=seed,
            ),
            world.scene,
        )
        learns = act.may_learn and METHODS[self.config.method].learns
        tools = Tools(_state_of, judge, self._learn if learns else _refuse, self._on_event)
        pursuit = pursue(goal, robot, model, tools, seed=seed)
        after = world.scene()
        first = pursuit.plans[0] if pursuit.plans else None
        record = TaskRecord(
            name=act.name,
            title=act.title,
            goal=goal,
            model_version=model.version,
            scene_before=before,
            scene_after=after,
            plan_score=first.score if first else 0.0,
            confident=first is not None and first.confident,
            planned=first.calls if first else (),
            steps=tuple(judge.steps),
            success=goal_holds(after, task.goal(act.goal, before)),
        )
        return Attempt(pursuit, record)

    def _posterior(self, failure: Failure) -> tuple[Scene, ...]:
        drawn = self._tools.scenes.sample_scenes(failure, _POSTERIOR_SCENES, seed=self.config.seed)
        return drawn.scenes

    def _learn(self, failure: Failure) -> EffectModel | None:
        run = RunDirectory(self._directory / f'run_{len(self.runs) + 1}')
        request = LearningRequest(failure, self._learning, self._tuning, self.config.seed)
        result = learn_from_failure(request, self._tools, run)
        self.results.append(result)
        self.runs.append(run.path.name)
        return self.active_model() if result.learned else None


def run_trial(laboratory: Laboratory) -> Story:
    """Runs the acts of the story for one seed; without learning only those before it.

    Returns:
        The story with its summary.
    """
    attempts: dict[str, Attempt] = {}
    for act in laboratory.task.acts:
        if not act.after_learning or any(result.learned for result in laboratory.results):
            attempts[act.name] = laboratory.attempt(act, laboratory.active_model())
    return Story(
        tasks=tuple(attempt.record for attempt in attempts.values()),
        run_directories=tuple(laboratory.runs),
        summary=_summary(laboratory, attempts),
    )


def _summary(laboratory: Laboratory, attempts: Mapping[str, Attempt]) -> Summary:
    """The figures of the demo's last line."""
    learned = next((result for result in laboratory.results if result.learned), None)
    failures = attempts[laboratory.task.learning_act.name].pursuit.failures
    taught = [f for f in failures if learned and f.failure_id == learned.failure_id]
    stages = learned.seconds_by_stage if learned else {}
    return summarise(
        laboratory.task,
        {'objects': laboratory.config.objects, 'seed': laboratory.config.seed},
        {name: attempt.record.success for name, attempt in attempts.items()},
        next(iter((*taught, *failures)), None),
        Learned(laboratory.active_model().version, sum(stages.values()), stages),
    )


def _state_of(observation: SceneObservation) -> ModelState:
    return observed_state(observation, np.random.default_rng(observation.stamp_ns % 2**32))


def _refuse(failure: Failure) -> EffectModel | None:
    """Stands for a robot that does not learn."""
    return None
