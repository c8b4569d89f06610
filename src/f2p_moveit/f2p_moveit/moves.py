# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A skill as data: stages of moves, in ``map``, that a runner carries out one after the other."""

from __future__ import annotations

from typing import Literal, NamedTuple

from f2p_core.pose import Pose

Phase = Literal['approaching', 'acting', 'carrying', 'releasing', 'retreating']
"""What a stage is about, in the words of the feedback of ``execute_skill``."""


class BasePose(NamedTuple):
    """A pose of the base in ``map``: x [m], y [m], yaw [rad]."""

    x_m: float
    y_m: float
    yaw_rad: float


class Drive(NamedTuple):
    """The base goes to a pose, unless it is there."""

    base_map: BasePose


class Reach(NamedTuple):
    """The tool goes to a pose in ``map`` on a path free of collision."""

    tool_map: Pose
    speed: float


class Straight(NamedTuple):
    """The tool goes to a pose in ``map`` on a straight line."""

    tool_map: Pose
    speed: float


class Rest(NamedTuple):
    """The arm goes to its safe state."""


class Open(NamedTuple):
    """Each finger goes to a distance from the middle [m]."""

    opening_m: float


class Close(NamedTuple):
    """The fingers close until something stops them."""


class Touch(NamedTuple):
    """From now on objects may touch the hand and each of the others."""

    object_ids: tuple[str, ...]
    other_ids: tuple[str, ...]


class Attach(NamedTuple):
    """Objects move with the hand from now on: what is held, then what lies in it."""

    object_ids: tuple[str, ...]


class Detach(NamedTuple):
    """Nothing moves with the hand any more."""


class PutBack(NamedTuple):
    """From now on these stages put back what is held, should anything fail."""

    stages: tuple[Stage, ...]


Move = Drive | Reach | Straight | Rest | Open | Close | Touch | Attach | Detach | PutBack


class Stage(NamedTuple):
    """A named part of a skill.

    Attributes:
        name: What is done, for messages.
        phase: For the feedback.
        moves: What is moved, in order.
        limit_s: Time after which it is stopped [s].
        holds_m: Width of what the hand must still hold at its end [m]; 0: nothing.
    """

    name: str
    phase: Phase
    moves: tuple[Move, ...]
    limit_s: float
    holds_m: float = 0.0


SkillPlan = tuple[Stage, ...]
"""One way to carry out a call."""
