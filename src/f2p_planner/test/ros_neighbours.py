# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for the nodes around planner and failure detector, in the test's own process."""

from __future__ import annotations

from collections.abc import Callable
import threading
from typing import Any
import uuid

from action_msgs.msg import GoalStatus
from f2p_msgs.action import ExecuteSkill, LearnFromFailure
from f2p_msgs.msg import ErrorCode, ModelVersion, SceneObservation, SymbolicState
from f2p_msgs.msg import Failure as FailureMsg
from f2p_msgs.srv import CheckEffect, RequestLearning
from planner_scenes import HOME, observation, relations_of, still
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.node import Node

from f2p_core.failure import Failure
from f2p_core.ros.action_server import Policy, serve_action, Task
from f2p_core.ros.conversions.failure import failure_to_msg
from f2p_core.ros.conversions.observation import observation_to_msg, symbolic_to_msg
from f2p_core.ros.conversions.scene import robot_to_msg
from f2p_core.ros.conversions.skills import motion_to_msg
from f2p_core.ros.conversions.time import msg_to_time_ns, time_to_msg
from f2p_core.ros.errors import ErrorMap, NodeError
from f2p_core.ros.qos import LATCHED, LATCHED_EVENTS
from f2p_core.ros.services import serve_service
from f2p_core.ros.waiting import wait_until
from f2p_core.scene import Scene

_PERIOD_S = 0.05
_HOLD_S = 60.0
_ERRORS = ErrorMap(ErrorCode.GENERATOR_UNKNOWN, {})


class Camera:
    """Stands for perception: frames of a scene, each later than the last."""

    def __init__(self, node: Node, scene: Scene) -> None:
        self.is_on = True
        self._lock = threading.Lock()
        self._scene = scene
        self._stamp_ns = 0
        self._out = [
            node.create_publisher(SceneObservation, 'scene', LATCHED),
            node.create_publisher(SymbolicState, 'relations', LATCHED),
        ]
        node.create_timer(_PERIOD_S, self._look, MutuallyExclusiveCallbackGroup())

    def show(self, scene: Scene) -> int:
        """Changes what is seen; returns the stamp of the last frame before it."""
        with self._lock:
            self._scene = scene
            return self._stamp_ns

    def _look(self) -> None:
        if not self.is_on:
            return
        with self._lock:
            self._stamp_ns += 10**8
            scene, stamp_ns = self._scene, self._stamp_ns
        self._out[0].publish(observation_to_msg(observation(scene, stamp_ns)))
        self._out[1].publish(symbolic_to_msg(relations_of(scene), stamp_ns))


def serve(node: Node, action: Any, name: str, run: Callable[[Any, Task], Any]) -> None:
    """Serves an action that answers as a test says."""
    serve_action(
        node, action, name, run, Policy(_ERRORS, ErrorCode.EXECUTOR_CANCELLED, None, {}, 1)
    )


class Executor:
    """Stands for the robot: after any skill the scene looks as a test says.

    Attributes:
        calls: What it was asked to do.
        leads_to: The scene after the next skill.
        may_end: Cleared, skills last until it is set or they are cancelled.
        refusal: Error code of its answers, or NONE.
    """

    def __init__(self, node: Node, camera: Camera, scene: Scene) -> None:
        self.calls: list[Any] = []
        self.leads_to = scene
        self.may_end = threading.Event()
        self.may_end.set()
        self.refusal = ErrorCode.NONE
        self._camera = camera
        serve(node, ExecuteSkill, 'execute_skill', self._execute)

    def _execute(self, goal: Any, task: Task) -> Any:
        self.calls.append(goal.call)
        wait_until(self.may_end.is_set, _HOLD_S, 'leave to end', task.control)
        if self.refusal != ErrorCode.NONE:
            raise NodeError(self.refusal, 'as the test says')
        ended = time_to_msg(self._camera.show(self.leads_to))
        motion = motion_to_msg(still())
        return ExecuteSkill.Result(
            started=ended, ended=ended, robot_before=robot_to_msg(HOME), commanded=motion,
            achieved=motion,
        )  # fmt: skip


class Detector:
    """Stands for the failure detector.

    Attributes:
        failure: What it finds in every step; ``None``: all is as predicted.
        refusal: Error code of its answers, or NONE.
        may_answer: Cleared, it answers when it is set.
    """

    def __init__(self, node: Node, scene: Scene) -> None:
        self.failure: Failure | None = None
        self.refusal = ErrorCode.NONE
        self.may_answer = threading.Event()
        self.may_answer.set()
        self._scene = scene
        self._failures = node.create_publisher(FailureMsg, 'failure', LATCHED_EVENTS)
        serve_service(node, CheckEffect, 'check_effect', self._check, _ERRORS)

    def _check(self, request: Any) -> Any:
        self.may_answer.wait(_HOLD_S)
        if self.refusal != ErrorCode.NONE:
            raise NodeError(self.refusal, 'as the test says')
        seen = symbolic_to_msg(relations_of(self._scene), msg_to_time_ns(request.ended) + 1)
        if self.failure is None:
            return CheckEffect.Response(relations_observed=seen)
        self._failures.publish(failure_to_msg(self.failure))
        return CheckEffect.Response(
            verdict=CheckEffect.Response.FAILED,
            failure_id=self.failure.failure_id,
            relations_observed=seen,
        )


class Learner:
    """Stands for the learner.

    Attributes:
        requests: Ids of the failures it was asked to learn from.
        learned: The model that comes of it; ``None``: it refuses.
        refusal: Error code of its refusals.
        awaits_approval: Whether the model is stored only.
    """

    def __init__(self, node: Node) -> None:
        self.requests: list[str] = []
        self.learned: ModelVersion | None = None
        self.refusal = ErrorCode.LEARNER_QUEUE_FULL
        self.awaits_approval = False
        serve_service(node, RequestLearning, 'request_learning', self._request, _ERRORS)
        result = LearnFromFailure.Impl.GetResultService
        name = 'learn_from_failure/_action/get_result'
        group = ReentrantCallbackGroup()
        node.create_service(result, name, self._result, callback_group=group)

    def _request(self, request: Any) -> Any:
        self.requests.append(request.failure_id)
        if self.learned is None:
            raise NodeError(self.refusal, 'as the test says')
        return RequestLearning.Response(accepted=True, run_id=str(uuid.uuid4()))

    def _result(self, _: Any, response: Any) -> Any:
        response.status = GoalStatus.STATUS_SUCCEEDED
        response.result = LearnFromFailure.Result(
            learned=True, version_after=self.learned, awaits_approval=self.awaits_approval
        )
        return response
