# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The scene generator node as a ``SceneGenerator``: what the loop is handed over ROS."""

from __future__ import annotations

from f2p_msgs.action import GenerateScenes
from f2p_msgs.msg import ErrorCode
from rclpy.node import Node

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.errors import InvalidInputError
from f2p_core.failure import Failure
from f2p_core.ros.action_client import ActionCaller, check_result, progress_of
from f2p_core.ros.conversions.failure import failure_to_msg, model_to_msg, ModelRef
from f2p_core.ros.conversions.scene import msg_to_scene
from f2p_core.ros.conversions.skills import msg_to_call
from f2p_core.ros.waiting import deadline_code
from f2p_effects.protocol import EffectModel
from f2p_svi.protocol import GeneratedData
from f2p_svi.ros.figures import msg_to_figures

GENERATE_ACTION = 'generate_scenes'


class RosSceneGenerator:
    """Implements ``SceneGenerator`` by the action ``generate_scenes``.

    Args:
        node: The calling node.
        timeout_s: Deadline of one run [s].
    """

    def __init__(self, node: Node, *, timeout_s: float) -> None:
        self._caller = ActionCaller(
            node, GenerateScenes, GENERATE_ACTION, busy_code=ErrorCode.GENERATOR_BUSY
        )
        self._timeout_s = timeout_s

    def generate(
        self,
        failure: Failure,
        model: EffectModel,
        *,
        n_scenes: int,
        n_calls: int,
        seed: int,
        control: Control = UNCONTROLLED,
    ) -> GeneratedData:
        """Generates scenes and calls; see ``f2p_svi.protocol.SceneGenerator``.

        Raises:
            NodeError: With the generator's code, if it refuses, finds nothing or does not answer
                in time.
            CancelledError: If ``control`` said stop.
        """
        goal = GenerateScenes.Goal(
            failure=failure_to_msg(failure),
            model_version=model_to_msg(ModelRef(model.version, model.digest)),
            scenes=n_scenes,
            calls_per_scene=n_calls,
            seed=seed,
        )
        with deadline_code(ErrorCode.GENERATOR_UNKNOWN):
            answer = self._caller.call(
                goal,
                timeout_s=self._timeout_s,
                control=control,
                on_feedback=lambda feedback: control.on_progress(progress_of(feedback)),
            )
        result = check_result(answer, GENERATE_ACTION)
        if len(result.scenes) != n_scenes or len(result.calls) != n_scenes * n_calls:
            raise InvalidInputError(
                f'{GENERATE_ACTION} answered {len(result.scenes)} scenes and {len(result.calls)} '
                f'calls; {n_scenes} and {n_scenes * n_calls} were asked for'
            )
        calls = [msg_to_call(c, f'calls[{i}]') for i, c in enumerate(result.calls)]
        return GeneratedData(
            scenes=tuple(msg_to_scene(s, f'scenes[{i}]') for i, s in enumerate(result.scenes)),
            calls=tuple(tuple(calls[i * n_calls : (i + 1) * n_calls]) for i in range(n_scenes)),
            diagnostics=msg_to_figures(result.diagnostics),
        )
