# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""First-order ascent rules as pure functions: state in, update and new state out."""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import torch

__all__ = ['Adagrad', 'Adam', 'Cooled', 'Optimizer', 'OptimizerState', 'PlainStep']


class OptimizerState(NamedTuple):
    """What an ascent rule remembers of past directions.

    Attributes:
        steps: Steps taken.
        first: Running mean of directions, like the particles.
        second: Running mean of squared directions, like the particles.
    """

    steps: int
    first: torch.Tensor
    second: torch.Tensor


def zero_state(particles: torch.Tensor) -> OptimizerState:
    """Returns the state before any step."""
    zeros = torch.zeros_like(particles)
    return OptimizerState(0, zeros, zeros)


class Optimizer(Protocol):
    """Turns an ascent direction into an update."""

    def __call__(
        self, direction: torch.Tensor, state: OptimizerState
    ) -> tuple[torch.Tensor, OptimizerState]:
        """Returns what is added to the particles, and the new state."""


class PlainStep(NamedTuple):
    """``step_size`` times the direction."""

    step_size: float

    def __call__(
        self, direction: torch.Tensor, state: OptimizerState
    ) -> tuple[torch.Tensor, OptimizerState]:
        """Returns the scaled direction; nothing but the count is remembered."""
        return self.step_size * direction, state._replace(steps=state.steps + 1)


class Adagrad(NamedTuple):
    """Adagrad with forgetting, the rule Liu & Wang (2016) used.

    Attributes:
        step_size: Length of a step in a coordinate whose direction is steady.
        decay: Share of the squared-direction mean that is kept per step; the first step sets it.
        floor: Added to the root mean square, so that a zero direction gives a zero step.
    """

    step_size: float
    decay: float = 0.9
    floor: float = 1e-6

    def __call__(
        self, direction: torch.Tensor, state: OptimizerState
    ) -> tuple[torch.Tensor, OptimizerState]:
        """Returns the update and the new state."""
        kept = self.decay if state.steps else 0.0
        second = torch.addcmul(kept * state.second, direction, direction, value=1.0 - kept)
        update = self.step_size * direction / (self.floor + second.sqrt())
        return update, OptimizerState(state.steps + 1, state.first, second)


class Adam(NamedTuple):
    """Adam (Kingma & Ba, 2015) with bias correction.

    Attributes:
        step_size: Largest step per coordinate.
        first_decay, second_decay: Shares of the running means kept per step.
        floor: Added to the root mean square.
    """

    step_size: float
    first_decay: float = 0.9
    second_decay: float = 0.99
    floor: float = 1e-8

    def __call__(
        self, direction: torch.Tensor, state: OptimizerState
    ) -> tuple[torch.Tensor, OptimizerState]:
        """Returns the update and the new state."""
        steps = state.steps + 1
        first = torch.lerp(direction, state.first, self.first_decay)
        kept = self.second_decay * state.second
        second = kept.addcmul_(direction, direction, value=1.0 - self.second_decay)
        scale = self.step_size / (1.0 - self.first_decay**steps)
        root = second.sqrt().mul_((1.0 - self.second_decay**steps) ** -0.5 / scale)
        return first / root.add_(self.floor / scale), OptimizerState(steps, first, second)


class Cooled(NamedTuple):
    """A rule whose updates shrink along half a cosine, from full length to ``last_share`` of it.

    Attributes:
        rule: The rule that is cooled.
        total: Steps over which it cools.
        last_share: Share of the update left at the end.
    """

    rule: Optimizer
    total: int
    last_share: float = 0.05

    def __call__(
        self, direction: torch.Tensor, state: OptimizerState
    ) -> tuple[torch.Tensor, OptimizerState]:
        """Returns the shortened update and the rule's new state."""
        done = min(state.steps / max(self.total, 1), 1.0)
        share = self.last_share + (1.0 - self.last_share) * 0.5 * (1.0 + math.cos(math.pi * done))
        update, after = self.rule(direction, state)
        return share * update, after
