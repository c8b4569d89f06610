# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Skill calls, goals and motions."""

from __future__ import annotations

from typing import Any

import numpy as np

from f2p_core.failure import Motion
from f2p_core.messages.reading import reading, shaped
from f2p_core.messages.time import msg_to_duration_s
from f2p_core.pose import POSE_SIZE
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, Literal


def msg_to_call(message: Any, what: str = 'call') -> SkillCall:
    """Reads a skill call.

    Raises:
        InvalidInputError: If the skill is unknown or a parameter is out of its bounds.
    """
    with reading(what):
        return SkillCall(
            skill=message.skill,
            object_id=message.object_id,
            target_id=message.target_id,
            parameters=tuple(message.parameters.tolist()),
        )


def msg_to_goal(message: Any, what: str = 'goal') -> Goal:
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


def msg_to_motion(message: Any, what: str = 'motion') -> Motion:
    """Reads the path of a robot.

    Raises:
        InvalidInputError: If a point does not have a position for every joint, there is not one
            pose of the base per point, or a number is not finite.
    """
    names, points = message.joints.joint_names, message.joints.points
    rows = [
        shaped(p.positions, (len(names),), f'{what}.joints.points[{i}].positions')
        for i, p in enumerate(points)
    ]
    with reading(what):
        return Motion(
            joint_names=tuple(names),
            time_s=np.array([msg_to_duration_s(p.time_from_start) for p in points]),
            position=np.array(rows).reshape(len(points), len(names)),
            base_map=np.array([_pose_row(pose) for pose in message.base]).reshape(-1, POSE_SIZE),
        )


def _pose_row(pose: Any) -> list[float]:
    p, q = pose.position, pose.orientation
    return [p.x, p.y, p.z, q.x, q.y, q.z, q.w]
