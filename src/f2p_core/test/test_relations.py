# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable
import math

from core_batches import as_torch, RandomBatch, scene_of, Triple
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest
import torch

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.errors import InvalidInputError
from f2p_core.geometry.distance import pair_distance, surface_points
from f2p_core.geometry.pairs import PairGeometry
from f2p_core.geometry.shapes import Box, Cylinder, OpenBox, Table
from f2p_core.pose import Pose, upright_pose
from f2p_core.relations import (
    CONTACT_DISTANCE_M,
    hold,
    relation_margins,
    RELATION_NAMES,
    SELF_MARGIN_M,
    soft_relations,
)
from f2p_core.scene import Scene

LEFT, RIGHT, FRONT, BEHIND, BELOW, ABOVE, CONTACT, BOUNDARY, INSIDE = range(9)


def test_names_say_which_way_the_axes_run() -> None:
    box = Box(size_m=(0.1, 0.1, 0.1))
    holds = hold(
        relation_margins(
            scene_of(
                (box, upright_pose(0, 0, 0.5)),
                (box, upright_pose(-0.3, 0, 0.5)),
                (box, upright_pose(0, -0.3, 0.5)),
                (box, upright_pose(0, 0, 0.2)),
            )
        )
    )[0]
    assert np.flatnonzero(holds[:6, 1, 0]).tolist() == [LEFT]
    assert np.flatnonzero(holds[:6, 2, 0]).tolist() == [FRONT]
    assert np.flatnonzero(holds[:6, 3, 0]).tolist() == [BELOW]
    assert np.flatnonzero(holds[:6, 0, 1]).tolist() == [RIGHT]
    assert np.flatnonzero(holds[:6, 0, 2]).tolist() == [BEHIND]
    assert np.flatnonzero(holds[:6, 0, 3]).tolist() == [ABOVE]


@pytest.mark.parametrize('rotations', ['none', 'yaw', 'any'])
def test_opposites_mirror_and_exclude_each_other(
    rotations: str, random_batch: RandomBatch
) -> None:
    kinds = ('box', 'cylinder', 'sphere', 'cup', 'open_box', 'table')
    margins = relation_margins(random_batch(kinds, 50, seed=2, rotations=rotations))
    for negative, positive in ((LEFT, RIGHT), (FRONT, BEHIND), (BELOW, ABOVE)):
        assert (margins[:, negative] == np.swapaxes(margins[:, positive], 1, 2)).all()
        assert not (hold(margins[:, negative]) & hold(margins[:, positive])).any()
    assert (margins[:, CONTACT] == np.swapaxes(margins[:, CONTACT], 1, 2)).all()
    assert not (hold(margins[:, INSIDE]) & np.swapaxes(hold(margins[:, INSIDE]), 1, 2)).any()
    assert not (hold(margins[:, BOUNDARY]) & ~hold(margins[:, ABOVE])).any()
    assert (np.diagonal(margins, axis1=2, axis2=3) == SELF_MARGIN_M).all()


LENGTHS = st.floats(-0.3, 0.3).map(lambda v: round(v, 4))


@given(
    seed=st.integers(0, 10**6),
    shift=st.tuples(LENGTHS, LENGTHS, LENGTHS),
    step=st.tuples(LENGTHS, LENGTHS, LENGTHS),
)
def test_margins_are_lengths_an_object_can_move(
    axis_aligned_boxes: Callable[[int, int], SceneBatch], seed: int, shift: Triple, step: Triple
) -> None:
    batch = axis_aligned_boxes(4, seed)
    names = [name for name in RELATION_NAMES if name != 'contact']
    margins = relation_margins(batch, names)
    moved_all = batch._replace(position_m=batch.position_m + np.array(shift))
    assert np.allclose(relation_margins(moved_all, names), margins, atol=1e-12)
    moved_one = batch._replace(position_m=batch.position_m + np.array([step, [0.0] * 3]))
    change = np.abs(relation_margins(moved_one, names) - margins)
    assert change.max() <= np.linalg.norm(step) + 1e-12


@given(seed=st.integers(0, 10**6), order=st.permutations(range(4)))
def test_order_of_the_objects_does_not_matter(seed: int, order: list[int]) -> None:
    rng = np.random.default_rng(seed)
    kinds = ('box', 'cylinder', 'sphere', 'open_box')
    dimensions = rng.uniform(0.03, 0.2, (1, 4, 5))
    dimensions[..., 3] = 0.005
    position, rotation = rng.uniform(-0.2, 0.2, (1, 4, 3)), np.tile(np.eye(3), (1, 4, 1, 1))
    batch = SceneBatch(tuple('abcd'), kinds, (False,) * 4, position, rotation, dimensions)
    permuted = SceneBatch(
        tuple(batch.object_ids[i] for i in order),
        tuple(kinds[i] for i in order),
        batch.fixed,
        *(array[:, order] for array in batch[3:]),
    )
    margins = relation_margins(batch)[:, :, order][:, :, :, order]
    assert np.allclose(relation_margins(permuted), margins, atol=1e-12)


def test_contact_is_the_distance_below_its_threshold(random_batch: RandomBatch) -> None:
    batch = random_batch(('box', 'cup', 'sphere'), 30, seed=3)
    margins = relation_margins(batch, ['contact'])[:, 0]
    off_diagonal = ~np.eye(3, dtype=bool)
    expected = CONTACT_DISTANCE_M - pair_distance(batch)
    assert np.array_equal(margins[:, off_diagonal], expected[:, off_diagonal])


def test_standing_cylinder_does_not_grow_when_it_turns() -> None:
    shape = Cylinder(radius_m=0.03, height_m=0.1)
    for yaw in (0.0, 0.4, np.pi / 4):
        half = PairGeometry(scene_of((shape, upright_pose(0, 0, 0, yaw)))).half_extents_m
        assert np.allclose(half, [0.03, 0.03, 0.05])
    lying = Pose(position_m=(0, 0, 0), quaternion_xyzw=(math.sqrt(0.5), 0, 0, math.sqrt(0.5)))
    half = PairGeometry(scene_of((shape, lying))).half_extents_m
    assert np.allclose(half, [0.03, 0.05, 0.03])


def test_extents_bound_the_shape_tightly(random_batch: RandomBatch) -> None:
    kinds = ('box', 'cylinder', 'sphere', 'shelf')
    batch = random_batch(kinds, 20, seed=4)
    half = PairGeometry(batch).half_extents_m
    for i, kind in enumerate(kinds):
        points = surface_points(kind, batch.dimensions[:, i], 350)
        turned = points @ np.swapaxes(batch.rotation[:, i], -1, -2)
        reach = np.abs(turned).max(axis=1)
        assert (reach <= half[:, i] + 1e-9).all()
        assert (reach >= 0.97 * half[:, i]).all()


def test_inside_follows_a_turned_container() -> None:
    container = OpenBox(size_m=(0.34, 0.14, 0.1), wall_m=0.006, handle_height_m=0.12)
    content = Box(size_m=(0.04, 0.04, 0.05))
    margins = []
    for yaw in (0.0, 0.7, 2.0, -1.2):
        pose = upright_pose(0.4, -0.2, 0.75, yaw)
        within = pose.to_parent(np.array([0.1, 0.03, -0.019]))
        beside = pose.to_parent(np.array([0.1, 0.1, -0.019]))
        batch = scene_of(
            (container, pose),
            (content, upright_pose(within[0], within[1], within[2], yaw)),
            (content, upright_pose(beside[0], beside[1], beside[2], yaw)),
        )
        margins.append(relation_margins(batch, ['inside'])[0, 0, 1:, 0])
    assert np.allclose(margins, margins[0])
    assert margins[0][0] > 0.01
    assert margins[0][1] < -0.01


def test_content_stands_in_its_container_and_above_only_the_right_table() -> None:
    table = Table(size_m=(0.6, 0.8, 0.7))
    container = OpenBox(size_m=(0.34, 0.28, 0.1), wall_m=0.006, handle_height_m=0.12)
    content = Cylinder(radius_m=0.02, height_m=0.06)
    batch = scene_of(
        (table, upright_pose(0.8, 0.55, 0.35)),
        (table, upright_pose(0.8, -0.55, 0.35)),
        (container, upright_pose(0.8, 0.45, 0.75)),
        (content, upright_pose(0.85, 0.4, 0.736)),
    )
    holds = hold(relation_margins(batch))[0]
    assert holds[INSIDE, 3, 2]
    assert holds[CONTACT, 3, 2]
    assert not holds[ABOVE, 3, 2]
    assert not holds[CONTACT, 3, 0]
    assert holds[CONTACT, 2, 0]
    for item in (2, 3):
        assert holds[ABOVE, item, 0]
        assert not holds[ABOVE, item, 1]
    margins = relation_margins(batch, ['above'])[0, 0]
    assert np.abs(margins[2:, :2]).min() > 0.01, 'clear of any hysteresis'


def test_soft_relations_agree_with_hard_ones_in_sign(random_batch: RandomBatch) -> None:
    margins = relation_margins(random_batch(('box', 'cup', 'table', 'sphere'), 60, seed=5))
    soft = soft_relations(margins)
    assert ((soft >= 0.5) == hold(margins)).all()
    assert ((soft >= 0) & (soft <= 1)).all()
    assert soft_relations(np.array([0.01]))[0] == pytest.approx(1 / (1 + math.exp(-1)))
    assert soft_relations(np.array([-50.0, 50.0])).tolist() == [0.0, 1.0]
    assert soft_relations(np.array([0.02]), temperature_m=0.02)[0] == pytest.approx(
        0.731, abs=1e-3
    )


def test_torch_and_numpy_agree(random_batch: RandomBatch) -> None:
    batch = random_batch(('box', 'cylinder', 'sphere', 'cup', 'open_box', 'shelf'), 20, seed=6)
    found = relation_margins(as_torch(batch))
    assert torch.allclose(found, torch.tensor(relation_margins(batch)), atol=1e-12)
    assert torch.allclose(soft_relations(found), torch.tensor(soft_relations(found.numpy())))


def test_gradients_equal_finite_differences(random_batch: RandomBatch) -> None:
    batch = as_torch(random_batch(('box', 'cylinder', 'open_box'), 4, seed=7, rotations='yaw'))
    names = [name for name in RELATION_NAMES if name != 'contact']

    def margins(position: torch.Tensor, rotation: torch.Tensor) -> torch.Tensor:
        moved = batch._replace(position_m=position, rotation=rotation)
        found: torch.Tensor = relation_margins(moved, names)
        return found

    arrays = [batch.position_m.requires_grad_(), batch.rotation.requires_grad_()]
    assert torch.autograd.gradcheck(margins, arrays, eps=1e-7, atol=1e-5, fast_mode=True)


def test_gradients_are_finite_for_upright_objects_at_rest() -> None:
    table, cup = Table(size_m=(0.6, 0.8, 0.7)), Cylinder(radius_m=0.03, height_m=0.1)
    batch = as_torch(scene_of((table, upright_pose(0, 0, 0.35)), (cup, upright_pose(0, 0, 0.75))))
    arrays = [a.requires_grad_() for a in batch[3:]]
    soft_relations(relation_margins(batch._replace(position_m=arrays[0]))).sum().backward()
    assert all(torch.isfinite(a.grad).all() for a in arrays if a.grad is not None)


def test_only_the_asked_names_in_their_order(random_batch: RandomBatch) -> None:
    batch = random_batch(('box', 'sphere'), 3, seed=8)
    every = relation_margins(batch)
    some = relation_margins(batch, ['inside', 'left'])
    assert np.array_equal(some, every[:, [INSIDE, LEFT]])


def test_scene_without_objects_has_no_relations() -> None:
    assert relation_margins(stack_scenes([Scene(objects=())])).shape == (1, 9, 0, 0)


def test_unknown_relation_is_named() -> None:
    with pytest.raises(InvalidInputError, match="unknown relation 'inisde'; known: left"):
        relation_margins(
            scene_of((Box(size_m=(0.1, 0.1, 0.1)), upright_pose(0, 0, 0))), ['inisde']
        )


def test_nothing_leaves_the_device_of_the_arrays(random_batch: RandomBatch) -> None:
    kinds = ('box', 'cylinder', 'sphere', 'cup', 'open_box', 'shelf', 'table')
    batch = as_torch(random_batch(kinds, 3, seed=10))
    # Tensors without storage: reading a value, or mixing in one of the CPU, would raise.
    elsewhere = batch._replace(
        position_m=batch.position_m.to('meta'),
        rotation=batch.rotation.to('meta'),
        dimensions=batch.dimensions.to('meta'),
    )
    margins = soft_relations(relation_margins(elsewhere))
    assert margins.device.type == 'meta'
    assert margins.shape == (3, 9, 7, 7)
