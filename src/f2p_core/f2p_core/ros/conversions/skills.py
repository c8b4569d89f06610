# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Skill calls, goals and motions."""

from __future__ import annotations

from f2p_msgs.msg import Goal as GoalMsg
from f2p_msgs.msg import Literal as LiteralMsg
from f2p_msgs.msg import Motion as MotionMsg
from f2p_msgs.msg import SkillCall as SkillCallMsg
from geometry_msgs.msg import Point, Pose, Quaternion
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from f2p_core.failure import Motion
from f2p_core.messages.reading import floats
from f2p_core.messages.skills import msg_to_call, msg_to_goal, msg_to_motion
from f2p_core.ros.conversions.time import duration_to_msg
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal

__all__ = [
    'call_to_msg',
    'goal_to_msg',
    'motion_to_msg',
    'msg_to_call',
    'msg_to_goal',
    'msg_to_motion',
]


def call_to_msg(call: SkillCall) -> SkillCallMsg:
    """Returns a skill call."""
    return SkillCallMsg(
        skill=call.skill,
        object_id=call.object_id,
        target_id=call.target_id,
        parameters=list(call.parameters),
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


def motion_to_msg(motion: Motion) -> MotionMsg:
    """Returns the path of a robot."""
    points = [
        JointTrajectoryPoint(positions=floats(row), time_from_start=duration_to_msg(at))
        for at, row in zip(motion.time_s.tolist(), motion.position, strict=True)
    ]
    return MotionMsg(
        joints=JointTrajectory(joint_names=list(motion.joint_names), points=points),
        base=[_pose_of_row(row) for row in motion.base_map.tolist()],
    )


def _pose_of_row(row: list[float]) -> Pose:
    x, y, z, qx, qy, qz, qw = row
    return Pose(position=Point(x=x, y=y, z=z), orientation=Quaternion(x=qx, y=qy, z=qz, w=qw))
