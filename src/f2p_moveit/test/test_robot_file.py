# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Robot files: what is read, and the one error that names field, value and mend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import shutil
from typing import Any
import xml.etree.ElementTree as ET

import pytest
import yaml

from f2p_moveit.errors import RobotFileError
from f2p_moveit.robot_description import read_robot
from f2p_moveit.robot_file import PlanarBase, read_robot_file, RobotFile
from f2p_sim.robot import JOINT_NAMES, MAX_FINGER_OPENING_M

ROBOTS = Path(__file__).parents[2] / 'f2p_bringup' / 'config' / 'robots'
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROBOTS, tmp_path, dirs_exist_ok=True)
    return tmp_path


def changed(folder: Path, change: Change) -> Path:
    path = folder / 'f2p.yaml'
    content = yaml.safe_load(path.read_text())
    change(content)
    path.write_text(yaml.safe_dump(content))
    return path


def test_our_robot_fits_its_description() -> None:
    robot = read_robot(ROBOTS / 'f2p.yaml')
    assert ('base_x', 'base_y', 'base_yaw', *robot.file.joint_names) == JOINT_NAMES
    assert robot.moveit['robot_description'].count('<joint ') == len(JOINT_NAMES) + 2
    assert robot.moveit['robot_description_planning']['joint_limits']['lift']
    assert robot.moveit['planning_pipelines']['pipeline_names'] == [
        'ompl',
        'pilz_industrial_motion_planner',
    ]


def minimal_description(file: RobotFile, folder: Path) -> None:
    """Writes a description with just what a robot file names."""
    names = [(j, -10.0, 10.0) for j in file.joint_names]
    links = [file.tool.link, *file.gripper.touch_links]
    if not isinstance(file.base, PlanarBase):
        links.append(file.base.frame)
    urdf = ET.Element('robot', name=file.name)
    for link in links:
        ET.SubElement(urdf, 'link', name=link)
    for name, low, high in names:
        joint = ET.SubElement(urdf, 'joint', name=name, type='revolute')
        ET.SubElement(joint, 'limit', lower=str(low), upper=str(high))
    srdf = ET.Element('robot', name=file.name)
    for group in (file.arm_group, file.gripper.group):
        ET.SubElement(srdf, 'group', name=group)
    ET.SubElement(srdf, 'group_state', name=file.safe_state, group=file.arm_group)
    folder.mkdir()
    (folder / 'robot.urdf').write_text(ET.tostring(urdf, encoding='unicode'))
    (folder / 'robot.srdf').write_text(ET.tostring(srdf, encoding='unicode'))
    for settings in (ROBOTS / 'f2p').glob('*.yaml'):
        shutil.copy(settings, folder)


@pytest.mark.parametrize('name', ['fetch_like', 'stretch_like', 'arm_on_bench'])
def test_the_examples_are_complete_but_for_the_description(name: str, folder: Path) -> None:
    path = folder / f'{name}.yaml'
    file = read_robot_file(path)
    assert file.name == name
    with pytest.raises(RobotFileError, match=r'robot\.urdf cannot be read .*put the file there'):
        read_robot(path)
    minimal_description(file, folder / file.description)
    assert read_robot(path).file == file


def test_an_arm_has_as_many_joints_as_it_has_and_need_not_be_lifted(folder: Path) -> None:
    ours = read_robot_file(ROBOTS / 'f2p.yaml')
    bench = read_robot_file(ROBOTS / 'arm_on_bench.yaml')
    assert (bench.lift_joint, len(bench.joint_names)) == (None, 8)
    six = read_robot_file(changed(folder, lambda c: c['arm_joints'].pop()))
    assert six.joint_names == tuple(n for n in ours.joint_names if n != ours.arm_joints[-1])
    lifting = read_robot_file(changed(folder, lambda c: c.update(lift_joint=c['arm_joints'][0])))
    assert lifting.joint_names.count(lifting.arm_joints[0]) == 1


def test_the_opening_of_the_gripper_goes_there_and_back() -> None:
    for path in ROBOTS.glob('*.yaml'):
        gripper = read_robot_file(path).gripper
        for share in (0.0, 0.3, 1.0):
            opening = share * gripper.max_opening_m
            assert gripper.opening_m(gripper.positions(opening)) == pytest.approx(opening)
    ours = read_robot_file(ROBOTS / 'f2p.yaml').gripper
    assert ours.hand.max_opening_m == MAX_FINGER_OPENING_M


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda c: c.pop('gripper'), r'gripper: missing; add it'),
        (lambda c: c.update(colour='red'), r"colour: unknown field \(value 'red'\); remove it"),
        (lambda c: c.update(schema_version=2), r'it is 2; this software reads version 1: update'),
        (lambda c: c['limits'].update(speed=3.0), r'limits\.speed: .*less than or equal to 1'),
        (lambda c: c['base'].update(kind='legs'), r'base.*legs'),
        (lambda c: c['arm_joints'].clear(), r'arm_joints: .*at least 1 item'),
        (lambda c: c.update(arm_joints=['j'] * 33), r'arm_joints: .*at most 32 items'),
        (
            lambda c: c['tool']['pose'].update(quaternion_xyzw=[0, 0, 0, 2]),
            r'norm 2\.0000; it must be 1',
        ),
        (
            lambda c: c['arm_joints'].__setitem__(2, 'elbow_2'),
            r"arm_joints: joint 'elbow_2' is no moving joint of robot\.urdf; these are: base_x",
        ),
        (
            lambda c: c['gripper']['joints'][0].update(opened=0.5),
            r'opened = 0\.5 is outside the range \[0, 0\.044\] of finger_left',
        ),
        (lambda c: c['tool'].update(link='tool0'), r"tool\.link: link 'tool0' is no link"),
        (lambda c: c.update(arm_group='panda'), r"arm_group: group 'panda' .*base, arm, gripper"),
        (lambda c: c.update(safe_state='up'), r"safe_state: state 'up' .*these are: home"),
        (
            lambda c: c['limits'].update(stale_s=1.0),
            r'stale_s = 1 is not longer than planning_time = 2',
        ),
        (lambda c: c.update(description='nowhere'), r'nowhere/robot\.urdf cannot be read'),
    ],
)
def test_a_wrong_field_is_named_with_its_mend(folder: Path, change: Change, message: str) -> None:
    path = changed(folder, change)
    with pytest.raises(RobotFileError, match=message) as caught:
        read_robot(path)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (b'name: [', r'is not YAML'),
        (b'\xff\xfe\x00', r'is not text in UTF-8'),
        (b'- a\n- b\n', r'f2p\.yaml: '),
        (b'', r'f2p\.yaml: '),
        (b'when: 2026-01-01\n', r'f2p\.yaml: '),
    ],
)
def test_what_is_no_robot_file_is_refused(folder: Path, content: bytes, message: str) -> None:
    path = folder / 'f2p.yaml'
    path.write_bytes(content)
    with pytest.raises(RobotFileError, match=message):
        read_robot(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RobotFileError, match=r'r2d2\.yaml cannot be read .*name a file'):
        read_robot(tmp_path / 'r2d2.yaml')


@pytest.mark.parametrize('name', ['robot.urdf', 'robot.srdf'])
def test_a_broken_description_is_named(folder: Path, name: str) -> None:
    (folder / 'f2p' / name).write_text('<robot>')
    with pytest.raises(RobotFileError, match=rf'{name} is not XML'):
        read_robot(folder / 'f2p.yaml')


def test_empty_settings_are_named(folder: Path) -> None:
    (folder / 'f2p' / 'kinematics.yaml').write_text('')
    with pytest.raises(RobotFileError, match=r'kinematics\.yaml holds no settings'):
        read_robot(folder / 'f2p.yaml')
