# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Surface distances held against those of an independent library, MuJoCo's."""

from __future__ import annotations

from itertools import combinations_with_replacement
import math

import mujoco
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from f2p_core.batch import stack_scenes
from f2p_core.geometry.distance import pair_distance
from f2p_core.geometry.parts import shape_from_dimensions, shape_parts
from f2p_core.geometry.shapes import SHAPES
from f2p_core.pose import Pose
from f2p_core.scene import Scene, SceneObject

_PER_KINDS = 43
"""Pairs of each two kinds; of seven kinds 1,204 in all, as they stand and turned anyhow."""

_LARGEST_ERROR_M = 1.1e-3
"""What ``pair_distance`` promises of objects that are apart: about a millimetre [m]."""

_FAR_M = 5.0
"""Largest distance MuJoCo looks for [m]; all pairs are nearer."""

_GEOMS = {
    'box': mujoco.mjtGeom.mjGEOM_BOX,
    'cylinder': mujoco.mjtGeom.mjGEOM_CYLINDER,
    'sphere': mujoco.mjtGeom.mjGEOM_SPHERE,
}


def _random_object(
    name: str, kind: str, rng: np.random.Generator, *, large_stand: bool
) -> SceneObject:
    record = SHAPES[kind]
    dimensions = np.array(record.usual_m) * rng.uniform(0.7, 1.4, len(record.usual_m))
    x, y, z = rng.uniform(-0.35, 0.35, 3).tolist()
    turn = Rotation.random(random_state=rng)
    if large_stand and (record.hollow or record.board_m is not None):
        turn = Rotation.from_rotvec([0.0, 0.0, rng.uniform(-np.pi, np.pi)])
    qx, qy, qz, qw = turn.as_quat().tolist()
    return SceneObject(
        object_id=name,
        shape=shape_from_dimensions(kind, dimensions.tolist()),
        pose_map=Pose(position_m=(x, y, z + 2.0), quaternion_xyzw=(qx, qy, qz, qw)),
    )


def _random_pairs(*, large_stand: bool) -> list[Scene]:
    rng = np.random.default_rng(11)
    return [
        Scene(
            objects=(
                _random_object('a', one, rng, large_stand=large_stand),
                _random_object('b', other, rng, large_stand=large_stand),
            )
        )
        for one, other in combinations_with_replacement(SHAPES.names, 2)
        for _ in range(_PER_KINDS)
    ]


def _mujoco_distance(scene: Scene) -> float:
    """Smallest distance between a part of one object and a part of the other [m]."""
    spec = mujoco.MjSpec()
    for item in scene.objects:
        x, y, z, w = item.pose_map.quaternion_xyzw
        body = spec.worldbody.add_body(
            name=item.object_id, pos=list(item.pose_map.position_m), quat=[w, x, y, z]
        )
        for part in shape_parts(item.shape):
            half = part.half_m
            body.add_geom(
                type=_GEOMS[part.kind],
                pos=list(part.centre_m),
                quat=[math.cos(part.yaw_rad / 2), 0, 0, math.sin(part.yaw_rad / 2)],
                size=[half[0], half[2], 0.0] if part.kind == 'cylinder' else list(half),
            )
    model = spec.compile()
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    of_body = [np.flatnonzero(model.geom_bodyid == body) for body in (1, 2)]
    return min(
        float(mujoco.mj_geomDistance(model, data, a, b, _FAR_M, None))
        for a in of_body[0].tolist()
        for b in of_body[1].tolist()
    )


@pytest.mark.parametrize('large_stand', [True, False])
def test_distances_are_those_of_an_independent_library(large_stand: bool) -> None:
    scenes = _random_pairs(large_stand=large_stand)
    expected = np.array([_mujoco_distance(scene) for scene in scenes])
    found = np.concatenate(
        [
            pair_distance(stack_scenes(scenes[i : i + _PER_KINDS]))[:, 0, 1]
            for i in range(0, len(scenes), _PER_KINDS)
        ]
    )
    apart = expected > 0.0
    assert len(scenes) >= 1000
    assert apart.sum() >= 600
    error = found - expected
    assert error[apart].min() > -1e-4  # no place is nearer than the nearest
    assert np.median(np.abs(error[apart])) < 1e-6
    assert error[apart].max() < _LARGEST_ERROR_M
    deep = expected < -1e-3
    assert deep.sum() >= 100
    assert (found[deep] < 0.0).mean() > 0.97
