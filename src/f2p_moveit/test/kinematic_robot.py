# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Our robot and a scene as kinematics only: it solves, moves, grips and pushes; no dynamics.

Independent of the package under test: the robot's kinematics come from its MJCF, what is between
the fingers from the objects' shapes.
"""

from __future__ import annotations

import math

import mink
import mujoco
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from f2p_core.geometry.parts import body_half_extents, dimensions_of, shape_parts
from f2p_core.geometry.shapes import Part
from f2p_core.pose import Pose
from f2p_core.scene import Scene
from f2p_sim.robot import ARM, BASE, FINGERS, HOME, JOINT_COUNT, JOINT_NAMES, LIFT, robot_model

Vector = NDArray[np.float64]

_STEPS = 60
_TIP_M = 0.020
_CLOSED_M = 0.002
_FINGER_M = np.array([0.01, 0.01, 0.0])


class KinematicRobot:
    """A robot among objects.

    Attributes:
        q: Joint positions (13,) in the order of the MJCF.
        poses: Poses of all objects in ``map`` (4, 4), by id.
        held: The object between the fingers, and what lies in it, with poses in the tool frame.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.q: Vector = HOME.copy()
        self.poses = {o.object_id: _matrix(o.pose_map) for o in scene.objects}
        self.held: dict[str, Vector] = {}
        self._width_m = 0.0
        self._model = robot_model()
        self._data = mujoco.MjData(self._model)

    def tool(self, q: Vector | None = None) -> Vector:
        """Returns the tool's pose in ``map`` (4, 4)."""
        self._data.qpos[:] = self.q if q is None else q
        mujoco.mj_kinematics(self._model, self._data)
        pose = np.eye(4)
        pose[:3, :3] = self._data.site('tcp').xmat.reshape(3, 3)
        pose[:3, 3] = self._data.site('tcp').xpos
        return pose

    def solve(self, tool: Vector, seed: Vector) -> Vector | None:
        """Returns a configuration with the tool there, the base and the fingers as in the seed."""
        hand = mink.FrameTask('tcp', 'site', position_cost=1.0, orientation_cost=1.0)
        hand.set_target(mink.SE3.from_matrix(tool))
        still = mink.DofFreezingTask(
            self._model, dof_indices=[0, 1, 2, *range(FINGERS.start, JOINT_COUNT)]
        )
        for start in self._starts(tool, seed):
            configuration = mink.Configuration(self._model, q=start)
            for _ in range(_STEPS):
                velocity = mink.solve_ik(
                    configuration, [hand], 1.0, 'daqp', damping=1e-4,
                    limits=[mink.ConfigurationLimit(self._model)], constraints=[still],
                )  # fmt: skip
                configuration.integrate_inplace(velocity, 1.0)
                error = np.abs(hand.compute_error(configuration))
                if error[:3].max() < 1e-4 and error[3:].max() < 1e-3:
                    solved: Vector = configuration.q.copy()
                    return solved
        return None

    def _starts(self, tool: Vector, seed: Vector) -> list[Vector]:
        starts = [seed]
        for lift in (0.1, 0.35):
            for yaw in (0.0, math.pi / 2, -math.pi / 2, math.pi, -math.pi):
                q = HOME.copy()
                q[BASE], q[FINGERS], q[LIFT] = seed[BASE], seed[FINGERS], lift
                q[ARM.stop - 1] = yaw
                starts.append(q)
        return starts

    def line(self, tool: Vector, seed: Vector, steps: int = 25) -> list[Vector] | None:
        """Returns configurations along a straight line of the tool, ``None`` if out of reach."""
        start = self.tool(seed)
        turn = Rotation.from_matrix(start[:3, :3].T @ tool[:3, :3]).as_rotvec()
        rows: list[Vector] = []
        for share in np.linspace(0.0, 1.0, steps + 1)[1:]:
            pose = np.eye(4)
            pose[:3, 3] = start[:3, 3] + share * (tool[:3, 3] - start[:3, 3])
            pose[:3, :3] = start[:3, :3] @ Rotation.from_rotvec(share * turn).as_matrix()
            q = self.solve(pose, rows[-1] if rows else seed)
            if q is None:
                return None
            rows.append(q)
        return rows

    def step(self, q: Vector) -> None:
        """Takes one configuration; the fingers stop at what is between them."""
        before = self.tool()
        closing = bool(q[FINGERS].mean() < self.q[FINGERS].mean() - 1e-9)
        if closing and not self.held:
            self._grip()
        q = q.copy()
        if self.held and q[FINGERS].mean() > self._width_m / 2 + 1e-4:
            self.held = {}
        if self.held:
            q[FINGERS] = np.maximum(q[FINGERS], self._width_m / 2)
        self.q = q
        after = self.tool()
        for object_id, in_tool in self.held.items():
            self.poses[object_id] = after @ in_tool
        if not self.held and self.q[FINGERS].mean() < _CLOSED_M:
            self._push(before, after)

    def _grip(self) -> None:
        """Holds the object a part of which is between the fingers."""
        tool = self.tool()
        for item in self.scene.objects:
            for part in shape_parts(item.shape):
                width = _width_between_fingers(tool, self.poses[item.object_id], part)
                if not item.fixed and width is not None:
                    self._width_m = width
                    carried = (item.object_id, *self._within(item.object_id))
                    self.held = {i: np.linalg.inv(tool) @ self.poses[i] for i in carried}
                    return

    def _within(self, holder: str) -> list[str]:
        shape = self.scene.object(holder).shape
        half = body_half_extents(shape.kind, np.array(dimensions_of(shape)))
        to_holder = np.linalg.inv(self.poses[holder])
        movable = [o.object_id for o in self.scene.objects if not o.fixed]
        return [
            i
            for i in movable
            if i != holder and (np.abs((to_holder @ self.poses[i])[:3, 3]) < half).all()
        ]

    def _push(self, before: Vector, after: Vector) -> None:
        """Shoves what the closed fingers run into."""
        tip = after[:3, 3] - np.array([0.0, 0.0, _TIP_M])
        step = after[:3, 3] - before[:3, 3]
        for item in self.scene.objects:
            pose = self.poses[item.object_id]
            half = body_half_extents(item.shape.kind, np.array(dimensions_of(item.shape)))
            inside = np.abs(pose[:3, :3].T @ (tip - pose[:3, 3])) < half + _FINGER_M
            if not item.fixed and inside.all():
                pose[:2, 3] += step[:2]

    def joints(self) -> dict[str, float]:
        """Returns joint positions by name."""
        return dict(zip(JOINT_NAMES, self.q.tolist(), strict=True))


def _width_between_fingers(tool: Vector, pose: Vector, part: Part) -> float | None:
    """Returns how wide a part of an object is where the tool is; ``None`` if it is elsewhere."""
    c, s = math.cos(part.yaw_rad), math.sin(part.yaw_rad)
    frame = np.eye(4)
    frame[:3, :3] = [[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]
    frame[:3, 3] = part.centre_m
    in_part = np.linalg.inv(pose @ frame) @ tool
    half = np.array(part.half_m)
    if (np.abs(in_part[:3, 3]) > half + 0.001).any():
        return None
    closing = np.abs(in_part[:3, 1])
    if part.kind == 'box' and closing.max() < 0.99:
        return None
    return float(2 * half[int(np.argmax(closing))])


def _matrix(pose: Pose) -> Vector:
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = pose.rotation(), pose.position_m
    return matrix
