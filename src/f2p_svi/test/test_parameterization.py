# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What particles mean as scenes: poses on supports, content in its container, extents in range."""

from __future__ import annotations

import math

import numpy as np
import pytest
from svi_synthetic import observe, symbols, transport_failure
import torch

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.geometry.distance import pair_distance, signed_distance
from f2p_core.geometry.fit import resting_height
from f2p_core.geometry.parts import dimensions_of
from f2p_core.geometry.shapes import Box, Cup, Cylinder, Shape, Shelf, Sphere
from f2p_core.pose import Pose, upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_core.supports import contents
from f2p_svi.config import StateConfig
from f2p_svi.errors import SviError
from f2p_svi.scenes.hypotheses import draw_supports
from f2p_svi.scenes.parameterization import ABSENT, SceneParameterization
from f2p_svi.scenes.parameterization_build import build_parameterization
from f2p_tasks.tabletop import CONTAINER, tables

TOP_M = 0.7


def parameterization_of(scene: Scene, n: int = 4) -> SceneParameterization:
    rng = np.random.default_rng(0)
    observation = observe(scene, rng)
    supports = draw_supports(observation, symbols(scene), n, rng)
    return build_parameterization(observation, supports, StateConfig())


def kitchen() -> Scene:
    """One of every kind: on the table, in a cup, on a shelf's floor, lying on its side."""
    lying = Pose(
        position_m=(0.7, 0.8, TOP_M + 0.02),
        quaternion_xyzw=(math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5)),
    )
    shelf = Shelf(size_m=(0.3, 0.5, 0.4), wall_m=0.015)
    objects = (
        *tables(),
        SceneObject(
            object_id='shelf', shape=shelf, pose_map=upright_pose(0.8, -0.5, TOP_M + 0.2, 0.2),
            fixed=True,
        ),
        SceneObject(
            object_id='cup', shape=Cup(radius_m=0.04, height_m=0.1, wall_m=0.004),
            pose_map=upright_pose(0.6, 0.5, TOP_M + 0.05),
        ),
        SceneObject(
            object_id='pill', shape=Cylinder(radius_m=0.012, height_m=0.05),
            pose_map=upright_pose(0.605, 0.5, TOP_M + 0.004 + 0.025),
        ),
        SceneObject(
            object_id='book', shape=Box(size_m=(0.05, 0.12, 0.15)),
            pose_map=upright_pose(0.8, -0.5, TOP_M + 0.015 + 0.075, 0.3),
        ),
        SceneObject(
            object_id='ball', shape=Sphere(radius_m=0.03),
            pose_map=upright_pose(0.9, 0.5, TOP_M + 0.03),
        ),
        SceneObject(
            object_id='roll', shape=Cylinder(radius_m=0.02, height_m=0.1), pose_map=lying
        ),
    )  # fmt: skip
    return Scene(objects=objects)


@pytest.mark.parametrize('scene', [kitchen(), transport_failure(5, 3).before.scene])
def test_the_zero_particle_is_the_fitted_scene(scene: Scene) -> None:
    parameterization = parameterization_of(scene)
    batch, fitted = (
        parameterization.decode(torch.zeros(4, parameterization.size)),
        stack_scenes([scene]),
    )
    for name in ('position_m', 'rotation', 'dimensions'):
        expected = np.broadcast_to(getattr(fitted, name), getattr(batch, name).shape)
        np.testing.assert_allclose(getattr(batch, name).numpy(), expected, atol=2e-6)


@pytest.mark.parametrize('scene', [kitchen(), transport_failure(3, 1).before.scene])
def test_every_particle_rests_on_its_support(scene: Scene) -> None:
    parameterization = parameterization_of(scene, 6)
    draw = 0.5 * torch.randn(6, parameterization.size, generator=torch.Generator().manual_seed(0))
    for group in parameterization.groups[::2]:
        draw[:, group[:2]] *= 0.1
    batch = parameterization.decode(draw)
    gaps = pair_distance(batch._replace(**{f: getattr(batch, f).double() for f in FIELDS}))
    for m, i in enumerate(parameterization.movable.tolist()):
        for s, support in enumerate(parameterization.support[:, m].tolist()):
            assert abs(float(gaps[s, i, support])) < 2e-3, batch.object_ids[i]


FIELDS = ('position_m', 'rotation', 'dimensions')


def test_content_moves_and_turns_with_its_container() -> None:
    scene = transport_failure(3, 0).before.scene
    parameterization = parameterization_of(scene, 1)
    moved = torch.zeros(1, parameterization.size)
    container = parameterization.movable.tolist().index(scene.index(CONTAINER))
    moved[0, parameterization.xy_column[container, 0]] = 1.0
    moved[0, parameterization.psi_column[container]] = 0.8
    before, after = parameterization.decode(0 * moved), parameterization.decode(moved)
    box = scene.index(CONTAINER)

    def local(batch: SceneBatch, i: int) -> torch.Tensor:
        offset = batch.position_m[0, i] - batch.position_m[0, box]
        turned: torch.Tensor = batch.rotation[0, box].T @ offset
        return turned

    for i in [box, *(scene.index(c) for c in contents(scene, CONTAINER))]:
        torch.testing.assert_close(local(after, i), local(before, i), atol=1e-5, rtol=0)
        assert float((after.position_m - before.position_m)[0, i].norm()) > 0.05


def test_extents_stay_in_their_range_and_furniture_as_it_is() -> None:
    scene = transport_failure(3, 0).before.scene
    parameterization = parameterization_of(scene, 2)
    extremes = torch.tensor([[-1e3], [1e3]]).expand(2, parameterization.size)
    batch, fitted = parameterization.decode(extremes), stack_scenes([scene]).dimensions[0]
    ratio = (batch.dimensions / torch.tensor(fitted).clamp_min(1e-9)).numpy()
    varied = parameterization.extent_column.numpy() != ABSENT
    np.testing.assert_allclose(ratio[0, parameterization.movable][varied], 1 / 1.2, rtol=1e-5)
    np.testing.assert_allclose(ratio[1, parameterization.movable][varied], 1.2, rtol=1e-5)
    np.testing.assert_allclose(batch.dimensions[:, :2].numpy(), [fitted[:2]] * 2, rtol=1e-6)


def test_round_things_that_stand_have_no_yaw_and_symmetric_ones_a_folded_one() -> None:
    parameterization = parameterization_of(kitchen(), 1)
    ids = [parameterization.fitted.object_ids[i] for i in parameterization.movable.tolist()]
    turns = {
        i: c != ABSENT for i, c in zip(ids, parameterization.psi_column.tolist(), strict=True)
    }
    assert turns == {'cup': False, 'pill': False, 'book': True, 'ball': False, 'roll': True}


def test_a_full_turn_of_psi_gives_the_same_body() -> None:
    parameterization = parameterization_of(kitchen(), 2)
    turned = torch.zeros(2, parameterization.size)
    turned[1, parameterization.psi_column[parameterization.psi_column != ABSENT]] = 2 * math.pi
    batch = parameterization.decode(turned)
    points = 0.1 * torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    for i in parameterization.movable.tolist():
        local = (points @ batch.rotation[:, i]).contiguous()
        distance = signed_distance(batch.kinds[i], batch.dimensions[:, i], local)
        torch.testing.assert_close(distance[0], distance[1], atol=1e-5, rtol=0)


def test_a_scene_of_furniture_cannot_be_inferred() -> None:
    with pytest.raises(SviError, match='furniture only'):
        parameterization_of(Scene(objects=tables()))


@pytest.mark.parametrize(
    'item',
    [
        Box(size_m=(0.06, 0.06, 0.065)),
        Box(size_m=(0.05, 0.05, 0.04)),
        Cylinder(radius_m=0.03, height_m=0.05),
        Cup(radius_m=0.038, height_m=0.05, wall_m=0.003),
    ],
    ids=['square', 'small square', 'cylinder', 'cup'],
)
def test_what_stands_on_the_rim_and_what_on_the_floor_follows_the_rule_of_fit(item: Shape) -> None:
    cup = Cup(radius_m=0.04, height_m=0.1, wall_m=0.004)
    height = resting_height(item, cup)
    objects = (
        *tables(),
        SceneObject(object_id='cup', shape=cup, pose_map=upright_pose(0.6, 0.5, TOP_M + 0.05)),
        SceneObject(
            object_id='item', shape=item, pose_map=upright_pose(0.6, 0.5, TOP_M + 0.05 + height)
        ),
    )
    scene = Scene(objects=objects)
    supports = np.full((1, 4), -1)
    supports[:, scene.index('cup')] = scene.index('table_a')
    supports[:, scene.index('item')] = scene.index('cup')
    observation = observe(scene, np.random.default_rng(0))
    parameterization = build_parameterization(observation, supports, StateConfig())
    row = parameterization.movable.tolist().index(scene.index('item'))
    size = torch.tensor(dimensions_of(item), dtype=torch.float32)
    below = float(size[2] if item.kind == 'box' else size[1]) / 2
    surface = (
        parameterization.surface[0, row]
        @ parameterization.fitted.dimensions[0, scene.index('cup')]
    )
    assert surface.item() + below == pytest.approx(height, abs=1e-6)
