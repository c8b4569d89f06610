# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A scene as a MuJoCo model: robot, furniture and objects made of primitives.

MuJoCo's quaternions are wxyz; ours are xyzw. Only this module converts.
"""

from __future__ import annotations

from functools import cache
import math
from typing import NamedTuple

import mujoco
import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.parts import shape_parts
from f2p_core.geometry.shapes import Part
from f2p_core.pose import Pose
from f2p_core.scene import Scene, SceneObject
from f2p_sim.physics import LEARNER_PHYSICS, PhysicsParameters
from f2p_sim.robot import configuration_of, FloatVector, JOINT_COUNT, PAD_GEOMS, robot_xml

_GEOM_TYPE = {
    'box': mujoco.mjtGeom.mjGEOM_BOX,
    'cylinder': mujoco.mjtGeom.mjGEOM_CYLINDER,
    'sphere': mujoco.mjtGeom.mjGEOM_SPHERE,
}
# Objects meet everything; the floor meets only objects; furniture is slippery so that the
# larger friction of a pair, which MuJoCo takes, is the object's own.
_OBJECT_BITS = (1, 3)
_FLOOR_BITS = (4, 1)
_FURNITURE_FRICTION = 0.1
_TORSIONAL_FRICTION_M = 0.005
_ROLLING_FRICTION_M = 0.0003
_SOLREF = (0.02, 1.0)
_ARENA_BYTES = 4_000_000

StateSizes = tuple[int, int, int]


class SceneModel(NamedTuple):
    """A compiled scene.

    Attributes:
        model: MuJoCo model; the robot's joints come first in ``qpos`` and ``ctrl``.
        scene: The scene it was made of.
        movable: Indices into ``scene.objects`` of the objects with a free joint.
        geom_object: Per geom the index into ``scene.objects``, −1: robot or floor.
    """

    model: mujoco.MjModel
    scene: Scene
    movable: tuple[int, ...]
    geom_object: NDArray[np.int64]

    def address(self, index: int) -> int:
        """Returns where the free joint of object ``index`` starts in ``qpos``."""
        return JOINT_COUNT + 7 * self.movable.index(index)


def state_sizes(scene: Scene) -> StateSizes:
    """Returns what two scenes must share to be stepped in one batch: the sizes of their state.

    Returns:
        Numbers of pieces of furniture, of movable objects and of primitives.
    """
    fixed = sum(o.fixed for o in scene.objects)
    parts = sum(len(shape_parts(o.shape)) for o in scene.objects)
    return fixed, len(scene.objects) - fixed, parts


def compile_scene(scene: Scene, physics: PhysicsParameters = LEARNER_PHYSICS) -> SceneModel:
    """Compiles a scene with the robot.

    Args:
        scene: Objects in ``map``; their poses become the model's ``qpos0``.
        physics: Time step and factors on friction, mass and actuation.
    """
    spec = _robot_spec().copy()
    spec.option.timestep = physics.timestep_s
    movable = []
    for index, scene_object in enumerate(scene.objects):
        _add_object(spec, scene_object, physics)
        if not scene_object.fixed:
            movable.append(index)
    model = spec.compile()
    _scale_robot(model, physics)
    body_object = np.full(model.nbody, -1, dtype=np.int64)
    for index, scene_object in enumerate(scene.objects):
        body_object[model.body(_body_name(scene_object)).id] = index
    return SceneModel(model, scene, tuple(movable), body_object[model.geom_bodyid])


def initial_qpos(compiled: SceneModel) -> FloatVector:
    """Returns the state (nq,) of the scene the model was made of."""
    qpos: FloatVector = compiled.model.qpos0.copy()
    qpos[:JOINT_COUNT] = configuration_of(compiled.scene.robot)
    return qpos


def poses_of(compiled: SceneModel, qpos: FloatVector) -> dict[int, Pose]:
    """Returns the poses in ``map`` of the movable objects, by object index."""
    rows = qpos[JOINT_COUNT:].reshape(-1, 7).tolist()
    return {
        index: Pose(position_m=(x, y, z), quaternion_xyzw=_unit((qx, qy, qz, qw)))
        for index, (x, y, z, qw, qx, qy, qz) in zip(compiled.movable, rows, strict=True)
    }


def scene_at(compiled: SceneModel, qpos: FloatVector) -> Scene:
    """Returns the scene with the object poses of a state (nq,).

    The robot is left out (``None``, home): after a skill it drives back to its look pose.
    """
    poses = poses_of(compiled, qpos)
    objects = tuple(
        o.model_copy(update={'pose_map': poses[i]}) if i in poses else o
        for i, o in enumerate(compiled.scene.objects)
    )
    return Scene(objects=objects)


def _body_name(scene_object: SceneObject) -> str:
    """Returns a name that no body of the robot has."""
    return f'object/{scene_object.object_id}'


def _unit(q: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    norm = math.sqrt(sum(v * v for v in q))
    return (q[0] / norm, q[1] / norm, q[2] / norm, q[3] / norm)


@cache
def _robot_spec() -> mujoco.MjSpec:
    """Returns the robot on the floor with the solver settings of reliable grasps."""
    spec = mujoco.MjSpec.from_string(robot_xml())
    option = spec.option
    option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    option.impratio = 3.0
    option.iterations = 30
    option.ls_iterations = 20
    option.enableflags |= mujoco.mjtEnableBit.mjENBL_SLEEP
    spec.memory = _ARENA_BYTES
    contype, conaffinity = _FLOOR_BITS
    spec.worldbody.add_geom(
        name='/floor',
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        size=[10, 10, 0.1],
        contype=contype,
        conaffinity=conaffinity,
    )
    return spec


def _add_object(
    spec: mujoco.MjSpec, scene_object: SceneObject, physics: PhysicsParameters
) -> None:
    x, y, z, w = scene_object.pose_map.quaternion_xyzw
    body = spec.worldbody.add_body(
        name=_body_name(scene_object),
        pos=list(scene_object.pose_map.position_m),
        quat=[w, x, y, z],
    )
    friction = _FURNITURE_FRICTION
    if not scene_object.fixed:
        body.add_freejoint()
        friction = scene_object.friction * physics.friction_scale
    parts = shape_parts(scene_object.shape)
    volumes = [_volume(part) for part in parts]
    mass = scene_object.mass_kg * physics.mass_scale / sum(volumes)
    for k, (part, volume) in enumerate(zip(parts, volumes, strict=True)):
        body.add_geom(
            name=f'{_body_name(scene_object)}/{k}',
            type=_GEOM_TYPE[part.kind],
            pos=list(part.centre_m),
            quat=[math.cos(part.yaw_rad / 2), 0, 0, math.sin(part.yaw_rad / 2)],
            size=_size(part),
            mass=mass * volume,
            contype=_OBJECT_BITS[0],
            conaffinity=_OBJECT_BITS[1],
            condim=4,
            friction=[friction, _TORSIONAL_FRICTION_M, _ROLLING_FRICTION_M],
            solref=list(_SOLREF),
        )


def _size(part: Part) -> list[float]:
    x, y, z = part.half_m
    return [x, z, 0.0] if part.kind == 'cylinder' else [x, y, z]


def _volume(part: Part) -> float:
    x, y, z = part.half_m
    factor = {'box': 8.0, 'cylinder': 2 * math.pi, 'sphere': 4 * math.pi / 3}[part.kind]
    return factor * x * y * z


def _scale_robot(model: mujoco.MjModel, physics: PhysicsParameters) -> None:
    if physics.actuation_scale != 1.0:
        model.actuator_gainprm *= physics.actuation_scale
        model.actuator_biasprm *= physics.actuation_scale
        model.actuator_forcerange *= physics.actuation_scale
    for name in PAD_GEOMS:
        model.geom(name).friction[0] *= physics.friction_scale
