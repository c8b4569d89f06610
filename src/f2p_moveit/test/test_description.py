# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The generated description: as committed, the same robot as the MJCF, read by others."""

from __future__ import annotations

from pathlib import Path
from typing import Any
import xml.etree.ElementTree as ET

import mujoco
import numpy as np
import pytest
import yaml

from f2p_moveit.describe import description_files, main
from f2p_moveit.description.collisions import allowed_pairs
from f2p_moveit.description.srdf import GROUPS
from f2p_sim.robot import CAMERA_SITE, HOME, JOINT_NAMES, MAX_SPEED, robot_model, TCP_SITE

COMMITTED = Path(__file__).parents[2] / 'f2p_bringup' / 'config' / 'robots' / 'f2p'
FILES = description_files()
# MuJoCo reads URDF too; it would fuse fixed links and refuse links without mass.
OPTIONS = (
    '<mujoco><compiler fusestatic="false" discardvisual="true" boundmass="1e-6" '
    'boundinertia="1e-9"/></mujoco>'
)


def read_urdf() -> mujoco.MjModel:
    head, tag, tail = FILES['robot.urdf'].partition('<robot name="f2p">')
    return mujoco.MjModel.from_xml_string(head + tag + OPTIONS + tail)


def test_the_files_in_the_repository_are_a_fresh_generation(tmp_path: Path) -> None:
    assert main(['--out', str(tmp_path)]) == 0
    written = {p.name: p.read_text() for p in tmp_path.iterdir()}
    assert written == {p.name: p.read_text() for p in COMMITTED.iterdir()}


def test_forward_kinematics_of_urdf_and_mjcf_agree() -> None:
    ours, theirs = robot_model(), read_urdf()
    assert [theirs.joint(i).name for i in range(theirs.njnt)] == list(JOINT_NAMES)
    a, b = mujoco.MjData(ours), mujoco.MjData(theirs)
    rng = np.random.default_rng(1)
    for configuration in rng.uniform(*ours.jnt_range.T, size=(200, ours.nq)):
        a.qpos[:] = b.qpos[:] = configuration
        mujoco.mj_kinematics(ours, a)
        mujoco.mj_kinematics(theirs, b)
        pairs = [(a.body(i), b.body(ours.body(i).name)) for i in range(1, ours.nbody)]
        pairs += [(a.site(site), b.body(site)) for site in (TCP_SITE, CAMERA_SITE)]
        for mine, other in pairs:
            np.testing.assert_allclose(other.xpos, mine.xpos, atol=1e-6)
            np.testing.assert_allclose(other.xmat, mine.xmat, atol=1e-6)


def test_ranges_and_masses_agree() -> None:
    ours, theirs = robot_model(), read_urdf()
    np.testing.assert_allclose(theirs.jnt_range, ours.jnt_range)
    for i in range(1, ours.nbody):
        body = theirs.body(ours.body(i).name)
        np.testing.assert_allclose(body.mass, ours.body(i).mass)
        np.testing.assert_allclose(_inertia(body), _inertia(ours.body(i)), atol=1e-7)
    limits = ET.fromstring(FILES['robot.urdf']).findall('joint/limit')
    np.testing.assert_allclose([float(x.get('velocity', 0)) for x in limits], MAX_SPEED)
    assert min(float(x.get('effort', 0)) for x in limits) > 0.0


def _inertia(body: Any) -> np.ndarray:
    """Inertia about the centre of mass in the body's frame (3, 3) [kg m²]; quaternions wxyz."""
    turn = np.zeros(9)
    mujoco.mju_quat2Mat(turn, body.iquat)
    rotation = turn.reshape(3, 3)
    return rotation @ np.diag(body.inertia) @ rotation.T


def test_boxes_have_the_same_sizes() -> None:
    ours, theirs = robot_model(), read_urdf()
    for i in range(1, ours.nbody):
        name = ours.body(i).name
        assert np.allclose(_boxes(theirs, theirs.body(name)), _boxes(ours, ours.body(name)))


def _boxes(model: mujoco.MjModel, body: Any) -> list[list[float]]:
    geoms = range(int(body.geomadr[0]), int(body.geomadr[0]) + int(body.geomnum[0]))
    is_box = mujoco.mjtGeom.mjGEOM_BOX
    return sorted(model.geom_size[g].tolist() for g in geoms if model.geom_type[g] == is_box)


def test_no_link_that_is_not_checked_can_touch_another() -> None:
    model = robot_model()
    allowed = allowed_pairs(model, (HOME,))
    written = ET.fromstring(FILES['robot.srdf']).findall('disable_collisions')
    pairs = {(str(p.get('link1')), str(p.get('link2'))): p.get('reason') for p in written}
    assert {(p.link1, p.link2) for p in allowed} <= set(pairs)
    assert set(pairs.values()) <= {'Adjacent', 'Default', 'Never'}
    assert ('base', 'hand') not in pairs  # the hand reaches the base's shell
    assert pairs['finger_left', 'hand'] == 'Adjacent'
    data = mujoco.MjData(model)
    rng = np.random.default_rng(99)
    never = [pair for pair, reason in pairs.items() if reason == 'Never']
    assert never
    for configuration in rng.uniform(*model.jnt_range.T, size=(150, model.nq)):
        data.qpos[:] = configuration
        mujoco.mj_kinematics(model, data)
        for first, second in never:
            assert _distance(model, data, first, second) > 0.0, (first, second)


def _distance(model: mujoco.MjModel, data: mujoco.MjData, first: str, second: str) -> float:
    geoms = [
        range(int(b.geomadr[0]), int(b.geomadr[0]) + int(b.geomnum[0]))
        for b in (model.body(first), model.body(second))
    ]
    return min(
        mujoco.mj_geomDistance(model, data, a, b, 0.5, None) for a in geoms[0] for b in geoms[1]
    )


def test_groups_states_and_controllers_name_joints_of_the_urdf() -> None:
    srdf = ET.fromstring(FILES['robot.srdf'])
    assert [g.get('name') for g in srdf.findall('group')] == list(GROUPS)
    for state in srdf.findall('group_state'):
        values = {str(j.get('name')): float(j.get('value', 0)) for j in state}
        assert tuple(values) == GROUPS[str(state.get('group'))]
    home = next(s for s in srdf.findall('group_state') if s.get('name') == 'home')
    expected = [HOME[JOINT_NAMES.index(name)] for name in GROUPS['arm']]
    assert [float(j.get('value', 0)) for j in home] == pytest.approx(expected)
    manager = yaml.safe_load(FILES['moveit_controllers.yaml'])['moveit_simple_controller_manager']
    driven = [j for name in manager['controller_names'] for j in manager[name]['joints']]
    assert sorted(driven) == sorted(JOINT_NAMES)
    limits = yaml.safe_load(FILES['joint_limits.yaml'])['joint_limits']
    assert set(limits) == set(JOINT_NAMES)


def test_files_are_licensed_and_say_where_they_come_from() -> None:
    for text in FILES.values():
        assert 'SPDX-License-Identifier: Apache-2.0' in text
        assert 'python -m f2p_moveit.describe' in text
