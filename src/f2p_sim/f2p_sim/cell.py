# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a skill controller works with: the compiled scene, its geometry at a state, contacts."""

from __future__ import annotations

from collections.abc import Iterable

import mujoco
import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.parts import body_half_extents, dimensions_of
from f2p_core.scene import SceneObject
from f2p_sim.collision import CollisionChecker
from f2p_sim.errors import SkillError
from f2p_sim.robot import FloatVector, JOINT_COUNT, PAD_GEOMS, TCP_SITE
from f2p_sim.scene_model import SceneModel

_CONTENT_ABOVE_RIM_M = 0.05
"""What has its middle up to this far above a rim [m] is content: heaped objects stick out."""


class Cell:
    """One robot among one scene's objects, seen through states ``qpos`` (nq,) handed in.

    Attributes:
        compiled: The scene's model.
        timestep_s: Physics step [s].
        rng: Randomness of the motion planner.
    """

    def __init__(self, compiled: SceneModel, rng: np.random.Generator):
        self.compiled = compiled
        self.rng = rng
        self.timestep_s = float(compiled.model.opt.timestep)
        self._data = mujoco.MjData(compiled.model)
        model = compiled.model
        self._checkers: dict[tuple[int | None, tuple[int, ...]], CollisionChecker] = {}
        self._tcp = model.site(TCP_SITE).id
        self._pads = [model.geom(name).id for name in PAD_GEOMS]
        owners = zip(compiled.geom_object.tolist(), model.geom_bodyid.tolist(), strict=True)
        body_of = dict(owners)
        self._body = [body_of[i] for i in range(len(compiled.scene.objects))]

    def object(self, index: int) -> SceneObject:
        """Returns an object as it was when the scene was made (shape, mass; not its pose)."""
        return self.compiled.scene.objects[index]

    def index(self, object_id: str) -> int:
        """Returns the index of an object.

        Raises:
            SkillError: ``unknown_object`` if the scene has none of that id.
        """
        ids = self.compiled.scene.object_ids
        if object_id not in ids:
            raise SkillError('unknown_object', f'{object_id!r}; the scene has {", ".join(ids)}')
        return ids.index(object_id)

    def name(self, index: int) -> str:
        """Returns an object's id for a message; −1 is the robot or the floor."""
        return self.compiled.scene.object_ids[index] if index >= 0 else 'the floor'

    def look(self, qpos: FloatVector) -> CellGeometry:
        """Returns the geometry at a state."""
        self._data.qpos[:] = qpos
        mujoco.mj_kinematics(self.compiled.model, self._data)
        data = self._data
        half = self.compiled.model.geom_aabb[:, 3:]
        matrix = data.geom_xmat.reshape(-1, 3, 3)
        reach = np.einsum('gij,gj->gi', np.abs(matrix), half)
        low, high = data.geom_xpos - reach, data.geom_xpos + reach
        n = len(self.compiled.scene.objects)
        owner = self.compiled.geom_object
        bounds = np.stack([np.full((n, 3), np.inf), np.full((n, 3), -np.inf)], axis=1)
        known = owner >= 0
        np.minimum.at(bounds[:, 0], owner[known], low[known])
        np.maximum.at(bounds[:, 1], owner[known], high[known])
        poses = np.tile(np.eye(4), (n + 1, 1, 1))
        poses[:n, :3, :3] = data.xmat[self._body].reshape(-1, 3, 3)
        poses[:n, :3, 3] = data.xpos[self._body]
        poses[n, :3, :3] = data.site_xmat[self._tcp].reshape(3, 3)
        poses[n, :3, 3] = data.site_xpos[self._tcp]
        return CellGeometry(qpos.copy(), bounds, poses)

    def extent(self, view: CellGeometry, index: int, direction: NDArray[np.float64]) -> float:
        """Returns how far an object reaches from its origin along a unit vector in ``map`` [m]."""
        shape = self.object(index).shape
        half = body_half_extents(shape.kind, np.array(dimensions_of(shape)))
        return float(np.abs(view.poses[index, :3, :3].T @ direction) @ half)

    def pads_on(self, qpos: FloatVector, index: int) -> tuple[bool, bool]:
        """Returns whether the left and the right pad touch an object."""
        pairs = self.contacts(qpos)
        return (
            any(self._pads[0] == a and b == index for a, b in pairs),
            any(self._pads[1] == a and b == index for a, b in pairs),
        )

    def contacts(self, qpos: FloatVector) -> list[tuple[int, int]]:
        """Returns touching pairs (geom, object index) at a state."""
        self._data.qpos[:] = qpos
        mujoco.mj_fwdPosition(self.compiled.model, self._data)
        contact = self._data.contact
        touching = contact.geom[contact.dist < 0.0]
        owner = self.compiled.geom_object
        return [(int(g), int(owner[h])) for a, b in touching for g, h in ((a, b), (b, a))]

    def depths(self, qpos: FloatVector) -> list[tuple[int, int, float]]:
        """Returns contacts between objects as (index, index, penetration [m])."""
        self._data.qpos[:] = qpos
        mujoco.mj_fwdPosition(self.compiled.model, self._data)
        contact = self._data.contact
        pairs = self.compiled.geom_object[contact.geom]
        return [
            (int(a), int(b), float(-dist))
            for (a, b), dist in zip(pairs, contact.dist, strict=True)
            if a >= 0 and b >= 0
        ]

    def checker(
        self,
        view: CellGeometry,
        held: int | None = None,
        held_in_tcp: FloatVector | None = None,
        ignored: Iterable[int] | None = None,
    ) -> CollisionChecker:
        """Returns collision checks against the objects where they are seen.

        Checks of one kind (same held object, same ignored ones) share their memory: the last
        call's view counts.

        Args:
            view: Geometry now.
            held: The object in the hand, ``None``: nothing.
            held_in_tcp: Its pose in the tcp frame (4, 4).
            ignored: Objects that do not count; ``None``: what lies in the held one.
        """
        if ignored is None:
            ignored = () if held is None else self.content(view, held)
        key = (held, tuple(ignored))
        if key not in self._checkers:
            self._checkers[key] = CollisionChecker(self.compiled, held, key[1])
        checker = self._checkers[key]
        checker.place(view.qpos, held_in_tcp)
        return checker

    def balance(self, view: CellGeometry, holder: int) -> float:
        """Returns x of the centre of mass of an object and its content in its frame [m].

        Masses are those the scene states, as a robot would take them from experience.
        """
        pose = view.poses[holder]
        inside = self.content(view, holder)
        masses = np.array([self.object(i).mass_kg for i in (holder, *inside)])
        x = [0.0, *((view.poses[i, :3, 3] - pose[:3, 3]) @ pose[:3, 0] for i in inside)]
        return float(masses @ np.array(x) / masses.sum())

    def content(self, view: CellGeometry, holder: int) -> list[int]:
        """Returns the objects whose middle lies within or just over another one's body."""
        shape = self.object(holder).shape
        half = body_half_extents(shape.kind, np.array(dimensions_of(shape)))
        pose = view.poses[holder]
        middles = (view.poses[:-1, :3, 3] - pose[:3, 3]) @ pose[:3, :3]
        over = (np.abs(middles) < half + np.array([0.0, 0.0, _CONTENT_ABOVE_RIM_M])).all(axis=1)
        return [i for i in self.compiled.movable if over[i] and i != holder]


class CellGeometry:
    """Geometry at one state.

    Attributes:
        qpos: The state (nq,).
        bounds: Axis-aligned bounds of every object in ``map``, shape (N, 2, 3) [m].
        poses: Object poses in ``map`` (N, 4, 4), then that of the tool centre.
    """

    def __init__(
        self, qpos: FloatVector, bounds: NDArray[np.float64], poses: NDArray[np.float64]
    ):
        self.qpos = qpos
        self.bounds = bounds
        self.poses = poses

    @property
    def robot(self) -> FloatVector:
        """The robot configuration (13,)."""
        robot: FloatVector = self.qpos[:JOINT_COUNT]
        return robot

    @property
    def tcp(self) -> NDArray[np.float64]:
        """Pose of the tool centre in ``map`` (4, 4)."""
        tcp: NDArray[np.float64] = self.poses[-1]
        return tcp

    def yaw(self, index: int) -> float:
        """Yaw of an object in ``map`` [rad]."""
        rotation = self.poses[index]
        return float(np.arctan2(rotation[1, 0], rotation[0, 0]))

    def top_along(
        self, start: NDArray[np.float64], goal: NDArray[np.float64], radius_m: float,
        but: set[int],
    ) -> float:
        """Returns the highest point [m] within a radius of a line seen from above, at least 0."""
        low, high = self.bounds[:, 0, :2], self.bounds[:, 1, :2]
        steps = np.linspace(0.0, 1.0, 12)[:, None, None]
        points = start[None, None, :2] + steps * (goal - start)[None, None, :2]
        gap = np.maximum(np.maximum(low - points, points - high), 0.0)
        near = np.flatnonzero((np.hypot(gap[..., 0], gap[..., 1]) < radius_m).any(axis=0))
        return float(max((self.bounds[i, 1, 2] for i in near if i not in but), default=0.0))
