# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Skill calls, goals and motions."""

from __future__ import annotations

from f2p_msgs.msg import Goal as GoalMsg
from f2p_msgs.msg import Literal as LiteralMsg
from f2p_msgs.msg import Motion as MotionMsg
from f2p_msgs.msg import SkillCall as SkillCallMsg
import numpy as np

from f2p_core.failure import Motion
from f2p_core.ros.conversions.reading import floats, reading, shaped
from f2p_core.skills import SkillCall
from f2p_core.symbolic import Goal, Literal


def call_to_msg(call: SkillCall) -> SkillCallMsg:
    """Returns a skill call."""
    return SkillCallMsg(
        skill=call.skill,
        object_id=call.object_id,
        target_id=call.target_id,
        parameters=list(call.parameters),
    )


def msg_to_call(message: SkillCallMsg, what: str = 'call') -> SkillCall:
    """Reads a skill call.

    Raises:
        InvalidInputError: If the skill is unknown or a parameter is out of its bounds.
    """
    x, y, z = message.parameters.tolist()
    with reading(what):
        return SkillCall(
            skill=message.skill,
            object_id=message.object_id,
            target_id=message.target_id,
            parameters=(x, y, z),
        )


def goal_to_msg(goal: Goal) -> GoalMsg:
    """Returns a goal."""
    return GoalMsg(
        literals=[
            LiteralMsg(
                relation=literal.relation,
                subject_id=literal.subject_id,
                object_id=literal.object_id,
                value=literal.value,
            )
            for literal in goal.literals
        ],
        max_skills=goal.max_skills,
        max_base_trips=goal.max_base_trips,
    )


def msg_to_goal(message: GoalMsg, what: str = 'goal') -> Goal:
    """Reads a goal.

    Raises:
        InvalidInputError: If there is no literal, an id is unusable or a budget out of range.
    """
    with reading(what):
        return Goal(
            literals=tuple(
                Literal(
                    relation=literal.relation,
                    subject_id=literal.subject_id,
                    object_id=literal.object_id,
                    value=literal.value,
                )
                for literal in message.literals
            ),
            max_skills=message.max_skills,
            max_base_trips=message.max_base_trips,
        )


def motion_to_msg(motion: Motion) -> MotionMsg:
    """Returns a joint trajectory, flat."""
    return MotionMsg(
        joint_names=list(motion.joint_names),
        time_s=floats(motion.time_s),
        position=floats(motion.position.reshape(-1)),
    )


def msg_to_motion(message: MotionMsg, what: str = 'motion') -> Motion:
    """Reads a joint trajectory.

    Raises:
        InvalidInputError: If ``position`` is not times × joints, or a number is not finite.
    """
    rows, columns = len(message.time_s), len(message.joint_names)
    position = shaped(message.position, (rows, columns), f'{what}.position')
    with reading(what):
        return Motion(
            joint_names=tuple(message.joint_names),
            time_s=np.asarray(message.time_s, dtype=np.float64),
            position=position,
        )
