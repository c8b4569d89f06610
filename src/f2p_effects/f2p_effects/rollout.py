# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Many steps: poses move, clouds move with them, and everything is encoded again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch

from f2p_core.geometry.rigid import turned_about_z
from f2p_effects.protocol import EffectModel, EffectPrediction, ModelState, SkillBatch


class RolloutStep(NamedTuple):
    """One predicted step: the prediction and the state expected after it."""

    prediction: EffectPrediction
    state: ModelState


def advance_state(state: ModelState, prediction: EffectPrediction) -> ModelState:
    """Moves poses by the ensemble mean; clouds are in object axes and move with them."""
    return _moved(state, prediction.delta_position_m.mean(0), prediction.delta_yaw_rad.mean(0))


def advance_members(state: ModelState, prediction: EffectPrediction) -> ModelState:
    """Moves poses by each member for itself: E·S states, member by member."""
    e = prediction.delta_yaw_rad.shape[0]
    return _moved(
        repeat_state(state, e),
        prediction.delta_position_m.flatten(0, 1),
        prediction.delta_yaw_rad.flatten(0, 1),
    )


def take_states(state: ModelState, rows: slice | torch.Tensor) -> ModelState:
    """Returns some of the states."""
    geometry = state.geometry
    taken = geometry._replace(
        position_m=geometry.position_m[rows],
        rotation=geometry.rotation[rows],
        dimensions=geometry.dimensions[rows],
    )
    return ModelState(taken, state.clouds_object[rows])


def repeat_state(state: ModelState, times: int) -> ModelState:
    """Repeats all states ``times`` times: (times·S) states."""

    def repeat(x: torch.Tensor) -> torch.Tensor:
        return x.expand(times, *x.shape).flatten(0, 1)

    geometry = state.geometry
    repeated = geometry._replace(
        position_m=repeat(geometry.position_m),
        rotation=repeat(geometry.rotation),
        dimensions=repeat(geometry.dimensions),
    )
    return ModelState(repeated, repeat(state.clouds_object))


def rollout(
    model: EffectModel, state: ModelState, actions: Sequence[SkillBatch]
) -> tuple[RolloutStep, ...]:
    """Predicts a sequence of skill calls in S states.

    Args:
        model: The effect model.
        state: S start states.
        actions: Per step one call for each state.

    Returns:
        The steps; differentiable in the start state and all parameters.
    """
    steps = []
    for action in actions:
        prediction = model.predict(state, action)
        state = model.advance(state, prediction)
        steps.append(RolloutStep(prediction, state))
    return tuple(steps)


def clouds_map(state: ModelState) -> torch.Tensor:
    """Returns the clouds where the state's poses put them, shape (S, N, P, 3) in ``map`` [m]."""
    geometry = state.geometry
    turned = state.clouds_object @ geometry.rotation.transpose(-1, -2)
    moved: torch.Tensor = turned + geometry.position_m[:, :, None]
    return moved


def _moved(state: ModelState, position: torch.Tensor, turn: torch.Tensor) -> ModelState:
    geometry = state.geometry
    moved = geometry._replace(
        position_m=geometry.position_m + position,
        rotation=turned_about_z(geometry.rotation, turn),
    )
    return ModelState(moved, state.clouds_object)
