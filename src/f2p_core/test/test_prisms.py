# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest
import torch

from f2p_core.batch import SceneBatch
from f2p_core.geometry.distance import pair_distance
from f2p_core.geometry.prisms import (
    gaps,
    make_prisms,
    prism_of,
    Prisms,
)
from f2p_core.geometry.shapes import Cup, OpenBox, SHAPES


def body(
    kind: str, position: tuple[float, float, float], yaw: float, dimensions: tuple[float, ...]
) -> Prisms:
    rotation = torch.tensor(_rotation(yaw))
    padded = torch.tensor(dimensions + (0.0,) * (5 - len(dimensions)), dtype=torch.float64)
    return make_prisms(
        torch.tensor(position, dtype=torch.float64),
        rotation,
        padded,
        torch.tensor(SHAPES.names.index(kind)),
        torch.tensor(False),
    )


def test_boxes_side_by_side_have_the_gap_between_their_faces() -> None:
    a = body('box', (0.0, 0.0, 0.1), 0.0, (0.1, 0.2, 0.2))
    b = body('box', (0.2, 0.05, 0.3), 0.0, (0.1, 0.2, 0.1))
    between = gaps(a, b)
    assert between.lateral.item() == pytest.approx(0.1)
    assert between.vertical.item() == pytest.approx(0.05)


def test_cylinders_have_the_gap_between_their_circles() -> None:
    a = body('cylinder', (0.0, 0.0, 0.0), 0.3, (0.03, 0.1))
    b = body('cylinder', (0.06, 0.08, 0.0), 1.1, (0.02, 0.1))
    assert gaps(a, b).lateral.item() == pytest.approx(0.1 - 0.05, abs=1e-6)


def test_clearances_of_content_in_a_turned_container() -> None:
    yaw = 0.7
    box = body('open_box', (0.4, 0.2, 0.75), yaw, (0.34, 0.28, 0.1, 0.006, 0.12))
    x, y = 0.05 * math.cos(yaw), 0.05 * math.sin(yaw)
    item = body('cylinder', (0.4 + x, 0.2 + y, 0.736), 0.0, (0.02, 0.06))
    between = gaps(item, box)
    assert between.side_of_a.item() == pytest.approx(0.17 - 0.006 - 0.05 - 0.02)
    assert between.floor_of_a.item() == pytest.approx(0.0, abs=1e-5)
    assert gaps(box, item).side_of_b.item() == pytest.approx(between.side_of_a.item())


@settings(max_examples=60, deadline=None)
@given(
    x=st.floats(-0.2, 0.2),
    y=st.floats(-0.2, 0.2),
    yaw=st.floats(-3.1, 3.1),
    size=st.tuples(st.floats(0.02, 0.2), st.floats(0.02, 0.2)),
)
def test_the_lateral_gap_bounds_the_distance_and_has_its_sign(
    x: float, y: float, yaw: float, size: tuple[float, float]
) -> None:
    a = body('box', (0.0, 0.0, 0.0), 0.2, (0.1, 0.06, 0.1))
    b = body('box', (x, y, 0.0), yaw, (*size, 0.1))
    between = gaps(a, b)
    rotation = np.stack([_rotation(0.2), _rotation(yaw)])[None]
    batch = SceneBatch(
        ('a', 'b'),
        ('box', 'box'),
        (False, False),
        np.array([[[0.0, 0.0, 0.0], [x, y, 0.0]]]),
        rotation,
        np.array([[[0.1, 0.06, 0.1, 0, 0], [*size, 0.1, 0, 0]]]),
    )
    distance = pair_distance(batch)[0, 0, 1]
    assert between.lateral.item() <= max(distance, 0.0) + 1e-4
    if distance > 1e-3:
        assert between.lateral.item() > 0.0
    assert gaps(b, a).lateral.item() == pytest.approx(between.lateral.item())


def _rotation(yaw: float) -> np.ndarray:
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def test_a_lying_cylinder_is_no_disc() -> None:
    tip = torch.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    lying = make_prisms(
        torch.zeros(3),
        tip,
        torch.tensor([0.02, 0.1, 0.0, 0.0, 0.0]),
        torch.tensor(SHAPES.names.index('cylinder')),
        torch.tensor(False),
    )
    assert lying.disc.item() == 0.0
    assert sorted(lying.half_m.tolist()) == pytest.approx([0.02, 0.02, 0.05], abs=1e-4)
    assert lying.heading.norm().item() == pytest.approx(1.0, abs=1e-4)


def test_kinds_are_told_apart() -> None:
    kind = torch.arange(-1, len(SHAPES.names))
    n, names = len(kind), ('', *SHAPES.names)
    fixed = kind % 2 == 0
    made = make_prisms(
        torch.zeros(n, 3), torch.eye(3).expand(n, 3, 3), torch.ones(n, 5), kind, fixed
    )
    assert made.fixed.tolist() == fixed.tolist()
    assert {n for n, f in zip(names, made.round, strict=True) if f} == {
        'cylinder', 'sphere', 'cup',
    }  # fmt: skip
    assert {n for n, f in zip(names, made.hollow, strict=True) if f} == {
        'cup', 'open_box', 'shelf',
    }  # fmt: skip
    assert {n for n, w in zip(names, made.wall_m, strict=True) if w} == {
        'cup', 'open_box', 'shelf',
    }  # fmt: skip
    assert made.half_m[0].tolist() == [0.0, 0.0, 0.0]


def test_every_kind_reaches_as_far_as_its_record_says() -> None:
    for name in SHAPES.names:
        record = SHAPES[name]
        standing = body(name, (0.0, 0.0, 0.0), 0.3, record.usual_m)
        half = record.half_extents(np.array(record.padded(record.usual_m)))
        assert standing.half_m.tolist() == pytest.approx(half.tolist(), abs=1e-5)


def test_numpy_and_torch_give_the_same_gaps() -> None:
    a = body('open_box', (0.4, 0.2, 0.75), 0.7, (0.34, 0.28, 0.1, 0.006, 0.12))
    b = body('cylinder', (0.45, 0.24, 0.736), 0.2, (0.02, 0.06))
    arrays = (Prisms(*(field.numpy() for field in prism)) for prism in (a, b))
    for ours, theirs in zip(gaps(*arrays), gaps(a, b), strict=True):
        assert ours == pytest.approx(theirs.item(), abs=1e-12)
    turned = a.moved(torch.tensor([0.1, 0.0, 0.0]), torch.tensor(0.3))
    assert turned.yaw_rad.item() == pytest.approx(1.0)


def test_a_shape_as_a_prism_has_its_exact_half_sizes() -> None:
    prism = prism_of(OpenBox(size_m=(0.34, 0.28, 0.1), wall_m=0.006, handle_height_m=0.12))
    assert prism.half_m.tolist() == [0.17, 0.14, 0.05]
    assert (float(prism.wall_m), bool(prism.hollow), bool(prism.disc)) == (0.006, True, False)
    assert prism_of(Cup(radius_m=0.04, height_m=0.1, wall_m=0.004)).disc
