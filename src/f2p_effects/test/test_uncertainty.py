# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import pytest
import torch

from f2p_effects.protocol import EffectPrediction
from f2p_effects.uncertainty import bald, pose_disagreement, predictive_entropy


def prediction(probability: torch.Tensor, position: torch.Tensor) -> EffectPrediction:
    """Members' probabilities (E, S, R, N, N) and displacements (E, S, N, 3)."""
    e, s, n, _ = position.shape
    return EffectPrediction(
        position, torch.zeros(e, s, n), torch.zeros(e, s, n, 4), probability, torch.ones(e, s)
    )


def uniform(value: float, members: int = 2) -> torch.Tensor:
    return torch.full((members, 1, 1, 3, 3), value)


STILL = torch.zeros(2, 1, 3, 3)


def test_the_entropy_of_coin_flips_is_ln_2_per_ordered_pair() -> None:
    unsure = predictive_entropy(prediction(uniform(0.5), STILL))
    assert unsure.item() == pytest.approx(6 * math.log(2), rel=1e-5)
    assert predictive_entropy(prediction(uniform(1.0), STILL)).item() < 1e-4


def test_bald_sees_members_that_contradict_each_other_and_no_coin_flips() -> None:
    contradiction = torch.cat([uniform(0.0, 1), uniform(1.0, 1)])
    assert bald(prediction(contradiction, STILL)).item() == pytest.approx(
        6 * math.log(2), rel=1e-3
    )
    assert bald(prediction(uniform(0.5), STILL)).item() == pytest.approx(0.0, abs=1e-5)
    both = prediction(torch.rand(5, 4, 2, 3, 3), torch.zeros(5, 4, 3, 3))
    assert (bald(both) >= -1e-6).all()
    assert (bald(both) <= predictive_entropy(both) + 1e-6).all()


def test_disagreement_is_the_spread_of_the_displacements() -> None:
    position = torch.zeros(2, 1, 3, 3)
    position[0, 0, 1, 0], position[1, 0, 1, 0] = 0.3, 0.1
    spread = prediction(uniform(0.5), position)
    assert pose_disagreement(spread).item() == pytest.approx(0.1, rel=1e-5)
    others = torch.tensor([True, False, True])
    assert pose_disagreement(spread, others).item() == pytest.approx(0.0, abs=1e-6)
    shifted = prediction(uniform(0.5), position + 0.7)
    assert pose_disagreement(shifted).item() == pytest.approx(0.1, rel=1e-4)


def test_masks_choose_what_counts() -> None:
    coins = prediction(uniform(0.5), STILL)
    mask = torch.zeros(1, 3, 3, dtype=torch.bool)
    mask[0, 0, 1] = mask[0, 2, 2] = True
    assert predictive_entropy(coins, mask).item() == pytest.approx(math.log(2), rel=1e-5)


def test_all_have_finite_gradients_also_where_members_agree() -> None:
    probability = torch.tensor([0.0, 0.3, 1.0]).reshape(3, 1, 1, 1, 1).expand(3, 1, 1, 3, 3)
    probability = probability.clone().requires_grad_()
    position = torch.zeros(3, 1, 3, 3, requires_grad=True)
    made = prediction(probability, position)
    total = predictive_entropy(made) + bald(made) + pose_disagreement(made)
    torch.autograd.backward(total.sum())
    for tensor in (probability, position):
        assert tensor.grad is not None
        assert torch.isfinite(tensor.grad).all()
