# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The scene generator node as both halves of a method: what the loop is handed over ROS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from f2p_msgs.action import GenerateScenes
from f2p_msgs.msg import ErrorCode
from rclpy.node import Node

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.errors import InvalidInputError
from f2p_core.failure import Failure
from f2p_core.ros.action_client import ActionCaller, check_result, progress_of
from f2p_core.ros.conversions.failure import failure_to_msg, model_to_msg, ModelRef
from f2p_core.ros.conversions.scene import msg_to_scene, scene_to_msg
from f2p_core.ros.conversions.skills import call_to_msg, msg_to_call
from f2p_core.ros.waiting import deadline_code
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_effects.protocol import EffectModel
from f2p_svi.protocol import SampledCalls, SampledScenes
from f2p_svi.ros.figures import msg_to_figures

GENERATE_ACTION = 'generate_scenes'


class RosSamplers:
    """Implements ``SceneSampler`` and ``CallSampler`` by the action ``generate_scenes``.

    Args:
        node: The calling node.
        timeout_s: Deadline of one request [s].
    """

    def __init__(self, node: Node, *, timeout_s: float) -> None:
        self._caller = ActionCaller(
            node, GenerateScenes, GENERATE_ACTION, busy_code=ErrorCode.GENERATOR_BUSY
        )
        self._timeout_s = timeout_s

    def sample_scenes(
        self, failure: Failure, n_scenes: int, *, seed: int, control: Control = UNCONTROLLED
    ) -> SampledScenes:
        """Draws scenes; see ``f2p_svi.protocol.SceneSampler``.

        Raises:
            NodeError: With the generator's code, if it refuses, finds nothing or does not answer
                in time.
            CancelledError: If ``control`` said stop.
        """
        goal = GenerateScenes.Goal(failure=failure_to_msg(failure), scenes=n_scenes, seed=seed)
        result = self._ask(goal, control)
        _check_count('scenes', len(result.scenes), n_scenes)
        scenes = tuple(msg_to_scene(s, f'scenes[{i}]') for i, s in enumerate(result.scenes))
        return SampledScenes(scenes, msg_to_figures(result.diagnostics))

    def sample_calls(
        self,
        scenes: Sequence[Scene],
        failed: SkillCall,
        model: EffectModel,
        n_calls: int,
        *,
        seed: int,
        control: Control = UNCONTROLLED,
    ) -> SampledCalls:
        """Chooses calls; see ``f2p_svi.protocol.CallSampler``.

        Raises:
            NodeError: With the generator's code, if it refuses or does not answer in time.
            CancelledError: If ``control`` said stop.
        """
        goal = GenerateScenes.Goal(
            given_scenes=[scene_to_msg(scene) for scene in scenes],
            failed_call=call_to_msg(failed),
            model_version=model_to_msg(ModelRef(model.version, model.digest)),
            calls_per_scene=n_calls,
            seed=seed,
        )
        result = self._ask(goal, control)
        _check_count('calls', len(result.calls), len(scenes) * n_calls)
        calls = [msg_to_call(c, f'calls[{i}]') for i, c in enumerate(result.calls)]
        by_scene = tuple(tuple(calls[i : i + n_calls]) for i in range(0, len(calls), n_calls))
        return SampledCalls(by_scene, msg_to_figures(result.diagnostics))

    def _ask(self, goal: Any, control: Control) -> Any:
        with deadline_code(ErrorCode.GENERATOR_UNKNOWN):
            answer = self._caller.call(
                goal,
                timeout_s=self._timeout_s,
                control=control,
                on_feedback=lambda feedback: control.on_progress(progress_of(feedback)),
            )
        return check_result(answer, GENERATE_ACTION)


def _check_count(what: str, found: int, wanted: int) -> None:
    if found != wanted:
        raise InvalidInputError(
            f'{GENERATE_ACTION} answered {found} {what}; {wanted} were asked for'
        )
