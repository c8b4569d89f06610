# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The robot's URDF, made from its compiled MJCF: same links, joints, shapes and masses.

A URDF link has one joint, so the further joints of a body get links of their own between
(``base_x_link``). MuJoCo's quaternions are wxyz; URDF writes fixed-axis roll, pitch, yaw [rad].
"""

from __future__ import annotations

from collections.abc import Iterator
import warnings
import xml.etree.ElementTree as ET

import mujoco
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

from f2p_sim.robot import CAMERA_SITE, MAX_SPEED, TCP_SITE

ROOT_LINK = 'map'
"""The world body: the base's planar joints move the robot in it."""

_TYPES = {mujoco.mjtJoint.mjJNT_SLIDE: 'prismatic', mujoco.mjtJoint.mjJNT_HINGE: 'revolute'}
_FRAMES = (TCP_SITE, CAMERA_SITE)


def urdf(model: mujoco.MjModel, name: str) -> str:
    """Returns the URDF of a robot.

    Args:
        model: The robot alone; slide and hinge joints through their body's origin, and boxes,
            spheres, cylinders and capsules.
        name: Name of the robot.
    """
    robot = ET.Element('robot', name=name)
    ET.SubElement(robot, 'link', name=ROOT_LINK)
    for body in range(1, model.nbody):
        _add_body(robot, model, body)
    for site in _FRAMES:
        _add_frame(robot, model, site)
    ET.indent(robot)
    return ET.tostring(robot, encoding='unicode') + '\n'


def link_name(model: mujoco.MjModel, body: int) -> str:
    """Returns the link of a body."""
    return ROOT_LINK if body == 0 else str(model.body(body).name)


def _add_body(robot: ET.Element, model: mujoco.MjModel, body: int) -> None:
    """Adds a body's joints, each but the last with a link of its own, and its link."""
    first, count = int(model.body_jntadr[body]), int(model.body_jntnum[body])
    parent = link_name(model, int(model.body_parentid[body]))
    at = (model.body_pos[body], model.body_quat[body])
    for joint in range(first, first + count):
        joint_name = str(model.joint(joint).name)
        is_last = joint == first + count - 1
        child = link_name(model, body) if is_last else f'{joint_name}_link'
        if not is_last:
            ET.SubElement(robot, 'link', name=child)
        _add_joint(robot, model, joint, (parent, child), at)
        parent, at = child, (np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0]))
    _add_link(robot, model, body)


def _add_joint(
    robot: ET.Element,
    model: mujoco.MjModel,
    joint: int,
    links: tuple[str, str],
    at: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    kind = _TYPES[mujoco.mjtJoint(model.jnt_type[joint])]
    element = _joint(robot, str(model.joint(joint).name), kind, links)
    element.append(_origin(*at))
    ET.SubElement(element, 'axis', xyz=_numbers(model.jnt_axis[joint]))
    low, high = model.jnt_range[joint]
    ET.SubElement(
        element,
        'limit',
        lower=_number(low),
        upper=_number(high),
        velocity=_number(MAX_SPEED[joint]),
        effort=_number(_effort(model, joint)),
    )


def _effort(model: mujoco.MjModel, joint: int) -> float:
    """Returns a servo's limit [N, N m]: the stated one, else what brakes it at top speed."""
    if model.actuator_forcelimited[joint]:
        return float(model.actuator_forcerange[joint, 1])
    damping = -float(model.actuator_biasprm[joint, 2])
    return damping * float(MAX_SPEED[joint])


def _add_link(robot: ET.Element, model: mujoco.MjModel, body: int) -> None:
    link = ET.SubElement(robot, 'link', name=link_name(model, body))
    inertial = ET.SubElement(link, 'inertial')
    inertial.append(_origin(model.body_ipos[body], model.body_iquat[body]))
    ET.SubElement(inertial, 'mass', value=_number(model.body_mass[body]))
    ixx, iyy, izz = (_number(i) for i in model.body_inertia[body])
    ET.SubElement(
        inertial, 'inertia', ixx=ixx, iyy=iyy, izz=izz, ixy='0', ixz='0', iyz='0'
    )
    first, count = int(model.body_geomadr[body]), int(model.body_geomnum[body])
    for tag in ('visual', 'collision'):
        for geom in range(first, first + count):
            for origin, shape in _shapes(model, geom):
                element = ET.SubElement(link, tag)
                element.append(origin)
                ET.SubElement(element, 'geometry').append(shape)


def _shapes(model: mujoco.MjModel, geom: int) -> Iterator[tuple[ET.Element, ET.Element]]:
    """Yields origin and shape of a geom; a capsule is a cylinder and two spheres."""
    size, quaternion = model.geom_size[geom], model.geom_quat[geom]
    centre = model.geom_pos[geom]
    here = _origin(centre, quaternion)
    radius = _number(size[0])
    match mujoco.mjtGeom(model.geom_type[geom]):
        case mujoco.mjtGeom.mjGEOM_BOX:
            yield here, ET.Element('box', size=_numbers(2 * size))
        case mujoco.mjtGeom.mjGEOM_SPHERE:
            yield here, ET.Element('sphere', radius=radius)
        case mujoco.mjtGeom.mjGEOM_CYLINDER:
            yield here, ET.Element('cylinder', radius=radius, length=_number(2 * size[1]))
        case mujoco.mjtGeom.mjGEOM_CAPSULE:
            yield here, ET.Element('cylinder', radius=radius, length=_number(2 * size[1]))
            end = _rotation(quaternion).apply([0.0, 0.0, size[1]])
            for tip in (centre + end, centre - end):
                yield _origin(tip, quaternion), ET.Element('sphere', radius=radius)


def _add_frame(robot: ET.Element, model: mujoco.MjModel, site: str) -> None:
    """Adds a site as a link without a body."""
    index = model.site(site).id
    parent = link_name(model, int(model.site_bodyid[index]))
    joint = _joint(robot, f'{site}_mount', 'fixed', (parent, site))
    joint.append(_origin(model.site_pos[index], model.site_quat[index]))
    ET.SubElement(robot, 'link', name=site)


def _joint(robot: ET.Element, name: str, kind: str, links: tuple[str, str]) -> ET.Element:
    element = ET.SubElement(robot, 'joint', name=name, type=kind)
    ET.SubElement(element, 'parent', link=links[0])
    ET.SubElement(element, 'child', link=links[1])
    return element


def _origin(position_m: ArrayLike, quaternion_wxyz: ArrayLike) -> ET.Element:
    with warnings.catch_warnings():  # pointing along ±x any split of roll and yaw is right
        warnings.filterwarnings('ignore', 'Gimbal lock', UserWarning)
        turn = _rotation(quaternion_wxyz).as_euler('xyz')
    return ET.Element('origin', xyz=_numbers(position_m), rpy=_numbers(turn))


def _rotation(quaternion_wxyz: ArrayLike) -> Rotation:
    return Rotation.from_quat(np.roll(np.asarray(quaternion_wxyz), -1))


def _numbers(values: ArrayLike) -> str:
    return ' '.join(_number(v) for v in np.asarray(values))


def _number(value: float) -> str:
    """Returns ten digits and no negative zero, so that files are alike on every machine."""
    return f'{round(float(value), 10) + 0.0:.10g}'
