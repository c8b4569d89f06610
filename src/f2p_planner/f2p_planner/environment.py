# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the executive needs of a robot: something that acts and something that is seen."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from f2p_core.failure import Motion
from f2p_core.models import Value
from f2p_core.observation import SceneObservation
from f2p_core.scene import RobotState
from f2p_core.skill import SkillCall
from f2p_core.symbolic import SymbolicState


class MotionResult(Value):
    """What the robot did with one call.

    Attributes:
        succeeded: Whether the motion went as commanded.
        reason: Why not; empty when it succeeded.
        robot_before: Configuration when the call began.
        commanded, achieved: Motion asked of the robot and measured on it.
    """

    succeeded: bool
    reason: str = ''
    robot_before: RobotState
    commanded: Motion
    achieved: Motion


class Percept(NamedTuple):
    """One look at the scene through perception.

    Attributes:
        observation: Fitted objects and what was seen.
        relations: Their relations with margins, shape (R, N, N).
    """

    observation: SceneObservation
    relations: SymbolicState


class Environment(Protocol):
    """A robot with its eyes; a simulated one, or a real one behind ROS."""

    def execute(self, call: SkillCall) -> MotionResult:
        """Executes one call to its end and settles; returns also where it failed."""

    def observe(self) -> Percept:
        """Looks at the scene now; every call gives a new percept."""
