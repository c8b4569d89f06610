# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
import torch

from f2p_core.geometry.rigid import about_z, of_quaternions, of_rotation_vectors, rotated


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
