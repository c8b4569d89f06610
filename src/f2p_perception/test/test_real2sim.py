# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Real2Sim on ray-cast views: what stands, lies, leans, and is stacked."""

from __future__ import annotations

import numpy as np
from perception_views import scene_of, SMALL_BOX, standing, TOP_M, watch
import pytest
from scipy.spatial.transform import Rotation

from f2p_core.geometry.parts import dimensions_of
from f2p_core.geometry.shapes import Box, Cup, Cylinder, OpenBox, Shape, Sphere
from f2p_core.pose import Pose, upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_perception.fitting import resting_z
from f2p_perception.tracks import Track, TrackState


def placed(
    object_id: str, shape: Shape, x: float, y: float, rotation: Rotation, support: float = TOP_M
) -> SceneObject:
    """An object in any orientation whose lowest point touches its support."""
    matrix = rotation.as_matrix()
    z = support + float(resting_z(shape.kind, matrix, np.array(dimensions_of(shape))))
    qx, qy, qz, qw = rotation.as_quat().tolist()
    pose = Pose(position_m=(x, y, z), quaternion_xyzw=(qx, qy, qz, qw))
    return SceneObject(object_id=object_id, shape=shape, pose_map=pose)


def tracks_of(scene: Scene, views: int = 2, state: TrackState | None = None) -> dict[str, Track]:
    after, _ = watch(scene, state or TrackState(), labelled=True, views=views)
    return {t.object_id: t for t in after.tracks}


UPRIGHT = Rotation.identity()


@pytest.mark.parametrize(
    ('shape', 'tolerance_m'),
    [
        (Box(size_m=(0.04, 0.05, 0.07)), 0.004),
        (Cylinder(radius_m=0.022, height_m=0.06), 0.003),
        (Sphere(radius_m=0.025), 0.002),
        (Cup(radius_m=0.036, height_m=0.08, wall_m=0.006), 0.004),
        (OpenBox(size_m=(0.34, 0.28, 0.1), wall_m=0.006, handle_height_m=0.12), 0.009),
        (OpenBox(size_m=(0.30, 0.24, 0.09), wall_m=0.006, handle_height_m=0.11), 0.009),
    ],
)
def test_kind_and_size_of_an_object_that_stands_free(shape: Shape, tolerance_m: float) -> None:
    turn = Rotation.from_euler('z', 0.3)
    scene = scene_of(placed('it', shape, 0.8, -0.5, turn if shape.kind != 'cup' else UPRIGHT))
    found = tracks_of(scene)['it'].primitive
    assert found.kind == shape.kind
    expected = np.array(dimensions_of(shape))
    got = found.dimensions
    if shape.kind == 'box' and abs(found.rotation[0, 0]) < 0.8:
        got = got[[1, 0, 2, 3, 4]]
    np.testing.assert_allclose(got, expected, atol=tolerance_m)
    true = scene.object('it').pose_map.position_m
    np.testing.assert_allclose(found.position_m, true, atol=0.004)


def test_a_leaning_box_is_fitted_as_it_leans() -> None:
    lean = Rotation.from_euler('ZY', [0.4, 0.5])
    scene = scene_of(placed('it', Box(size_m=(0.04, 0.045, 0.07)), 0.7, 0.4, lean))
    found = tracks_of(scene)['it'].primitive
    axis = lean.as_matrix()[:, 2]
    assert abs(found.rotation[:, 2] @ axis) > np.cos(0.1)
    np.testing.assert_allclose(
        found.position_m, scene.object('it').pose_map.position_m, atol=0.005
    )


def test_a_known_cylinder_that_fell_over_is_still_that_cylinder() -> None:
    can = Cylinder(radius_m=0.022, height_m=0.07)
    upright = scene_of(placed('it', can, 0.7, 0.5, UPRIGHT))
    state, _ = watch(upright, TrackState(), labelled=True, views=3)
    lying = scene_of(placed('it', can, 0.72, 0.5, Rotation.from_euler('ZY', [0.7, np.pi / 2])))
    found = tracks_of(lying, 1, state)['it'].primitive
    assert found.kind == 'cylinder'
    np.testing.assert_allclose(found.dimensions[:2], [0.022, 0.07], atol=0.004)
    assert abs(found.rotation[2, 2]) < 0.2
    np.testing.assert_allclose(
        found.position_m, lying.object('it').pose_map.position_m, atol=0.006
    )


def test_objects_on_objects_and_in_cups_stand_there() -> None:
    base = standing('base', Box(size_m=(0.05, 0.05, 0.06)), 0.9, 0.5)
    upper = placed('upper', SMALL_BOX, 0.9, 0.5, UPRIGHT, TOP_M + 0.06)
    cup = placed('cup', Cup(radius_m=0.036, height_m=0.08, wall_m=0.006), 0.7, -0.6, UPRIGHT)
    pill = placed('pill', Cylinder(radius_m=0.016, height_m=0.05), 0.703, -0.6, UPRIGHT, 0.706)
    scene = scene_of(base, upper, cup, pill)
    found = tracks_of(scene)
    for name in ('base', 'upper', 'cup', 'pill'):
        true = scene.object(name).pose_map.position_m
        np.testing.assert_allclose(found[name].primitive.position_m, true, atol=0.006)
    assert found['pill'].primitive.kind == 'cylinder'


def test_size_is_remembered_where_a_wall_hides_half_the_object() -> None:
    """Seen whole on the table, then behind the near wall of a container."""
    box = Box(size_m=(0.05, 0.035, 0.05))
    free = scene_of(placed('it', box, 0.7, -0.5, UPRIGHT))
    state, _ = watch(free, TrackState(), labelled=True, views=3)
    container = SceneObject(
        object_id='tray',
        shape=OpenBox(size_m=(0.34, 0.28, 0.1), wall_m=0.006, handle_height_m=0.12),
        pose_map=upright_pose(0.85, 0.5, 0.75, np.pi / 2),
    )
    hidden = scene_of(container, placed('it', box, 0.755, 0.5, UPRIGHT, 0.706))
    found = tracks_of(hidden, 1, state)['it'].primitive
    np.testing.assert_allclose(sorted(found.dimensions[:2]), [0.035, 0.05], atol=0.005)
    assert found.position_m[2] == pytest.approx(0.731, abs=0.003)
