# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Tells the story: the acts in order, what happens in words, the figures at the end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
import threading
import time
from typing import Any, NamedTuple

from f2p_msgs.msg import ExecutedStep, ModelVersion
from f2p_msgs.msg import Failure as FailureMsg
from rclpy.node import Node

from f2p_bringup.commands.narrator import Narrator
from f2p_bringup.ros.stage import DemoStage, Pursued
from f2p_core.failure import Failure
from f2p_core.ros.action_client import progress_of
from f2p_core.ros.conversions.failure import msg_to_failure
from f2p_core.ros.conversions.skills import msg_to_call
from f2p_core.ros.qos import LATCHED, LATCHED_EVENTS
from f2p_eval.script import Learned, scene_seed, summarise, Summary
from f2p_eval.story import StepRecord, Story, TaskRecord
from f2p_eval.words import goal_in_words
from f2p_learning.results import LearningResult, read_result
from f2p_tasks import Act, goal_holds, Task

GOAL_TIMEOUT_S = 3600.0
"""For one goal of the story [s]; it takes minutes, learning included, so that more means hung."""

_VERDICTS = {
    ExecutedStep.AS_PREDICTED: 'as_predicted',
    ExecutedStep.VIOLATED: 'violated',
    ExecutedStep.UNDECIDED: 'undecided',
}


class TrialSettings(NamedTuple):
    """What is tried: the task and its size, the seed of everything, whether it learns."""

    task: Task
    objects: int
    seed: int
    learns: bool


class _Stopwatch:
    """Times from a failure's publication to the new model's, on a steady clock."""

    def __init__(self, client: Node) -> None:
        self.seconds: float | None = None
        self._failures: list[FailureMsg] = []
        self._failed_s = 0.0
        self._digest = ''
        self._lock = threading.Lock()
        client.create_subscription(FailureMsg, 'failure', self._on_failure, LATCHED_EVENTS)
        client.create_subscription(ModelVersion, 'model_version', self._on_model, LATCHED)

    def failure(self, failure_id: str) -> Failure | None:
        """Returns a failure that was published; ``None`` if there was none of that id."""
        with self._lock:
            found = [f for f in self._failures if f.failure_id == failure_id]
        return msg_to_failure(found[0]) if found else None

    def _on_failure(self, message: FailureMsg) -> None:
        with self._lock:
            self._failures.append(message)
            self._failed_s = time.monotonic()

    def _on_model(self, message: ModelVersion) -> None:
        with self._lock:
            if self._digest and message.digest != self._digest and self.seconds is None:
                self.seconds = time.monotonic() - self._failed_s
            self._digest = message.digest


class Storyteller:
    """Runs the acts one after the other.

    Args:
        client: A node in the network of the stack.
        settings: What is tried.
        out: Directory of the run.
        narrator: Tells what happens.
    """

    def __init__(
        self, client: Node, settings: TrialSettings, out: Path, narrator: Narrator
    ) -> None:
        self._stage = DemoStage(client, goal_timeout_s=GOAL_TIMEOUT_S)
        self._watch = _Stopwatch(client)
        self._settings = settings
        self._out = out
        self._narrator = narrator
        self._pursued: dict[str, Pursued] = {}

    def tell(self) -> Story:
        """Plays every act that makes sense and returns the story."""
        records = [
            self._play(act)
            for act in self._settings.task.acts
            if not act.after_learning or self._learned() is not None
        ]
        return Story(
            tasks=tuple(records),
            run_directories=tuple(f'runs/{run}' for run in self._runs()),
            summary=self._summary({r.name: r.success for r in records}),
        )

    def _play(self, act: Act) -> TaskRecord:
        seed, task = self._settings.seed, self._settings.task
        self._narrator.say(f'{act.name}: {act.title}')
        scene = task.seeded_scene(self._settings.objects, scene_seed(seed, act.scene_number))
        observation = self._stage.set_scene(scene, seed)
        self._narrator.say(f'goal: {goal_in_words(task.goal(act.goal, observation.scene))}')
        pursued = self._stage.pursue(
            observation,
            partial(task.goal, act.goal),
            seed=seed,
            may_learn=act.may_learn and self._settings.learns,
            on_feedback=self._tell_feedback,
        )
        self._pursued[act.name] = pursued
        steps = [self._step(step) for step in pursued.result.executed]
        record = _record(task, act, pursued, steps)
        outcome = 'succeeded' if record.success else f'failed: {pursued.result.error_msg}'
        self._narrator.say(f'{act.name} {outcome}')
        return record

    def _step(self, step: ExecutedStep) -> StepRecord:
        failure = self._watch.failure(step.failure_id)
        return StepRecord(
            call=msg_to_call(step.call),
            succeeded=step.motion_succeeded,
            reason=step.reason,
            verdict=_VERDICTS[step.verdict],
            violations=tuple(step.violations),
            seen_after=failure.after.scene if failure else None,
        )

    def _tell_feedback(self, feedback: Any) -> None:
        if feedback.text:
            self._narrator.say(f'  {feedback.progress.stage}: {feedback.text}')
        else:
            self._narrator(progress_of(feedback))

    def _runs(self) -> list[str]:
        """Returns the ids of the learning runs that came to an end."""
        ids = [run for pursued in self._pursued.values() for run in pursued.result.run_ids]
        return [run for run in ids if (self._out / 'runs' / run / 'result.json').exists()]

    def _learned(self) -> LearningResult | None:
        """Returns the run that brought a new model, if there is one."""
        for run in self._runs():
            result = read_result(self._out / 'runs' / run)
            if result.learned:
                return result
        return None

    def _failure(self) -> Failure | None:
        """Returns the failure of the learning act that was learned from, or its first."""
        learned = self._learned()
        act = self._settings.task.learning_act
        ids = list(self._pursued[act.name].result.failure_ids)
        return self._watch.failure(
            learned.failure_id if learned is not None else (ids[0] if ids else '')
        )

    def _summary(self, success: dict[str, bool]) -> Summary:
        """The figures of the demo's last line."""
        learned = self._learned()
        last = list(self._pursued.values())[-1]
        return summarise(
            self._settings.task,
            {'objects': self._settings.objects, 'seed': self._settings.seed},
            success,
            self._failure(),
            Learned(
                last.result.model_version.version,
                self._watch.seconds or 0.0,
                learned.seconds_by_stage if learned else {},
            ),
        )


def _record(
    task: Task, act: Act, pursued: Pursued, steps: Sequence[StepRecord]
) -> TaskRecord:
    result = pursued.result
    first = result.plans[0] if result.plans else None
    return TaskRecord(
        name=act.name,
        title=act.title,
        goal=pursued.goal,
        model_version=(first or result).model_version.version,
        scene_before=pursued.before,
        scene_after=pursued.after,
        plan_score=first.score if first else 0.0,
        confident=first is not None and not first.best_effort,
        planned=tuple(msg_to_call(step.call) for step in first.steps) if first else (),
        steps=tuple(steps),
        success=goal_holds(pursued.after, task.goal(act.goal, pursued.before)),
    )
