# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""One connection to MoveIt: plans for a group and executes, watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
import tempfile
from typing import Any

from moveit.core.robot_state import RobotState
from moveit.planning import MoveItPy, PlanRequestParameters
from moveit_msgs.msg import MoveItErrorCodes
import numpy as np
import yaml

from f2p_moveit.motion_log import Commanded
from f2p_moveit.protocols import Check
from f2p_moveit.watch import run_watched
from f2p_sim.errors import SkillError

FREE = ('ompl', '')
STRAIGHT = ('pilz_industrial_motion_planner', 'LIN')
"""Planning pipeline and planner of paths free of collision, and of straight lines."""

_UNREACHABLE = frozenset({MoveItErrorCodes.NO_IK_SOLUTION})
_TIMED_OUT = 'TIMED_OUT'


class MoveItRobot:
    """Plans and executes.

    MoveIt runs a node of its own in this process. While it plans it holds Python's lock, so that
    nothing else happens for up to the planning time of ``moveit_py.yaml``.

    Args:
        name: Name of its node.
        namespace: Namespace of its node.
        parameters: Parameters of its node: descriptions, limits, pipelines, controllers.
        stop_s: Time a stopped motion may take to end [s].
        on_command: Told every trajectory that is sent.
    """

    def __init__(
        self,
        name: str,
        namespace: str,
        parameters: dict[str, Any],
        stop_s: float,
        on_command: Callable[[Commanded], None],
    ) -> None:
        # A file for any name: those MoveIt writes itself do not fit nodes in a namespace.
        with _parameter_file(parameters) as path:
            self._moveit = MoveItPy(
                node_name=name, name_space=namespace, launch_params_filepaths=[str(path)]
            )
        self.monitor = self._moveit.get_planning_scene_monitor()
        self._manager = self._moveit.get_trajectory_execution_manager()
        self._stop_s = stop_s
        self._on_command = on_command

    def group(self, name: str) -> Any:
        """Returns the planning component of a group."""
        return self._moveit.get_planning_component(name)

    def joint_positions(self) -> dict[str, float]:
        """Returns where MoveIt believes the joints are [m, rad]."""
        with self.monitor.read_only() as scene:
            return dict(scene.current_state.joint_positions)

    def state_with(self, positions: dict[str, float]) -> RobotState:
        """Returns the current state with some joints elsewhere [m, rad]."""
        with self.monitor.read_only() as scene:
            state = copy(scene.current_state)
        state.joint_positions = positions
        state.update()
        return state

    def move(
        self, group: Any, goal: dict[str, Any], planner: tuple[str, str], speed: float
    ) -> Callable[[Check], str]:
        """Plans; nothing moves yet.

        Args:
            group: A planning component.
            goal: Arguments of its ``set_goal_state``.
            planner: ``FREE`` or ``STRAIGHT``.
            speed: Share of the joint limits.

        Returns:
            What executes the plan, watched by a check, and returns the controllers' verdict:
            empty if they got there.

        Raises:
            SkillError: ``ik_unreachable`` or ``in_collision``.
        """
        self.monitor.update_frame_transforms()
        group.set_start_state_to_current_state()
        if not group.set_goal_state(**goal):
            raise SkillError('ik_unreachable', f'{group.planning_group_name}: no such goal')
        request = PlanRequestParameters(self._moveit, '')
        request.planning_pipeline, request.planner_id = planner
        request.max_velocity_scaling_factor = speed
        request.max_acceleration_scaling_factor = speed
        plan = group.plan(single_plan_parameters=request)
        if not plan:
            code = plan.error_code.val
            reason = 'ik_unreachable' if code in _UNREACHABLE else 'in_collision'
            raise SkillError(
                reason, f'{group.planning_group_name}: no plan, MoveIt error {code}'
            )
        return lambda check: self._execute(plan.trajectory, check)

    def shut_down(self) -> None:
        """Ends MoveIt's node."""
        self._moveit.shutdown()

    def _execute(self, trajectory: Any, check: Check) -> str:
        check()
        self._on_command(_commanded(trajectory))
        status = run_watched(
            lambda: self._moveit.execute(trajectory, controllers=[]),
            stop=self._manager.stop_execution,
            check=check,
            stop_s=self._stop_s,
        )
        return '' if status else str(status.status)


def require_success(verdict: str, what: str) -> None:
    """Raises unless the controllers got there.

    Raises:
        SkillError: ``timeout`` or ``blocked``.
    """
    if verdict:
        reason = 'timeout' if verdict == _TIMED_OUT else 'blocked'
        raise SkillError(reason, f'{what}: the controller says {verdict}')


def _commanded(trajectory: Any) -> Commanded:
    message = trajectory.get_robot_trajectory_msg().joint_trajectory
    time_s = [p.time_from_start.sec + 1e-9 * p.time_from_start.nanosec for p in message.points]
    rows = [list(p.positions) for p in message.points]
    names = tuple(message.joint_names)
    return Commanded(names, np.array(time_s), np.array(rows).reshape(-1, len(names)))


@contextmanager
def _parameter_file(parameters: dict[str, Any]) -> Iterator[Path]:
    content = {'/**': {'ros__parameters': parameters}}
    with tempfile.TemporaryDirectory(prefix='f2p_moveit_') as folder:
        path = Path(folder) / 'moveit.yaml'
        path.write_text(yaml.safe_dump(content), encoding='utf-8')
        yield path
