# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The robot's SRDF: planning groups, end effector, named states, links that may touch."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import mujoco
import numpy as np

from f2p_moveit.description.collisions import allowed_pairs
from f2p_sim.robot import (
    ARM_JOINTS,
    BASE_JOINTS,
    FINGER_JOINTS,
    FINGERS,
    FloatVector,
    HOME,
    JOINT_NAMES,
    MAX_FINGER_OPENING_M,
    TCP_SITE,
)

GROUPS: dict[str, tuple[str, ...]] = {
    'base': BASE_JOINTS,
    'arm': ('lift', *ARM_JOINTS),
    'gripper': FINGER_JOINTS,
}
"""Joints of each planning group."""

_ARM_CHAIN = ('base', TCP_SITE)
_HAND = 'hand'


def srdf(model: mujoco.MjModel, name: str) -> str:
    """Returns the SRDF that goes with the URDF of the same robot."""
    robot = ET.Element('robot', name=name)
    for group, joints in GROUPS.items():
        element = ET.SubElement(robot, 'group', name=group)
        if group == 'arm':
            ET.SubElement(element, 'chain', base_link=_ARM_CHAIN[0], tip_link=_ARM_CHAIN[1])
            continue
        for joint in joints:
            ET.SubElement(element, 'joint', name=joint)
    _add_state(robot, 'home', 'arm', HOME)
    _add_state(robot, 'open', 'gripper', _with_fingers(MAX_FINGER_OPENING_M))
    _add_state(robot, 'closed', 'gripper', _with_fingers(0.0))
    ET.SubElement(
        robot, 'end_effector', name='hand', parent_link=_HAND, group='gripper', parent_group='arm'
    )
    for link1, link2, reason in allowed_pairs(model, (HOME, _with_fingers(0.0))):
        ET.SubElement(robot, 'disable_collisions', link1=link1, link2=link2, reason=reason)
    ET.indent(robot)
    return ET.tostring(robot, encoding='unicode') + '\n'


def _add_state(robot: ET.Element, name: str, group: str, configuration: FloatVector) -> None:
    state = ET.SubElement(robot, 'group_state', name=name, group=group)
    for joint in GROUPS[group]:
        value = float(configuration[JOINT_NAMES.index(joint)])
        ET.SubElement(state, 'joint', name=joint, value=f'{value:.10g}')


def _with_fingers(opening_m: float) -> FloatVector:
    configuration = np.array(HOME)
    configuration[FINGERS] = opening_m
    return configuration
