# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node ``learner``: the only writer of models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import sys
import threading
import time
from typing import Any

from f2p_msgs.action import FineTune, LearnFromFailure
from f2p_msgs.msg import ErrorCode, ModelVersion
from f2p_msgs.msg import Failure as FailureMsg
from f2p_msgs.srv import RequestLearning
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
import torch

from f2p_core.disk import MEGABYTE, sweep_temporaries
from f2p_core.errors import F2PError
from f2p_core.ros.action_server import serve_action, Task
from f2p_core.ros.conversions.failure import ModelRef, msg_to_failure
from f2p_core.ros.lifecycle import ManagedNode
from f2p_core.ros.limits import check_limits
from f2p_core.ros.logs import complain
from f2p_core.ros.main import run_node
from f2p_core.ros.qos import LATCHED, LATCHED_EVENTS
from f2p_core.ros.services import serve_service
from f2p_core.ros.settling import SIMULATE_ACTION
from f2p_core.ros.waiting import DeadlineError, wait_until
from f2p_effects.store import ModelStore
from f2p_learning.arrivals import Arrivals
from f2p_learning.disk_quota import DiskQuota
from f2p_learning.library import FailureLibrary
from f2p_learning.rate_limit import RateLimit
from f2p_learning.ros.codes import ERRORS, FINE_TUNE_POLICY, LEARN_POLICY
from f2p_learning.ros.learner_config import LearnerConfig
from f2p_learning.ros.requests import LEARN_ACTION, SelfRequests
from f2p_learning.ros.results import version_to_msg
from f2p_learning.ros.runs import LearnerRuns
from f2p_learning.ros.words import HumanWords
from f2p_learning.tools import assemble
from f2p_learning.turnstile import Turnstile
from f2p_sim.ros.client import RosSimulator
from f2p_svi.ros.client import GENERATE_ACTION, RosSamplers

_ARRIVAL_S = 3.0
"""How long a failure named in a request may still be on its way here [s]."""


_WATCH_S = 2.0
"""How often the active model is looked up [s]."""

_KEEP_S = 5.0
"""How often failures that could not be written are tried again [s]."""

_REPEAT_S = 60.0
"""How often an error that stays is said again [s]."""

_TAKE_UP_S = 0.1
"""How often is looked whether the node is active and can take up old requests [s]."""


_AT_START = (
    'models_directory', 'library_directory', 'runs_directory', 'threads', 'max_runs_per_hour',
    'generate_timeout_s', 'simulate_timeout_s', 'limits',
)  # fmt: skip
"""Parameters that the constructor reads."""


class LearnerNode(ManagedNode[LearnerConfig]):
    """Learns from failures and publishes model versions.

    ROS Subscriptions:
        failure (f2p_msgs/Failure): kept in the library.
    ROS Publishers:
        model_version (f2p_msgs/ModelVersion, latched): the active model.
    ROS Services:
        request_learning (f2p_msgs/RequestLearning): queues a failure and returns at once; the run
            is a goal of learn_from_failure whose UUID is the run's id.
        review_model (f2p_msgs/ReviewModel): approves, rejects or brings back a version.
        correct_failure (f2p_msgs/CorrectFailure): keeps a human's word on a failure.
    ROS Actions:
        learn_from_failure (f2p_msgs/LearnFromFailure), fine_tune (f2p_msgs/FineTune): wait for
            each other in one queue.
        generate_scenes, simulate_skills, clients: the stages that belong to other nodes.
    """

    def __init__(self) -> None:
        super().__init__(
            'learner', LearnerConfig, ErrorCode.LEARNER_INACTIVE, at_start=_AT_START
        )
        torch.set_num_threads(self.config.threads)
        self._store = ModelStore(Path(self.config.models_directory))
        self._library = FailureLibrary(Path(self.config.library_directory))
        self._simulator = RosSimulator(self, timeout_s=self.config.simulate_timeout_s)
        self._samplers = RosSamplers(self, timeout_s=self.config.generate_timeout_s)
        self._requests = SelfRequests(self, Path(self.config.runs_directory))
        self._quota = DiskQuota(Path(self.config.runs_directory), self._library, self._store)
        self._arrivals = Arrivals(self._library, self._hold_quota)
        self._rate = RateLimit(self.config.max_runs_per_hour, time.monotonic)
        self._runs: LearnerRuns | None = None
        self._announced: ModelRef | None = None
        self._announcing = threading.Lock()
        self._model_version = self.create_publisher(ModelVersion, 'model_version', LATCHED)
        self.create_subscription(
            FailureMsg,
            'failure',
            self._keep,
            LATCHED_EVENTS,
            callback_group=MutuallyExclusiveCallbackGroup(),
        )
        limits = self.config.limits
        serve_service(self, RequestLearning, 'request_learning', self._request, ERRORS, limits)
        self._words = HumanWords(self, self._store, self._library, limits, self._announce)
        serve_action(self, LearnFromFailure, LEARN_ACTION, self._learn, LEARN_POLICY, limits)
        serve_action(self, FineTune, 'fine_tune', self._fine_tune, FINE_TUNE_POLICY, limits)

        self._keeping = self.create_timer(
            _KEEP_S,
            self._arrivals.retry,
            callback_group=MutuallyExclusiveCallbackGroup(),
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )
        self._diagnose()

    def _diagnose(self) -> None:
        self.diagnostics.fact('model version', self._store.active_version)
        self.diagnostics.fact('device', torch.get_default_device)
        self.diagnostics.fact('accepted requests', lambda: self._requests.count)
        self.diagnostics.concern('requests set apart', lambda: self._requests.set_apart)
        self.diagnostics.fact('failures waiting for room', lambda: self._arrivals.held)
        self.diagnostics.action(GENERATE_ACTION, 'start the scene generator')
        self.diagnostics.action(SIMULATE_ACTION, 'start the simulator')

    def configure(self) -> None:
        """Reads the old executions, checks that there is an active model, and tidies up."""
        self._store.load_active()
        self._sweep()
        self._runs = LearnerRuns(
            assemble(self._simulator, self._samplers, self._samplers, self._store, self._library),
            Path(self.config.runs_directory),
            Turnstile(self.config.max_waiting),
            self._hold_quota,
            self._requests.begun,
        )

    def _sweep(self) -> None:
        """Removes what killed writers left."""
        self._store.sweep()
        for folder in (self.config.runs_directory, self.config.library_directory):
            sweep_temporaries(Path(folder))

    def _hold_quota(self, *waiting: str) -> None:
        """Makes the disk quota hold; failures whose runs are still to come stay."""
        quota_bytes = round(self.config.disk_quota_mb * MEGABYTE)
        self._quota.hold(quota_bytes, {*waiting, *self._requests.failure_ids})

    def activate(self) -> None:
        """Announces the active model, also when it is changed later; takes up old requests."""
        self._announce()
        self._watch = self.create_timer(
            _WATCH_S, self._watch_store, clock=Clock(clock_type=ClockType.STEADY_TIME)
        )
        self._taking_up = self.create_timer(
            _TAKE_UP_S,
            self._take_up,
            callback_group=MutuallyExclusiveCallbackGroup(),
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )

    def deactivate(self) -> None:
        """Announces nothing any more."""
        self.destroy_timer(self._watch)
        self.destroy_timer(self._taking_up)

    def cleanup(self) -> None:
        """Drops the old executions."""
        self._runs = None

    def _take_up(self) -> None:
        """Queues what an earlier process left, once goals are carried out."""
        if self.is_active:
            self._requests.take_up()
            self._taking_up.cancel()

    def _active(self) -> ModelRef:
        record = self._store.active_record()
        return ModelRef(0, '') if record is None else ModelRef(record.version, record.digest)

    def _watch_store(self) -> None:
        """Announces what another process made the active model; says what prevents it."""
        try:
            self._announce()
        except F2PError as error:
            self.get_logger().error(str(error), throttle_duration_sec=_REPEAT_S)
            self.diagnostics.failed(str(error))

    def _announce(self) -> None:
        """Publishes the active model if it is another one than announced last."""
        with self._announcing:
            active = self._active()
            if active != self._announced:
                now_ns = self.get_clock().now().nanoseconds
                self._model_version.publish(
                    version_to_msg(self._store, active.version, now_ns)
                )
                self._announced = active
                if active.version:
                    self.get_logger().info(_live(active.version, self._store))

    def _keep(self, message: FailureMsg) -> None:
        try:
            check_limits(message, self.config.limits, 'failure')
            self._arrivals.keep(msg_to_failure(message))
        except F2PError as error:
            complain(self, f'a failure cannot be kept: {error}')

    def _request(self, request: Any) -> Any:
        self.require_active()
        assert self._runs is not None  # active nodes are configured
        self._runs.require_room()
        with self._rate.slot():  # before anything is stored
            failure_id = request.failure_id or self._added(request.failure)
            self._await_failure(failure_id)
            run_id = self._requests.start(failure_id, request.seed)
        return RequestLearning.Response(accepted=True, run_id=run_id)

    def _added(self, message: FailureMsg) -> str:
        failure = msg_to_failure(message)
        self._library.add(failure)
        return failure.failure_id

    def _await_failure(self, failure_id: str) -> None:
        """Waits for a failure that was published a moment ago; names it if it does not come."""
        try:
            wait_until(
                lambda: failure_id in self._library.ids(), _ARRIVAL_S, f'failure {failure_id}'
            )
        except DeadlineError:
            self._library.get(failure_id)  # raises with what the library has

    def _learn(self, goal: Any, task: Task) -> Any:
        self.require_active()
        assert self._runs is not None  # active nodes are configured
        try:
            result = self._runs.learn(goal, task, self.config)
        finally:
            self._requests.ended(task.goal_id)
        for failure_id in (*goal.failure_ids, *(f.failure_id for f in goal.failures)):
            self._requests.survived(failure_id)
        self._watch_store()
        return result

    def _fine_tune(self, goal: Any, task: Task) -> Any:
        self.require_active()
        assert self._runs is not None  # active nodes are configured
        result = self._runs.fine_tune(goal, task, self.config)
        self._watch_store()
        return result


def _live(version: int, store: ModelStore) -> str:
    """Returns in a line which version is live, who asked for it and why."""
    decision = store.standing(version).decision
    if decision is None:
        return f'model version {version} is live'
    who = decision.who or 'the learner by itself'
    return f'model version {version} is live: {who} asked for it ({decision.why or "no reason"})'


def main(args: Sequence[str] | None = None) -> int:
    """Runs the node; queued goals hold a thread each."""
    return run_node(LearnerNode, threads=12, args=args)


if __name__ == '__main__':
    sys.exit(main())
