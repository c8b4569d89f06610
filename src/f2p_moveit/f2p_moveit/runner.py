# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Carries skills out: stage after stage, stopped at once when told to, safe at the end."""

from __future__ import annotations

from collections.abc import Callable
import logging
from typing import NamedTuple

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_moveit.building import Situation
from f2p_moveit.errors import UnsafeError
from f2p_moveit.moves import (
    Attach,
    Close,
    Detach,
    Drive,
    Move,
    Open,
    PutBack,
    Reach,
    Rest,
    SkillPlan,
    Stage,
    Straight,
    Touch,
)
from f2p_moveit.plans import PLANS
from f2p_moveit.protocols import Arm, Base, Check
from f2p_moveit.robot_file import RobotFile
from f2p_moveit.stances import is_there
from f2p_sim.errors import SkillError
from f2p_sim.skills.registry import not_there

Clock = Callable[[], float]
"""A steady time [s]."""

_NO_WAY = frozenset({'ik_unreachable', 'in_collision'})
_HELD_SHARE = 0.5
"""Fingers that close to less than this share of what they hold have nothing between them."""

_LOG = logging.getLogger(__name__)


class ExecutionEnd(NamedTuple):
    """How an execution ended.

    Attributes:
        reason: Why it failed, ``snake_case: detail``; empty when it succeeded.
        is_unsafe: The robot must not move before a person has looked at it.
    """

    reason: str
    is_unsafe: bool = False


class Robot(NamedTuple):
    """A robot to act with.

    Attributes:
        file: Its robot file.
        arm, base: Its parts.
        check_safety: Called often while it moves; raises ``UnsafeError``.
        clock: Steady time [s].
    """

    file: RobotFile
    arm: Arm
    base: Base
    check_safety: Check
    clock: Clock


class Runner:
    """Executes skill calls one after the other. Not safe for several threads at once.

    Once a moving robot was unsafe, all later executions are: a person looks at the robot and
    starts the executor again.
    """

    def __init__(self, robot: Robot) -> None:
        self._robot = robot
        self._put_back: tuple[Stage, ...] = ()  # to be done as long as something is held
        self._unsafe: UnsafeError | None = None

    def execute(
        self,
        call: SkillCall,
        scene: Scene,
        *,
        control: Control = UNCONTROLLED,
    ) -> ExecutionEnd:
        """Carries out one call; whatever happens is in the outcome.

        When it is cancelled, the robot stops where it is, with what it holds; the next execution
        begins by putting that back. When it fails otherwise, that is done at once, and the arm
        goes to its safe state.

        Args:
            call: What to do.
            scene: Where objects were seen.
            control: Polled all the time, on a stop the robot stops; told the phase and the stages
                done.
        """
        if self._unsafe is not None:
            return ExecutionEnd(str(self._unsafe), is_unsafe=True)
        try:
            self._robot.check_safety()
        except UnsafeError as error:  # nothing has moved: the next call may be carried out
            return ExecutionEnd(str(error), is_unsafe=True)
        try:
            self._recover(control)
            self._run_call(call, scene, control)
        except SkillError as error:
            return self._after(error, control)
        except UnsafeError as error:
            self._unsafe = error
            return ExecutionEnd(str(error), is_unsafe=True)
        return ExecutionEnd('')

    def _run_call(
        self, call: SkillCall, scene: Scene, control: Control
    ) -> None:
        """Tries one way after the other until one can be begun, then goes through with it."""
        if call.skill not in PLANS:
            raise SkillError('unknown_skill', not_there(call.skill, PLANS))
        problem: SkillError | None = None
        arm, base = self._robot.arm, self._robot.base
        situation = Situation(scene, self._robot.file, base.pose_map())
        for plan in PLANS[call.skill].ways(situation, call):
            arm.set_scene(scene)
            try:
                self._run_plan(plan, control)
            except SkillError as error:
                if error.code not in _NO_WAY or self._put_back:
                    raise
                problem = problem or error
                self._run_stage(self._rest(), control)  # the next way may begin with a drive
                continue
            return
        if problem is not None:
            raise problem

    def _run_plan(
        self, plan: SkillPlan, control: Control
    ) -> None:
        stages = (*plan, self._rest())
        for done, stage in enumerate(stages):
            control.report(stage.phase, done, len(stages))
            self._run_stage(stage, control)

    def _rest(self) -> Stage:
        return Stage('rest', 'retreating', (Rest(),), self._robot.file.limits.stage_s)

    def _run_stage(self, stage: Stage, control: Control) -> None:
        deadline_s = self._robot.clock() + stage.limit_s

        def check() -> None:
            self._robot.check_safety()
            if control.should_stop():
                raise SkillError('cancelled', f'stopped on request during {stage.name}')
            if self._robot.clock() > deadline_s:
                raise SkillError('timeout', f'{stage.name} was not done in {stage.limit_s:g} s')

        for move in stage.moves:
            check()
            self._make(move, check)
        if self._robot.arm.opening_m() < _HELD_SHARE * stage.holds_m / 2:
            lost = 'grasp_missed' if stage.name == 'grasp' else 'dropped'
            raise SkillError(lost, f'after {stage.name} there is nothing between the fingers')

    def _make(self, move: Move, check: Check) -> None:
        """Makes one move."""
        arm, limits = self._robot.arm, self._robot.file.limits
        match move:
            case Drive(base_map):
                if not is_there(base_map, self._robot.base.pose_map()):
                    self._robot.base.drive(base_map, check)
                    arm.refresh_scene()
            case Reach(tool_map, speed):
                arm.reach(tool_map, speed, check)
            case Straight(tool_map, speed):
                arm.straight(tool_map, speed, check)
            case Rest():
                arm.rest(limits.speed, check)
            case Open(opening_m):
                arm.move_gripper(opening_m, check)
            case Close():
                arm.move_gripper(0.0, check)
            case Touch(object_ids, other_ids):
                arm.allow_touch(object_ids, other_ids)
            case Attach(object_ids):
                arm.attach(object_ids)
            case PutBack(stages):
                self._put_back = stages
            case Detach():
                arm.detach()
                self._put_back = ()

    def _after(self, error: SkillError, control: Control) -> ExecutionEnd:
        """Cleans up after a failure; a cancelled robot stays where it is."""
        if error.code == 'cancelled':
            return ExecutionEnd(str(error))
        try:
            if error.code in ('grasp_missed', 'dropped'):
                self._put_back = ()
                self._robot.arm.detach()
            self._recover(control)
        except SkillError as second:
            if second.code != 'cancelled':
                self._unsafe = UnsafeError(
                    f'not_recovered: after "{error}" the robot could not get to its safe state: '
                    f'{second}; look at it, then start the executor again'
                )
                return ExecutionEnd(str(self._unsafe), is_unsafe=True)
        except UnsafeError as unsafe:
            self._unsafe = unsafe
            return ExecutionEnd(str(unsafe), is_unsafe=True)
        return ExecutionEnd(str(error))

    def _recover(self, control: Control) -> None:
        """Puts back what is held and goes to the safe state."""
        if self._put_back:
            _LOG.info('putting back what is still held')
        for stage in (*self._put_back, self._rest()):
            self._run_stage(stage, control)
