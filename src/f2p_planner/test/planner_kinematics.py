# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A small exact world of moving things, with and without content riding along.

Placed objects land where the parameters say; pushed ones slide. The same rule serves as effect
model (with 4 mm of doubt), as simulator and as world.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from planner_scenes import HOME, observation, QUICK_RELATIONS, relations_of, still
import torch

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.control import Control, UNCONTROLLED
from f2p_core.geometry.parts import body_half_extents
from f2p_core.pose import upright_pose
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall, SKILLS
from f2p_effects.config import ModelConfig
from f2p_effects.protocol import EffectPrediction, ModelState, SkillBatch
from f2p_planner.calls import stack_calls
from f2p_planner.environment import MotionResult, Percept
from f2p_planner.object_table import (
    object_table_of,
    ObjectTable,
    Poses,
    poses_of,
    root_furniture,
    states_of,
    yaw_of,
)
from f2p_planner.replay_scenes import jittered_scenes
from f2p_sim.protocol import Rollout

DOUBT_M = 0.004
SMALL_MODEL = ModelConfig(members=2, width=8, heads=2, hidden=8, cloud_width=8, cloud_latent=4)
"""Sizes of an effect model that knows nothing and is quick."""


class Moved(NamedTuple):
    position_m: np.ndarray
    yaw_rad: np.ndarray


def move(objects: ObjectTable, poses: Poses, action: tuple[np.ndarray, ...], rides: bool) -> Moved:
    """Displacement (S, N, 3) and turn (S, N) of every object."""
    skill, acted, target, parameters = action
    every = np.arange(len(skill))
    yaw = yaw_of(poses.rotation)
    x, y, third = parameters.T
    pushed = skill == SKILLS.names.index('push')
    cos, sin = np.cos(yaw[every, target]), np.sin(yaw[every, target])
    height = _surface_m(objects)[target] + objects.half_m[acted, 2]
    local = np.stack([cos * x - sin * y, sin * x + cos * y, height], axis=1)
    placed = poses.position_m[every, target] + local - poses.position_m[every, acted]
    along = yaw[every, target] + x
    slid = np.stack([np.cos(along) * y, np.sin(along) * y, np.zeros_like(y)], axis=1)
    shift = np.where(pushed[:, None], slid, placed)
    turn = np.where(pushed, 0.0, yaw[every, target] + third - yaw[every, acted])
    goes = np.arange(len(objects.object_ids)) == acted[:, None]
    if rides:
        goes = goes | states_of(poses, objects).on_object[every, :, acted]
    arm = poses.position_m - poses.position_m[every, acted][:, None]
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    turned = np.stack(
        [
            cos * arm[..., 0] - sin * arm[..., 1],
            sin * arm[..., 0] + cos * arm[..., 1],
            arm[..., 2],
        ],
        axis=-1,
    )
    displacement = np.where(goes[..., None], shift[:, None] + turned - arm, 0.0)
    _fall(objects, poses, displacement)
    return Moved(displacement, np.where(goes, turn[:, None], 0.0))


def _fall(objects: ObjectTable, poses: Poses, displacement: np.ndarray) -> None:
    """Lets what is over no furniture fall to the floor."""
    end = Poses(poses.position_m + displacement, poses.rotation)
    off = (root_furniture(states_of(end, objects), objects) < 0) & ~objects.fixed
    floor = objects.half_m[:, 2] - poses.position_m[..., 2]
    displacement[..., 2] = np.where(off, floor, displacement[..., 2])


def turned(rotation: np.ndarray, yaw_rad: np.ndarray) -> np.ndarray:
    cos, sin, zero = np.cos(yaw_rad), np.sin(yaw_rad), np.zeros_like(yaw_rad)
    one = zero + 1.0
    about_z = np.stack([cos, -sin, zero, sin, cos, zero, zero, zero, one], axis=-1)
    both: np.ndarray = about_z.reshape(*yaw_rad.shape, 3, 3) @ rotation
    return both


def _shapes_of(objects: ObjectTable, geometry: SceneBatch) -> ObjectTable:
    """The objects with the sizes of a state: one model serves scenes of several kinds."""
    size = geometry.dimensions[0].double().numpy()
    half = np.stack([body_half_extents(k, d) for k, d in zip(geometry.kinds, size, strict=True)])
    hollow = np.array([kind == 'open_box' for kind in geometry.kinds])
    return objects._replace(kinds=geometry.kinds, half_m=half, hollow=hollow, dimensions=size)


def _surface_m(objects: ObjectTable) -> NDArray[np.float64]:
    """Height of what others stand on (top, or the floor of an open box) over the frame, (N,)."""
    half = objects.half_m[:, 2]
    return np.where(objects.hollow, objects.dimensions[:, 3] - half, half)


class KinematicModel:
    """Effect model that is exact but for whether content rides along (``rides``)."""

    kind = 'kinematic'
    relation_names = QUICK_RELATIONS
    skill_names = SKILLS.names
    version = 1
    device = torch.device('cpu')

    def __init__(self, scene: Scene, *, rides: bool, feasible: float = 0.98) -> None:
        self._objects, self._rides, self._feasible = object_table_of(scene), rides, feasible
        self.digest = f'kinematic-{rides}'

    def predict(self, state: ModelState, action: SkillBatch) -> EffectPrediction:
        poses = Poses(*(a.double().numpy() for a in state.geometry[3:5]))
        moved = move(
            _shapes_of(self._objects, state.geometry),
            poses,
            (
                action.skill.numpy(),
                action.object_index.numpy(),
                action.target_index.numpy(),
                action.parameters.double().numpy(),
            ),
            self._rides,
        )
        after = SceneBatch(
            state.geometry.object_ids,
            state.geometry.kinds,
            state.geometry.fixed,
            poses.position_m + moved.position_m,
            turned(poses.rotation, moved.yaw_rad),
            state.geometry.dimensions.double().numpy(),
        )
        doubt = torch.from_numpy(relation_margins(after, QUICK_RELATIONS)) / DOUBT_M
        probability = torch.special.ndtr(doubt).clamp(0.002, 0.998).float()
        count, n = moved.yaw_rad.shape
        return EffectPrediction(
            torch.from_numpy(moved.position_m).float()[None],
            torch.from_numpy(moved.yaw_rad).float()[None],
            torch.full((1, count, n, 4), DOUBT_M),
            probability[None],
            torch.full((1, count), self._feasible),
        )

    def advance(self, state: ModelState, prediction: EffectPrediction) -> ModelState:
        geometry = state.geometry
        yaw = prediction.delta_yaw_rad.mean(dim=0).double().numpy()
        rotation = turned(geometry.rotation.double().numpy(), yaw)
        return ModelState(
            geometry._replace(
                position_m=geometry.position_m + prediction.delta_position_m.mean(dim=0),
                rotation=torch.from_numpy(rotation).float(),
            ),
            state.clouds_object,
        )


def after(
    scene: Scene,
    call: SkillCall,
    *,
    rides: bool = True,
    noise: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Scene:
    objects, poses = object_table_of(scene), poses_of(scene)
    moved = move(objects, poses, tuple(stack_calls(objects, [call])), rides)
    position = (poses.position_m + moved.position_m)[0]
    yaw = (yaw_of(poses.rotation) + moved.yaw_rad)[0]
    if rng is not None:
        position = position + noise * rng.standard_normal(position.shape)
    items = tuple(
        o if o.fixed else o.model_copy(update={'pose_map': upright_pose(p[0], p[1], p[2], w)})
        for o, p, w in zip(scene.objects, position.tolist(), yaw.tolist(), strict=True)
    )
    return scene.model_copy(update={'objects': items})


class KinematicSimulator:
    """Simulator whose contents ride along or not."""

    def __init__(
        self,
        *,
        rides: bool = True,
        noise_m: float = 0.0,
        relation_names: tuple[str, ...] = RELATION_NAMES,
    ) -> None:
        self._rides, self._noise_m = rides, noise_m
        self._relation_names = relation_names

    def simulate(
        self,
        scenes: Sequence[Scene],
        calls: Sequence[SkillCall],
        *,
        seed: int,
        first_index: int = 0,
        control: Control = UNCONTROLLED,
    ) -> tuple[Rollout, ...]:
        rng = np.random.default_rng(seed)
        ends = [
            after(scene, call, rides=self._rides, noise=self._noise_m, rng=rng)
            for scene, call in zip(scenes, calls, strict=True)
        ]
        groups: dict[object, list[int]] = {}
        for i, end in enumerate(ends):
            kinds = tuple(o.shape.kind for o in end.objects)
            groups.setdefault((end.object_ids, kinds), []).append(i)
        margins: dict[int, NDArray[np.float64]] = {}
        for rows in groups.values():
            together = relation_margins(
                stack_scenes([ends[i] for i in rows]), self._relation_names
            )
            margins.update(zip(rows, together, strict=True))
        return tuple(
            Rollout(
                end_scene=end,
                contacts=(),
                relation_names=self._relation_names,
                margins=margins[i],
                motion_succeeded=True,
                reason='',
                duration_s=1.0,
            )
            for i, end in enumerate(ends)
        )

    def settle(self, scenes: Sequence[Scene], *, duration_s: float = 0.5) -> tuple[Scene, ...]:
        return tuple(scenes)


class KinematicWorld:
    """A robot whose content rides along, seen with noise; unseen objects are given by name."""

    def __init__(
        self, scene: Scene, *, rides: bool = True, noise_m: float = 0.002, seed: int = 0
    ) -> None:
        self.scene, self._rides, self._noise_m = scene, rides, noise_m
        self._rng = np.random.default_rng(seed)
        self._stamp_ns = 0
        self.broken = 0
        self.blocks: Callable[[Scene, SkillCall], bool] = lambda scene, call: False
        self.unseen: tuple[str, ...] = ()

    def execute(self, call: SkillCall) -> MotionResult:
        succeeded = self.broken == 0 and not self.blocks(self.scene, call)
        self.broken = max(self.broken - 1, 0)
        if succeeded:
            self.scene = after(self.scene, call, rides=self._rides)
        return MotionResult(
            succeeded=succeeded,
            reason='' if succeeded else 'grasp_missed: no contact',
            robot_before=HOME,
            commanded=still(),
            achieved=still(),
        )

    def observe(self) -> Percept:
        self._stamp_ns += 100_000_000
        seen = jittered_scenes(
            self.scene,
            1,
            self._rng,
            position_std_m=self._noise_m,
            yaw_std_rad=0.0,
            physics_std=0.0,
        )[0]
        relations = relations_of(seen)
        hidden = np.isin(np.array(seen.object_ids), self.unseen)
        observed = ~(hidden[:, None] | hidden[None, :]) & relations.observed
        return Percept(
            observation(seen, self._stamp_ns), relations.model_copy(update={'observed': observed})
        )
