# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Runs of the learner: from a goal message through the plain functions to a result message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from f2p_msgs.action import FineTune, LearnFromFailure
from f2p_msgs.msg import ErrorCode

from f2p_core.bags import failures_in_bag
from f2p_core.control import Progress
from f2p_core.errors import InvalidInputError, WeakerError
from f2p_core.failure import Failure
from f2p_core.files import path_below
from f2p_core.ros.action_server import Task
from f2p_core.ros.conversions.failure import msg_to_failure
from f2p_core.ros.errors import NodeError
from f2p_core.ros.parameters import with_overrides
from f2p_effects.data import load_dataset
from f2p_effects.errors import EffectsError
from f2p_effects.tuning import FINE_TUNE_STAGE
from f2p_learning.dataset import DatasetRequest, learn_from_dataset
from f2p_learning.loop import learn_from_failure, LearningRequest, seed_of
from f2p_learning.results import LearningResult
from f2p_learning.ros.learner_config import BY_GOAL, LearnerConfig
from f2p_learning.ros.results import diagnostics_of, gate_to_msg, stages_to_msg, version_to_msg
from f2p_learning.run_directory import RunDirectory
from f2p_learning.tools import LearningTools
from f2p_learning.turnstile import Turnstile


class LearnerRuns:
    """Carries out goals one after the other, within what the owner of the robot allows.

    The overrides of a goal reach the settings of its run, never the owner's controls.

    Args:
        tools: What the loop works with.
        directory: Where each run gets a directory, named by its id.
        queue: Order of the runs.
        hold_quota: Makes the disk quota hold, before a run begins.
        on_turn: Told the id of a run of learning that begins to work.
    """

    def __init__(
        self,
        tools: LearningTools,
        directory: Path,
        queue: Turnstile,
        hold_quota: Callable[[], object],
        on_turn: Callable[[str], object],
    ) -> None:
        self._tools = tools
        self._directory = directory
        self._queue = queue
        self._hold_quota = hold_quota
        self._on_turn = on_turn

    def require_room(self) -> None:
        """Raises if the queue is full; see ``Turnstile.require_room``."""
        self._queue.require_room()

    def learn(self, goal: Any, task: Task, config: LearnerConfig) -> Any:
        """Learns from the failures of a goal, one after the other, and reports on the last."""
        task.annotate(run_id=task.goal_id, round=1)
        owner, config = config, settings_of(config, goal.overrides)
        activate = goal.publish and not owner.require_approval
        failures = self._failures(goal, owner.readable_directories)
        owner.limits.require('failures', len(failures), 'the number of failures')
        for failure in failures:
            _require_batch(config, len(failure.before.scene.objects))
        results: list[LearningResult] = []
        with self._queue.turn(task.control):
            self._on_turn(task.goal_id)
            before = self._tools.store.load_active()
            self._hold_quota()
            for i, failure in enumerate(failures):
                name = task.goal_id if i == 0 else f'{task.goal_id}_{i + 1}'
                run = RunDirectory(self._directory / name)
                task.annotate(run_directory=str(run.path.resolve()))
                seed = int(goal.seed) or seed_of(failures[0])
                results.append(self._learn_one(failure, seed, activate, config, task, run))
        result = self._result(results, task, before.version)
        result.awaits_approval = result.learned and goal.publish and not activate
        return result

    def fine_tune(self, goal: Any, task: Task, config: LearnerConfig) -> Any:
        """Tunes the active model on a data set."""
        task.annotate(run_id=task.goal_id)
        owner, config = config, settings_of(config, goal.overrides)
        activate = goal.publish and not owner.require_approval
        try:
            dataset = load_dataset(path_below(goal.dataset, owner.readable_directories))
        except EffectsError as error:
            raise NodeError(ErrorCode.LEARNER_INVALID_GOAL, str(error)) from error
        run = RunDirectory(self._directory / task.goal_id)
        task.annotate(run_directory=str(run.path.resolve()))
        with self._queue.turn(task.control):
            before = self._tools.store.load_active()
            self._hold_quota()
            done = learn_from_dataset(
                DatasetRequest(dataset, config.learning, config.tuning, goal.seed, activate),
                self._tools.store,
                self._tools.replay,
                self._tools.held_out,
                run,
                control=task.control,
            )
        refused = not done.gate.accepted
        return FineTune.Result(
            error_code=ErrorCode.LEARNER_NOT_LEARNED if refused else ErrorCode.NONE,
            error_msg=f'not learned: {done.gate.reason}' if refused else '',
            run_id=task.goal_id,
            run_directory=str(run.path.resolve()),
            version_before=version_to_msg(self._tools.store, before.version),
            version_after=version_to_msg(self._tools.store, done.version),
            awaits_approval=goal.publish and not activate and not refused,
            gate=gate_to_msg(done.gate),
            stages=stages_to_msg(done.seconds_by_stage),
        )

    def _failures(self, goal: Any, readable: Sequence[str]) -> tuple[Failure, ...]:
        by_value = [msg_to_failure(f, f'failures[{i}]') for i, f in enumerate(goal.failures)]
        by_id = [self._tools.library.get(i) for i in goal.failure_ids]
        bag = path_below(goal.bag, readable) if goal.bag else None
        from_bag = () if bag is None else failures_in_bag(bag, readable)
        failures = (*by_value, *by_id, *from_bag)
        if not failures:
            raise InvalidInputError('the goal has no failure; give one by value, id or bag')
        return failures

    def _learn_one(
        self,
        failure: Failure,
        seed: int,
        activate: bool,
        config: LearnerConfig,
        task: Task,
        run: RunDirectory,
    ) -> LearningResult:
        return learn_from_failure(
            LearningRequest(failure, config.learning, config.tuning, seed, activate),
            self._tools,
            run,
            control=replace(task.control, on_progress=_Rounds(task)),
        )

    def _result(self, results: list[LearningResult], task: Task, before: int) -> Any:
        last = results[-1]
        run = self._directory / last.run_id
        refused = [r for r in results if not r.learned]
        seconds: dict[str, float] = {}
        for result in results:
            for stage, value in result.seconds_by_stage.items():
                seconds[stage] = seconds.get(stage, 0.0) + value
        return LearnFromFailure.Result(
            error_code=ErrorCode.LEARNER_NOT_LEARNED if refused else ErrorCode.NONE,
            error_msg=f'not learned: {refused[0].gate.reason}' if refused else '',
            run_id=task.goal_id,
            run_directory=str(run.resolve()),
            version_before=version_to_msg(self._tools.store, before),
            version_after=version_to_msg(self._tools.store, last.model_version),
            learned=not refused,
            rounds=sum(r.rounds for r in results),
            executions=sum(r.executions for r in results),
            gate=gate_to_msg(last.gate),
            diagnostics=diagnostics_of(run, last),
            stages=stages_to_msg(seconds),
        )


class _Rounds:
    """Progress as feedback, with the number of the round: each ends with fine-tuning."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._round = 1
        self._stage = ''

    def __call__(self, progress: Progress) -> None:
        if self._stage == FINE_TUNE_STAGE and progress.stage != FINE_TUNE_STAGE:
            self._round += 1
            self._task.annotate(round=self._round)
        self._stage = progress.stage
        self._task.control.on_progress(progress)


def settings_of(config: LearnerConfig, overrides: Any) -> LearnerConfig:
    """Returns the settings of one run, within what the owner allows."""
    try:
        changed = with_overrides(config, overrides, BY_GOAL)
    except WeakerError:
        raise
    except InvalidInputError as error:
        raise NodeError(ErrorCode.LEARNER_INVALID_GOAL, str(error)) from error
    executions = changed.learning.executions
    changed.limits.require('executions', executions, 'the number of executions of a run')
    return changed


def _require_batch(config: LearnerConfig, objects: int) -> None:
    """Checks that a batch of the fine-tuning fits into memory; see ``Limits.pairs``."""
    pairs = config.tuning.batch_size * objects**2
    config.limits.require('pairs', pairs, 'tuning.batch_size times pairs of objects')
