# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
import torch

from f2p_core.geometry.rigid import (
    about_z,
    of_quaternions,
    of_rotation_vectors,
    plane_turn,
    rotated,
    to_quaternions,
    turned_about_z,
    turned_vectors,
    wrapped,
)


def test_turns_about_z_are_those_of_scipy() -> None:
    yaw = np.array([[0.3, -2.0], [0.0, np.pi]])
    expected = Rotation.from_rotvec([[0.0, 0.0, a] for a in yaw.ravel()]).as_matrix()
    assert about_z(yaw) == pytest.approx(expected.reshape(2, 2, 3, 3))
    assert about_z(torch.tensor(yaw)).numpy() == pytest.approx(about_z(yaw), abs=1e-15)
    assert rotated(about_z(np.array(np.pi / 2)), np.array([1.0, 0.0, 2.0])) == pytest.approx(
        [0.0, 1.0, 2.0]
    )


def test_matrices_of_quaternions_are_those_of_scipy_and_padding_does_not_turn() -> None:
    turns = Rotation.random(20, random_state=3)
    assert of_quaternions(turns.as_quat()) == pytest.approx(turns.as_matrix())
    assert (of_quaternions(np.zeros((2, 4))) == np.eye(3)).all()


def test_matrices_of_rotation_vectors_are_those_of_scipy() -> None:
    vectors = np.vstack(
        [Rotation.random(20, random_state=5).as_rotvec(), np.zeros(3), 1e-9 * np.ones(3)]
    )
    expected = Rotation.from_rotvec(vectors).as_matrix()
    assert of_rotation_vectors(vectors) == pytest.approx(expected, abs=1e-14)
    assert of_rotation_vectors(vectors.reshape(2, 11, 3)).shape == (2, 11, 3, 3)


@pytest.mark.parametrize('kind', [np.asarray, torch.tensor])
def test_all_ways_to_turn_about_z_are_one(kind: Callable[..., Any]) -> None:
    rng = np.random.default_rng(4)
    yaw, vectors = rng.uniform(-4.0, 4.0, 6), rng.standard_normal((6, 3))
    expected = rotated(about_z(yaw), vectors)
    turned = turned_vectors(kind(vectors), kind(np.cos(yaw)), kind(np.sin(yaw)))
    assert np.asarray(turned) == pytest.approx(expected)
    for angle, vector, end in zip(yaw, vectors, expected, strict=True):
        assert plane_turn(float(angle)) @ vector[:2] == pytest.approx(end[:2])
    rotations = Rotation.random(6, random_state=5).as_matrix()
    both = turned_about_z(kind(rotations), kind(yaw))
    assert np.asarray(both) == pytest.approx(about_z(yaw) @ rotations)


@pytest.mark.parametrize('kind', [np.asarray, torch.tensor])
def test_wrapped_angles_are_the_same_within_a_full_turn(kind: Callable[..., Any]) -> None:
    angles = np.array([-7.0, -np.pi, -3.0, 0.0, 3.5, 9.0])
    found = np.asarray(wrapped(kind(angles)))
    assert np.sin(found) == pytest.approx(np.sin(angles))
    assert np.cos(found) == pytest.approx(np.cos(angles))
    assert ((found >= -np.pi) & (found < np.pi)).all()
    assert wrapped(angles[0]) == found[0]


def test_quaternions_of_matrices_are_those_of_scipy_even_in_single_precision() -> None:
    turns = Rotation.random(20, random_state=6)
    expected = turns.as_quat(canonical=True)
    assert to_quaternions(turns.as_matrix()) == pytest.approx(expected, abs=1e-12)
    rough = turns.as_matrix().astype(np.float32).astype(np.float64)
    assert to_quaternions(rough) == pytest.approx(expected, abs=1e-6)
