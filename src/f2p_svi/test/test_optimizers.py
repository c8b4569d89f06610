# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Ascent rules against torch's own and against their definition."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from f2p_svi.stein.optimizers import Adagrad, Adam, Cooled, Optimizer, PlainStep, zero_state


def slope(x: torch.Tensor) -> torch.Tensor:
    """Gradient of a lopsided bowl's negative."""
    return -torch.tensor([1.0, 10.0, 0.1]) * x


def test_adam_takes_the_steps_of_its_paper() -> None:
    x = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64)
    theirs, m, v = x.numpy().copy(), np.zeros(3), np.zeros(3)
    rule, state = Adam(0.05), zero_state(x)
    for t in range(1, 51):
        update, state = rule(slope(x), state)
        x = x + update
        g = slope(torch.tensor(theirs)).numpy()
        m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g * g
        theirs = theirs + 0.05 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
    np.testing.assert_allclose(x.numpy(), theirs, rtol=1e-9)


def test_adagrad_scales_by_the_root_mean_square() -> None:
    direction = torch.tensor([3.0, -0.01])
    rule = Adagrad(0.1, decay=0.9)
    update, state = rule(direction, zero_state(direction))
    torch.testing.assert_close(update, torch.tensor([0.1, -0.1]), rtol=1e-3, atol=0)
    update, _ = rule(2 * direction, state)
    expected = 0.1 * 2 / (0.9 + 0.1 * 4) ** 0.5
    torch.testing.assert_close(update.abs(), torch.full((2,), expected), rtol=1e-3, atol=0)


@pytest.mark.parametrize('rule', [Adam(0.1), Adagrad(0.1), PlainStep(0.1)])
def test_no_direction_no_step(rule: Optimizer) -> None:
    zero = torch.zeros(4)
    update, state = rule(zero, zero_state(zero))
    assert torch.equal(update, zero)
    assert state.steps == 1


def test_cooling_shrinks_the_steps_to_the_last_share() -> None:
    direction, rule = torch.ones(1), Cooled(PlainStep(1.0), 10, last_share=0.05)
    state, updates = zero_state(direction), []
    for _ in range(12):
        update, state = rule(direction, state)
        updates.append(float(update))
    assert updates[0] == 1.0
    assert all(a >= b for a, b in itertools.pairwise(updates))
    assert updates[-1] == pytest.approx(0.05)
