# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Collision checks of robot configurations against a scene at rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import copy
from itertools import pairwise

import mujoco
import numpy as np

from f2p_sim.robot import FloatVector, JOINT_COUNT, TCP_SITE
from f2p_sim.scene_model import SceneModel
from f2p_sim.trajectory import Trajectory

_MARGIN_M = 0.002
"""Distance below which bodies count as touching [m]: the servos follow a path that closely."""

_PATH_STEP = np.array([0.025, 0.025, 0.04, 0.025, *[0.04] * 6, 0.3, 0.02, 0.02])
"""Largest move of each joint between two checks along a path [m, rad]: a fingertip is 22 mm and
a handle bar 16 mm wide."""




class CollisionChecker:
    """Tells whether a robot configuration touches anything it should not.

    The robot, and the object it holds, are checked against everything else; contacts among
    objects at rest do not count.
    """

    def __init__(
        self, compiled: SceneModel, held: int | None = None, ignored: Iterable[int] = ()
    ):
        """Prepares checks in a scene; ``place`` says where its objects are.

        Args:
            compiled: The scene.
            held: Index of the object in the hand, ``None``: nothing.
            ignored: Indices of objects that do not count, like the content of a held container.
        """
        self._model = copy.copy(compiled.model)
        self._data = mujoco.MjData(self._model)
        self._tcp = self._model.site(TCP_SITE).id
        self._held_in_tcp: FloatVector | None = None
        self._held_address = 0 if held is None else compiled.address(held)
        owner = compiled.geom_object
        robot = self._model.geom_contype == 2
        moves = robot if held is None else robot | (owner == held)
        skipped = np.isin(owner, list(ignored)) | (self._model.geom_type == 0)
        self._model.geom_contype[:] = np.where(moves & ~skipped, 1, 0)
        self._model.geom_conaffinity[:] = np.where(~moves & ~skipped, 1, 0)
        self._model.geom_margin[:] = _MARGIN_M / 2
        self._owner = owner

    def place(self, qpos: FloatVector, held_in_tcp: FloatVector | None = None) -> None:
        """Puts the objects where they are in a state.

        Args:
            qpos: State (nq,).
            held_in_tcp: Pose of the held object in the tcp frame (4, 4).
        """
        self._data.qpos[:] = qpos
        self._held_in_tcp = held_in_tcp

    def obstacle(self, configuration: FloatVector) -> int | None:
        """Returns the index of an object that is touched, ``None`` when nothing is."""
        data = self._data
        data.qpos[:JOINT_COUNT] = configuration
        mujoco.mj_kinematics(self._model, data)
        if self._held_in_tcp is not None:
            self._attach(self._held_in_tcp)
            mujoco.mj_kinematics(self._model, data)
        mujoco.mj_collision(self._model, data)
        if data.ncon == 0:
            return None
        geoms = data.contact.geom[0]
        static = geoms[self._model.geom_conaffinity[geoms] == 1]
        return int(self._owner[static[0]])

    def free(self, configuration: FloatVector) -> bool:
        """Returns whether nothing is touched."""
        return self.obstacle(configuration) is None

    def path_obstacle(self, waypoints: Sequence[FloatVector]) -> int | None:
        """Returns the index of an object touched on the straight legs between waypoints."""
        for a, b in pairwise(waypoints):
            steps = max(int(np.ceil((np.abs(b - a) / _PATH_STEP).max())), 1)
            for k in range(1, steps + 1):
                touched = self.obstacle(a + (b - a) * (k / steps))
                if touched is not None:
                    return touched
        return None

    def rows_free(self, rows: Trajectory) -> bool:
        """Returns whether a trajectory (T, 13) touches nothing."""
        moved = (np.abs(np.diff(rows, axis=0)) / _PATH_STEP).max(axis=1)
        _, looks = np.unique(np.cumsum(moved).astype(np.int64), return_index=True)
        return all(self.obstacle(row) is None for row in rows[1:][looks])

    def _attach(self, held_in_tcp: FloatVector) -> None:
        """Puts the held object where the hand is."""
        data, address = self._data, self._held_address
        tcp = np.eye(4)
        tcp[:3, :3] = data.site_xmat[self._tcp].reshape(3, 3)
        tcp[:3, 3] = data.site_xpos[self._tcp]
        pose = tcp @ held_in_tcp
        data.qpos[address : address + 3] = pose[:3, 3]
        mujoco.mju_mat2Quat(data.qpos[address + 3 : address + 7], pose[:3, :3].ravel())
