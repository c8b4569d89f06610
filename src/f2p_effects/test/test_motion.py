# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from f2p_core.errors import InvalidInputError
from f2p_core.geometry.fit import resting_height
from f2p_core.geometry.prisms import Prisms
from f2p_core.geometry.shapes import Box, Cup, Cylinder, OpenBox, Shape, Shelf, Sphere
from f2p_core.pose import upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_core.skill import SkillCall
from f2p_effects.inputs import geometry_of, skill_batch
from f2p_effects.model import geometry_prisms
from f2p_effects.motion import (
    from_frame,
    planned_motion,
    PlannedMotion,
    rigid_displacement,
    to_frame,
)

NAMES = ('pick_place', 'push')


def plan(scene: Scene, call: SkillCall) -> tuple[Prisms, PlannedMotion]:
    prisms = geometry_prisms(geometry_of([scene]))
    return prisms, planned_motion(prisms, NAMES, *skill_batch(scene.object_ids, [call], NAMES))


def test_a_place_ends_at_rest_where_the_parameters_say(transport: Scene) -> None:
    for item, target in (('container', 'table_b'), ('object_1', 'container')):
        call = SkillCall(
            skill='pick_place', object_id=item, target_id=target, parameters=(0.05, -0.07, 0.4)
        )
        _, planned = plan(transport, call)
        acted, goal = transport.object(item), transport.object(target)
        height = resting_height(acted.shape, goal.shape)
        end = goal.pose_map.to_parent(np.array([0.05, -0.07, height]))
        start = np.array(acted.pose_map.position_m)
        assert planned.displacement_m[0].numpy() == pytest.approx(end - start, abs=1e-5)
        if acted.shape.kind != 'cylinder':
            turn = goal.pose_map.yaw_rad + 0.4 - acted.pose_map.yaw_rad
            assert math.remainder(planned.turn_rad.item() - turn, 2 * math.pi) == pytest.approx(
                0.0, abs=1e-5
            )


CONTAINERS: tuple[Shape, ...] = (
    Cup(radius_m=0.04, height_m=0.1, wall_m=0.004),
    OpenBox(size_m=(0.12, 0.09, 0.08), wall_m=0.005, handle_height_m=0.1),
    Shelf(size_m=(0.1, 0.12, 0.2), wall_m=0.01),
    Box(size_m=(0.1, 0.1, 0.1)),
)
ITEMS: tuple[Shape, ...] = (
    Box(size_m=(0.06, 0.06, 0.065)),
    Box(size_m=(0.05, 0.05, 0.04)),
    Box(size_m=(0.03, 0.09, 0.04)),
    Cylinder(radius_m=0.03, height_m=0.05),
    Sphere(radius_m=0.03),
    Cup(radius_m=0.038, height_m=0.05, wall_m=0.003),
    OpenBox(size_m=(0.09, 0.06, 0.05), wall_m=0.004, handle_height_m=0.0),
)


@pytest.mark.parametrize('target', CONTAINERS, ids=lambda shape: shape.kind)
@pytest.mark.parametrize('item', ITEMS, ids=lambda shape: shape.kind)
def test_a_place_ends_as_high_as_the_rule_of_fit_says(item: Shape, target: Shape) -> None:
    objects = (
        SceneObject(object_id='item', shape=item, pose_map=upright_pose(0.0, 0.0, 0.1, 0.4)),
        SceneObject(object_id='target', shape=target, pose_map=upright_pose(1.0, 0.0, 0.5, 1.0)),
    )
    call = SkillCall(
        skill='pick_place', object_id='item', target_id='target', parameters=(0.0, 0.0, 0.0)
    )
    _, planned = plan(Scene(objects=objects), call)
    expected = 0.5 + resting_height(item, target) - 0.1
    assert planned.displacement_m[0, 2].item() == pytest.approx(expected, abs=1e-5)


def test_a_push_goes_straight_in_the_frame_of_the_support(transport: Scene) -> None:
    call = SkillCall(
        skill='push', object_id='object_1', target_id='table_a', parameters=(0.5, 0.1, 0.02)
    )
    _, planned = plan(transport, call)
    expected = [0.1 * math.cos(0.5), 0.1 * math.sin(0.5), 0.0]
    assert planned.displacement_m[0].tolist() == pytest.approx(expected, abs=1e-6)
    assert planned.turn_rad.item() == 0.0
    assert planned.sideways_m.item() == pytest.approx(0.02)
    assert planned.direction[0].tolist() == pytest.approx([math.cos(0.5), math.sin(0.5)])


def test_an_object_put_where_it_is_has_a_direction_without_nan(transport: Scene) -> None:
    container = transport.object('container').pose_map
    table = transport.object('table_a').pose_map
    x, y, _ = table.to_child(np.array(container.position_m)).tolist()
    call = SkillCall(
        skill='pick_place',
        object_id='container',
        target_id='table_a',
        parameters=(x, y, container.yaw_rad),
    )
    _, planned = plan(transport, call)
    assert planned.displacement_m.abs().max() < 1e-5
    assert planned.direction.norm(dim=-1).item() == pytest.approx(1.0)


def test_rigid_motion_is_that_of_a_pose() -> None:
    start, end = upright_pose(0.1, 0.2, 0.3, 0.4), upright_pose(0.9, -0.5, 0.35, 1.7)
    points = np.random.default_rng(0).normal(size=(5, 3))
    expected = end.to_parent(start.to_child(points)) - points
    moved = rigid_displacement(
        torch.tensor(points - np.array(start.position_m)),
        torch.tensor(np.array(end.position_m) - np.array(start.position_m)),
        torch.tensor(1.3, dtype=torch.float64),
    )
    assert moved.numpy() == pytest.approx(expected, abs=1e-9)


def test_frames_are_inverse_and_keep_lengths() -> None:
    vector = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    direction = torch.tensor([0.6, 0.8])
    there = to_frame(vector, direction)
    assert torch.allclose(from_frame(there, direction), vector, atol=1e-6)
    assert torch.allclose(there.norm(dim=-1), vector.norm(dim=-1), atol=1e-6)
    assert to_frame(torch.tensor([0.6, 0.8, 1.0]), direction).tolist() == pytest.approx([1, 0, 1])


def test_a_skill_that_is_not_known_is_named(transport: Scene) -> None:
    prisms = geometry_prisms(geometry_of([transport]))
    call = SkillCall(
        skill='push', object_id='object_1', target_id='table_a', parameters=(0.5, 0.1, 0.0)
    )
    with pytest.raises(InvalidInputError, match="unknown skill 'juggle'"):
        planned_motion(prisms, ('juggle',), *skill_batch(transport.object_ids, [call], NAMES))
