# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node ``scene_generator``: scenes like a failure's, and informative skill calls in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import sys
from typing import Any

from f2p_msgs.action import GenerateScenes
from f2p_msgs.msg import ErrorCode, GeneratedScenes
import torch

from f2p_core.control import Control
from f2p_core.errors import InvalidInputError
from f2p_core.parameters import parameter
from f2p_core.ros.action_server import Policy, serve_action, Task
from f2p_core.ros.conversions.failure import msg_to_failure, msg_to_model
from f2p_core.ros.conversions.scene import map_header, scene_to_msg
from f2p_core.ros.conversions.skills import call_to_msg
from f2p_core.ros.errors import ErrorMap, NodeError
from f2p_core.ros.lifecycle import ManagedConfig, ManagedNode
from f2p_core.ros.main import run_node
from f2p_core.ros.parameters import with_overrides
from f2p_core.ros.qos import LATCHED
from f2p_core.ros.settling import Settler, SIMULATE_ACTION
from f2p_core.ros.waiting import DeadlineError
from f2p_effects.errors import EffectsError
from f2p_effects.protocol import EffectModel
from f2p_effects.store import ModelStore
from f2p_svi.config import GeneratorConfig, resolve_device
from f2p_svi.errors import SviError
from f2p_svi.generator import GradientGenerator, JitterGenerator, SvgdSceneGenerator
from f2p_svi.ros.client import GENERATE_ACTION
from f2p_svi.ros.figures import diagnostics_to_msg

_MAX_SCENES = 10_000
"""No goal may ask for more: they would fill the memory."""

_METHODS = {
    'svgd': SvgdSceneGenerator,
    'gradient': GradientGenerator,
    'jitter': JitterGenerator,
}
_Feedback = GenerateScenes.Feedback
_POLICY = Policy(
    errors=ErrorMap(
        ErrorCode.GENERATOR_UNKNOWN,
        {
            InvalidInputError: ErrorCode.GENERATOR_INVALID_GOAL,
            EffectsError: ErrorCode.GENERATOR_NO_MODEL,
            SviError: ErrorCode.GENERATOR_DIVERGED,
            DeadlineError: ErrorCode.GENERATOR_UNKNOWN,
        },
    ),
    cancelled=ErrorCode.GENERATOR_CANCELLED,
    busy=ErrorCode.GENERATOR_BUSY,
    states={'actions': _Feedback.ACTIONS},
    default_state=_Feedback.SCENES,
)


class SceneGeneratorConfig(ManagedConfig):
    """Parameters of the node."""

    models_directory: str = parameter('models', 'Model store the goals name versions of')
    method: str = parameter('svgd', 'Generator, where a goal names none', choices=tuple(_METHODS))
    generator: GeneratorConfig = GeneratorConfig()
    threads: int = parameter(1, 'Threads of the numeric library', low=1, high=64)
    settle_timeout_s: float = parameter(
        120.0, 'Deadline of the simulator for letting scenes come to rest', unit='s', low=1.0,
        high=3600.0,
    )  # fmt: skip


class SceneGeneratorNode(ManagedNode[SceneGeneratorConfig]):
    """Draws scenes from the posterior of a failure, and calls the model is unsure about.

    ROS Publishers:
        generated_scenes (f2p_msgs/GeneratedScenes, latched): the scenes of the last answer.
    ROS Actions:
        generate_scenes (f2p_msgs/GenerateScenes): a failure to scenes and calls.
        simulate_skills (f2p_msgs/SimulateSkills), client: lets scenes come to rest.
    """

    def __init__(self) -> None:
        super().__init__('scene_generator', SceneGeneratorConfig, ErrorCode.GENERATOR_INACTIVE)
        torch.set_num_threads(self.config.threads)
        self._store = ModelStore(Path(self.config.models_directory))
        self._model: EffectModel | None = None
        self._task: Task | None = None
        self._settler = Settler(
            self,
            timeout_s=self.config.settle_timeout_s,
            control=Control(should_stop=self._is_called_off),
        )
        self._drawn = self.create_publisher(GeneratedScenes, 'generated_scenes', LATCHED)
        serve_action(self, GenerateScenes, GENERATE_ACTION, self._generate, _POLICY)
        self.diagnostics.fact('model version', lambda: self._model.version if self._model else '')
        self.diagnostics.fact('device', lambda: resolve_device(self.config.generator.device))
        self.diagnostics.action(SIMULATE_ACTION, 'start the simulator')

    def _is_called_off(self) -> bool:
        return self._task is not None and self._task.control.should_stop()

    def configure(self) -> None:
        """Loads the active model."""
        self._model = self._store.load_active()

    def cleanup(self) -> None:
        """Drops the model."""
        self._model = None

    def _generate(self, goal: Any, task: Task) -> Any:
        self.require_active()
        self._task = task
        try:
            failure = msg_to_failure(goal.failure)
        except InvalidInputError as error:
            raise NodeError(ErrorCode.GENERATOR_INVALID_FAILURE, str(error)) from error
        config = self._config_for(goal)
        model = self._model_of(goal)
        generator = _METHODS[config.method](self._settler.settle, config.generator)
        # Without calls there is nothing to choose them by; one a scene is drawn and left out.
        data = generator.generate(
            failure,
            model,
            n_scenes=goal.scenes,
            n_calls=max(goal.calls_per_scene, 1),
            seed=goal.seed,
            control=task.control,
        )
        scenes = [scene_to_msg(s) for s in data.scenes]
        header = map_header(self.get_clock().now().nanoseconds)
        self._drawn.publish(
            GeneratedScenes(header=header, failure_id=failure.failure_id, scenes=scenes)
        )
        return GenerateScenes.Result(
            scenes=scenes,
            calls=[call_to_msg(c) for cs in data.calls for c in cs[: goal.calls_per_scene]],
            diagnostics=diagnostics_to_msg(data.diagnostics),
        )

    def _config_for(self, goal: Any) -> SceneGeneratorConfig:
        if not 1 <= goal.scenes <= _MAX_SCENES:
            raise InvalidInputError(f'scenes is {goal.scenes}; it must be in [1, {_MAX_SCENES}]')
        config = with_overrides(self.config, goal.overrides)
        if goal.method:
            config = config.replaced(method=goal.method)
        if goal.objective:
            action = config.generator.action.replaced(objective=goal.objective)
            config = config.replaced(generator=config.generator.replaced(action=action))
        return config

    def _model_of(self, goal: Any) -> EffectModel:
        """Returns the model the goal names; the last one used is kept."""
        wanted = msg_to_model(goal.model_version)
        if self._model is None or self._model.digest != wanted.digest:
            self._model = self._store.load(wanted.digest)
        return self._model


def main(args: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(SceneGeneratorNode, args=args)


if __name__ == '__main__':
    sys.exit(main())
