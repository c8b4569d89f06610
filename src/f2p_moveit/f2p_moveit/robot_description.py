# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a robot's URDF and SRDF say, as far as a robot file refers to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple
import xml.etree.ElementTree as ET

from f2p_moveit.errors import RobotFileError
from f2p_moveit.robot_file import PlanarBase, read_robot_file, RobotFile
from f2p_moveit.yaml_files import read_text, read_yaml

_FIXED = 'fixed'
_SLACK = 1e-6
"""Positions may be out of range by this [m, rad]: rounding in files."""

_MEND = 'put the file there'

_PLANNING = ('joint_limits.yaml', 'pilz_cartesian_limits.yaml')
_PIPELINES = {
    'ompl': 'ompl_planning.yaml',
    'pilz_industrial_motion_planner': 'pilz_planning.yaml',
}


class Robot(NamedTuple):
    """A robot file with the description it names.

    Attributes:
        file: The robot file.
        moveit: Parameters of MoveIt's node, the URDF and the SRDF among them.
    """

    file: RobotFile
    moveit: dict[str, Any]


def read_robot(path: Path) -> Robot:
    """Reads a robot file and its description and checks one against the other.

    Raises:
        RobotFileError: If a file is missing or broken, or the robot file names what the
            description lacks.
    """
    file = read_robot_file(path)
    folder = path.parent / file.description
    urdf, srdf = (
        read_text(folder / name, _MEND) for name in ('robot.urdf', 'robot.srdf')
    )
    _check_urdf(path, file, _parsed(folder / 'robot.urdf', urdf))
    _check_srdf(path, file, _parsed(folder / 'robot.srdf', srdf))
    planning: dict[str, Any] = {}
    for name in _PLANNING:
        planning |= _settings(folder / name)
    settings = _settings(folder / 'moveit_py.yaml')
    _check_planning_time(path, file, settings)
    return Robot(
        file,
        {
            'robot_description': urdf,
            'robot_description_semantic': srdf,
            'robot_description_kinematics': _settings(folder / 'kinematics.yaml'),
            'robot_description_planning': planning,
            **{name: _settings(folder / file_name) for name, file_name in _PIPELINES.items()},
            **_settings(folder / 'moveit_controllers.yaml'),
            **settings,
        },
    )


def _check_urdf(path: Path, file: RobotFile, urdf: ET.Element) -> None:
    joints = {
        str(j.get('name')): j for j in urdf.findall('joint') if j.get('type') != _FIXED
    }
    links = [str(link.get('name')) for link in urdf.findall('link')]
    for field, names in _joints_of(file).items():
        for name in names:
            _require(path, field, f'joint {name!r}', name, joints, 'moving joint of robot.urdf')
    for finger in file.gripper.joints:
        for field, position in (('closed', finger.closed), ('opened', finger.opened)):
            _check_range(path, f'gripper.joints: {field}', position, joints[finger.name])
    named = {'tool.link': (file.tool.link,), 'gripper.touch_links': file.gripper.touch_links}
    if not isinstance(file.base, PlanarBase):
        named['base.frame'] = (file.base.frame,)
    for field, names in named.items():
        for name in names:
            _require(path, field, f'link {name!r}', name, links, 'link of robot.urdf')


def _check_planning_time(path: Path, file: RobotFile, settings: dict[str, Any]) -> None:
    request = settings.get('plan_request_params')
    planning_s = request.get('planning_time') if isinstance(request, dict) else None
    if not isinstance(planning_s, float | int):
        raise RobotFileError(
            f'{path}: moveit_py.yaml of {file.description} has no '
            'plan_request_params.planning_time; add it, in seconds'
        )
    if file.limits.stale_s <= planning_s:
        raise RobotFileError(
            f'{path}: limits.stale_s = {file.limits.stale_s:g} is not longer than planning_time = '
            f'{planning_s:g} in moveit_py.yaml, during which nothing is heard; make it longer'
        )


def _joints_of(file: RobotFile) -> dict[str, tuple[str, ...]]:
    """Returns the joints a robot file names, by field."""
    named = {
        'lift_joint': () if file.lift_joint is None else (file.lift_joint,),
        'arm_joints': file.arm_joints,
        'gripper.joints': tuple(j.name for j in file.gripper.joints),
    }
    if isinstance(file.base, PlanarBase):
        named['base.joints'] = file.base.joints
    return named


def _check_range(path: Path, field: str, position: float, joint: ET.Element) -> None:
    limit = joint.find('limit')
    if limit is None:
        return
    low, high = float(limit.get('lower', 0.0)), float(limit.get('upper', 0.0))
    if not low - _SLACK <= position <= high + _SLACK:
        raise RobotFileError(
            f'{path}: {field} = {position:g} is outside the range [{low:g}, {high:g}] of '
            f'{joint.get("name")} in robot.urdf; choose a position in it'
        )


def _check_srdf(path: Path, file: RobotFile, srdf: ET.Element) -> None:
    groups = [str(g.get('name')) for g in srdf.findall('group')]
    named = {'arm_group': file.arm_group, 'gripper.group': file.gripper.group}
    if isinstance(file.base, PlanarBase):
        named['base.group'] = file.base.group
    for field, name in named.items():
        _require(path, field, f'group {name!r}', name, groups, 'group of robot.srdf')
    states = [
        str(s.get('name'))
        for s in srdf.findall('group_state')
        if s.get('group') == file.arm_group
    ]
    _require(
        path, 'safe_state', f'state {file.safe_state!r}', file.safe_state, states,
        f'state of the group {file.arm_group} in robot.srdf',
    )  # fmt: skip


def _require(path: Path, field: str, what: str, name: str, known: Any, where: str) -> None:
    if name not in known:
        raise RobotFileError(
            f'{path}: {field}: {what} is no {where}; these are: {", ".join(known) or "none"}'
        )


def _parsed(path: Path, text: str) -> ET.Element:
    try:
        return ET.fromstring(text)
    except ET.ParseError as error:
        raise RobotFileError(f'{path} is not XML: {error}') from None


def _settings(path: Path) -> dict[str, Any]:
    content = read_yaml(path, _MEND)
    if not isinstance(content, dict):
        raise RobotFileError(f'{path} holds no settings; copy the one of robots/f2p')
    return content
