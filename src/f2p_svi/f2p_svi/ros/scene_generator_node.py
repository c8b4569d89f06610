# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node ``scene_generator``: scenes like a failure's, and informative skill calls in them."""

from __future__ import annotations

from collections.abc import Sequence
import math
from pathlib import Path
import sys
from typing import Any

from f2p_msgs.action import GenerateScenes
from f2p_msgs.msg import ErrorCode, GeneratedScenes
import numpy as np
import torch

from f2p_core.control import Control
from f2p_core.errors import InvalidInputError, OverLimitError
from f2p_core.failure import Failure
from f2p_core.limits import Limits
from f2p_core.parameters import parameter
from f2p_core.ros.action_server import Policy, serve_action, Task
from f2p_core.ros.conversions.failure import msg_to_failure, msg_to_model
from f2p_core.ros.conversions.scene import map_header, msg_to_scene, scene_to_msg
from f2p_core.ros.conversions.skills import call_to_msg, msg_to_call
from f2p_core.ros.conversions.solids import show_solids
from f2p_core.ros.errors import ErrorMap, NodeError
from f2p_core.ros.lifecycle import ManagedConfig, ManagedNode
from f2p_core.ros.main import run_node
from f2p_core.ros.parameters import with_overrides
from f2p_core.ros.qos import LATCHED
from f2p_core.ros.settling import Settler, SIMULATE_ACTION
from f2p_core.ros.waiting import DeadlineError, ServerLostError
from f2p_core.scene import Scene
from f2p_effects.errors import EffectsError
from f2p_effects.protocol import EffectModel
from f2p_effects.store import ModelStore
from f2p_svi.config import GeneratorConfig, resolve_device
from f2p_svi.errors import SviError
from f2p_svi.methods import METHODS, PRODUCT_METHOD
from f2p_svi.protocol import SampledCalls, SampledScenes
from f2p_svi.ros.client import GENERATE_ACTION
from f2p_svi.ros.figures import diagnostics_to_msg

_BY_GOAL = ('generator',)
"""What the overrides of a goal may set; all else is the owner's, or has a field of its own."""

_Feedback = GenerateScenes.Feedback
_POLICY = Policy(
    errors=ErrorMap(
        ErrorCode.GENERATOR_UNKNOWN,
        {
            InvalidInputError: ErrorCode.GENERATOR_INVALID_GOAL,
            OverLimitError: ErrorCode.GENERATOR_OVER_LIMIT,
            EffectsError: ErrorCode.GENERATOR_NO_MODEL,
            SviError: ErrorCode.GENERATOR_DIVERGED,
            ServerLostError: ErrorCode.GENERATOR_SERVER_LOST,
            DeadlineError: ErrorCode.GENERATOR_UNKNOWN,
        },
    ),
    cancelled=ErrorCode.GENERATOR_CANCELLED,
    busy=ErrorCode.GENERATOR_BUSY,
    states={'actions': _Feedback.ACTIONS},
    default_state=_Feedback.SCENES,
    overdue_s=60.0,
)


class SceneGeneratorConfig(ManagedConfig):
    """Parameters of the node."""

    models_directory: str = parameter('models', 'Model store the goals name versions of')
    method: str = parameter(
        PRODUCT_METHOD, 'Method, where a goal names none', choices=lambda: METHODS.names
    )
    generator: GeneratorConfig = GeneratorConfig()
    threads: int = parameter(1, 'Threads of the numeric library', low=1, high=64)
    settle_timeout_s: float = parameter(
        120.0, 'Deadline of the simulator for letting scenes come to rest', unit='s', low=1.0,
        high=3600.0,
    )  # fmt: skip
    limits: Limits = Limits()


class SceneGeneratorNode(ManagedNode[SceneGeneratorConfig]):
    """Draws scenes from the posterior of a failure, and calls the model is unsure about.

    ROS Publishers:
        generated_scenes (f2p_msgs/GeneratedScenes, latched): the scenes of the last answer.
    ROS Actions:
        generate_scenes (f2p_msgs/GenerateScenes): a failure to scenes and calls.
        simulate_skills (f2p_msgs/SimulateSkills), client: lets scenes come to rest.
    """

    def __init__(self) -> None:
        super().__init__(
            'scene_generator',
            SceneGeneratorConfig,
            ErrorCode.GENERATOR_INACTIVE,
            at_start=('models_directory', 'threads', 'settle_timeout_s', 'limits'),
        )
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
        serve_action(
            self, GenerateScenes, GENERATE_ACTION, self._generate, _POLICY, self.config.limits
        )
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
        config = self._config_for(goal)
        _check_size(goal, config)
        samplers = METHODS[config.method].build(self._settler.settle, config.generator)
        model = self._model_of(goal) if goal.calls_per_scene else None
        if goal.given_scenes:
            scenes = SampledScenes(_given_scenes(goal), {})
            failed, seed = msg_to_call(goal.failed_call, 'failed_call'), int(goal.seed)
        else:
            failure = _failure_of(goal)
            scenes = samplers.scenes.sample_scenes(
                failure, goal.scenes, seed=goal.seed, control=task.control
            )
            self._show(failure, scenes)
            failed, seed = failure.call, _seed_of_calls(goal.seed)
        calls = SampledCalls((), {})
        if model is not None:
            calls = samplers.calls.sample_calls(
                scenes.scenes, failed, model, goal.calls_per_scene,
                seed=seed, control=task.control,
            )  # fmt: skip
        return GenerateScenes.Result(
            scenes=[] if goal.given_scenes else [scene_to_msg(s) for s in scenes.scenes],
            calls=[call_to_msg(call) for row in calls.by_scene for call in row],
            diagnostics=diagnostics_to_msg(scenes.figures | calls.figures),
        )

    def _show(self, failure: Failure, drawn: SampledScenes) -> None:
        """Publishes what was drawn, for whoever looks."""
        shown = GeneratedScenes(
            header=map_header(self.get_clock().now().nanoseconds),
            failure_id=failure.failure_id,
            stage=GeneratedScenes.FINAL,
            iteration=int(drawn.figures.get('iterations', 0)),
            scenes=[scene_to_msg(s) for s in drawn.scenes],
        )
        for message, scene in zip(shown.scenes, drawn.scenes, strict=True):
            show_solids(message, scene)
        self._drawn.publish(shown)

    def _config_for(self, goal: Any) -> SceneGeneratorConfig:
        _check_counts(goal.scenes, len(goal.given_scenes), goal.calls_per_scene)
        config = with_overrides(self.config, goal.overrides, _BY_GOAL)
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


def _given_scenes(goal: Any) -> tuple[Scene, ...]:
    given = enumerate(goal.given_scenes)
    return tuple(msg_to_scene(scene, f'given_scenes[{i}]') for i, scene in given)


def _failure_of(goal: Any) -> Failure:
    try:
        return msg_to_failure(goal.failure)
    except InvalidInputError as error:
        raise NodeError(ErrorCode.GENERATOR_INVALID_FAILURE, str(error)) from error


def _seed_of_calls(seed: int) -> int:
    """Returns the seed of calls that are drawn with their scenes: unrelated to the scenes'."""
    return int(np.random.SeedSequence([seed, 1]).generate_state(1)[0])


def _check_counts(scenes: int, given: int, calls_per_scene: int) -> None:
    """Checks how much a goal asks for.

    Raises:
        InvalidInputError: If it is nothing, or both drawn and given scenes.
    """
    if given and (scenes or not calls_per_scene):
        raise InvalidInputError(
            f'scenes is {scenes} and calls_per_scene {calls_per_scene}; with given_scenes the one '
            'must be 0 and the other at least 1'
        )
    if not given and not scenes:
        raise InvalidInputError('scenes is 0; ask for one at least, or give some')


def _check_size(goal: Any, config: SceneGeneratorConfig) -> None:
    """Checks what a goal comes to in memory, before any of it is made.

    Raises:
        OverLimitError: If it is more than the owner allows.
    """
    limits, scenes = config.limits, goal.scenes or len(goal.given_scenes)
    calls = scenes * goal.calls_per_scene
    limits.require('calls', calls, 'scenes times calls_per_scene')
    before = goal.given_scenes[0] if goal.given_scenes else goal.failure.before.scene
    pairs = len(before.objects) ** 2
    limits.require('pairs', calls * pairs, 'calls times pairs of objects')
    particles = math.ceil(goal.scenes * config.generator.oversampling)
    limits.require('particles', particles, 'scenes times oversampling')
    limits.require('pairs', particles * pairs, 'scenes times oversampling times pairs of objects')


def main(args: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(SceneGeneratorNode, args=args)


if __name__ == '__main__':
    sys.exit(main())
