# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node ``simulator``: skill calls in simulated scenes, many in parallel."""

from __future__ import annotations

from collections.abc import Sequence
import sys
from typing import Any

from f2p_msgs.action import SimulateSkills
from f2p_msgs.msg import ErrorCode

from f2p_core.errors import InvalidInputError, OverLimitError
from f2p_core.limits import Limits
from f2p_core.parameters import parameter
from f2p_core.relations import EVERY_RELATION, RELATIONS_HELP
from f2p_core.ros.action_server import Policy, serve_action, Task
from f2p_core.ros.conversions.scene import msg_to_scene
from f2p_core.ros.conversions.skills import msg_to_call
from f2p_core.ros.conversions.time import duration_to_msg, msg_to_duration_s
from f2p_core.ros.errors import ErrorMap
from f2p_core.ros.lifecycle import ManagedConfig, ManagedNode
from f2p_core.ros.main import run_node
from f2p_core.ros.settling import SIMULATE_ACTION
from f2p_core.scene import Scene
from f2p_sim.mujoco_backend import MujocoOptions, MujocoSimulator
from f2p_sim.protocol import Simulator
from f2p_sim.ros.rollouts import rollouts_to_msg, settled_to_msg

_DEFAULT_SETTLE_S = 0.5
"""Time that scenes get to come to rest if a goal names none [s]."""

_Feedback = SimulateSkills.Feedback
_POLICY = Policy(
    errors=ErrorMap(
        ErrorCode.SIMULATOR_UNKNOWN,
        {
            InvalidInputError: ErrorCode.SIMULATOR_INVALID_GOAL,
            OverLimitError: ErrorCode.SIMULATOR_OVER_LIMIT,
        },
    ),
    cancelled=ErrorCode.SIMULATOR_CANCELLED,
    busy=ErrorCode.SIMULATOR_BUSY,
    states={'settle': _Feedback.SETTLING, 'simulate': _Feedback.SIMULATING},
    default_state=_Feedback.SIMULATING,
    overdue_s=60.0,
)


class SimulatorConfig(ManagedConfig):
    """Parameters of the node."""

    backend: str = parameter('mujoco', 'Physics engine', choices=('mujoco',))
    relations: tuple[str, ...] = parameter(EVERY_RELATION, RELATIONS_HELP)
    mujoco: MujocoOptions = MujocoOptions()
    limits: Limits = Limits()


class SimulatorNode(ManagedNode[SimulatorConfig]):
    """Executes skill calls in simulated scenes.

    ROS Actions:
        simulate_skills (f2p_msgs/SimulateSkills): scenes and calls to labelled rollouts; without
            calls the scenes are only let come to rest.
    """

    def __init__(self) -> None:
        super().__init__(
            'simulator', SimulatorConfig, ErrorCode.SIMULATOR_INACTIVE, at_start=('limits',)
        )
        self._simulator: Simulator | None = None
        self.diagnostics.fact('backend', lambda: self.config.backend)
        serve_action(
            self, SimulateSkills, SIMULATE_ACTION, self._simulate, _POLICY, self.config.limits
        )

    def configure(self) -> None:
        """Sets up the physics engine."""
        self._simulator = MujocoSimulator(self.config.mujoco, self.config.relations)

    def cleanup(self) -> None:
        """Drops the physics engine."""
        self._simulator = None

    def _simulate(self, goal: Any, task: Task) -> Any:
        self.require_active()
        assert self._simulator is not None  # active nodes are configured
        scenes = [msg_to_scene(s, f'scenes[{i}]') for i, s in enumerate(goal.scenes)]
        if not scenes:
            raise InvalidInputError('the goal has no scene; give at least one')
        if not goal.calls:
            rollouts = self._settle(self._simulator, scenes, goal, task)
        else:
            rollouts = self._run(self._simulator, scenes, goal, task)
        return SimulateSkills.Result(rollouts=rollouts, elapsed=duration_to_msg(task.elapsed_s))

    def _settle(self, simulator: Simulator, scenes: Sequence[Scene], goal: Any, task: Task) -> Any:
        task.control.report('settle', 0, len(scenes))
        duration_s = msg_to_duration_s(goal.settle) or _DEFAULT_SETTLE_S
        if not 0.0 < duration_s <= self.config.mujoco.limit_s:
            raise InvalidInputError(
                f'settle is {duration_s:g} s; it must be in (0, {self.config.mujoco.limit_s:g}]'
            )
        return settled_to_msg(simulator.settle(scenes, duration_s=duration_s))

    def _run(self, simulator: Simulator, scenes: Sequence[Scene], goal: Any, task: Task) -> Any:
        calls = [msg_to_call(c, f'calls[{i}]') for i, c in enumerate(goal.calls)]
        scene_index, call_index = _indices(goal, len(scenes), len(calls))
        task.control.report('simulate', 0, len(scene_index))
        rollouts = simulator.simulate(
            [scenes[i] for i in scene_index],
            [calls[i] for i in call_index],
            seed=goal.seed,
            first_index=goal.first_index,
            control=task.control,
        )
        return rollouts_to_msg(rollouts, scene_index, call_index)


def _indices(goal: Any, scenes: int, calls: int) -> tuple[list[int], list[int]]:
    """Returns which call runs in which scene; by default call i in scene i."""
    scene_index, call_index = list(goal.scene_index), list(goal.call_index)
    if not scene_index and not call_index:
        scene_index, call_index = list(range(scenes)), list(range(calls))
    if len(scene_index) != len(call_index):
        raise InvalidInputError(
            f'{len(scene_index)} scenes are paired with {len(call_index)} calls; give one each, '
            'or scene_index and call_index of one length'
        )
    for name, index, size in (('scene', scene_index, scenes), ('call', call_index, calls)):
        if max(index) >= size:
            raise InvalidInputError(f'{name}_index has {max(index)}; there are {size} {name}s')
    return scene_index, call_index


def main(args: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(SimulatorNode, args=args)


if __name__ == '__main__':
    sys.exit(main())
