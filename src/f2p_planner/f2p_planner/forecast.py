# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Batched predictions through the effect model, counted and timed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from f2p_core.batch import SceneBatch
from f2p_core.control import Clock, Control, UNCONTROLLED
from f2p_core.skill import SKILLS, translated
from f2p_effects.protocol import EffectModel, EffectPrediction, ModelState, SkillBatch
from f2p_planner.calls import Calls
from f2p_planner.clarity import clarity
from f2p_planner.errors import PlannerError, PlannerErrorCode
from f2p_planner.goals import GoalIndex, literal_probabilities
from f2p_planner.object_table import FloatArray, Poses

CHUNK = 512
"""States per prediction: large enough to fill the processor, small enough to stop in time."""


class Forecast(NamedTuple):
    """What is predicted for S calls.

    Attributes:
        poses: Expected poses after the call.
        literals: Probability of every goal literal, shape (S, L).
        feasible: How far the expected state can be built on, shape (S,): the lesser of
            P(the motion succeeds) and the prediction's clarity.
    """

    poses: Poses
    literals: FloatArray
    feasible: FloatArray


class Meter:
    """Counts predictions and watches the time; the budget of one search.

    Args:
        max_evaluations: Most predictions.
        max_time_s: Time cap from now on [s].
        now_s: Monotonic clock [s].
    """

    def __init__(self, max_evaluations: int, max_time_s: float, now_s: Clock) -> None:
        self._left = max_evaluations
        self._now_s = now_s
        self._end_s = now_s() + max_time_s
        self.evaluations = 0

    def grant(self, wanted: int) -> int:
        """Takes up to ``wanted`` predictions from the budget and returns how many."""
        if self._now_s() >= self._end_s:
            return 0
        granted = min(wanted, self._left)
        self._left -= granted
        self.evaluations += granted
        return granted

    @property
    def spent(self) -> bool:
        """Whether nothing is left of the budget."""
        return self._left <= 0 or self._now_s() >= self._end_s


class Forecaster:
    """Predicts calls in states that share the objects of one start state.

    Args:
        model: The effect model.
        start: The start state (S = 1); clouds and dimensions are taken from it.
        goal: The goal's literals.
        meter: The budget.
        control: Polled between chunks.

    Raises:
        PlannerError: ``INVALID_INPUT`` if ``start`` is not one state.
    """

    def __init__(
        self,
        model: EffectModel,
        start: ModelState,
        goal: GoalIndex,
        meter: Meter,
        control: Control = UNCONTROLLED,
    ) -> None:
        if len(start.geometry.position_m) != 1:
            raise PlannerError(
                PlannerErrorCode.INVALID_INPUT,
                f'planning starts from one state, not {len(start.geometry.position_m)}',
            )
        self._model, self._start, self._goal = model, start, goal
        self._meter, self._control = meter, control

    def forecast(self, poses: Poses, calls: Calls) -> Forecast:
        """Predicts call s in state s, as far as the budget reaches.

        Returns:
            The outcomes of the first S' ≤ S calls.

        Raises:
            CancelledError: If the caller asked to stop.
        """
        total = len(calls.skill)
        parts = []
        for begin in range(0, total, CHUNK):
            self._control.check('planning')
            count = self._meter.grant(min(CHUNK, total - begin))
            if count == 0:
                break
            rows = np.arange(begin, begin + count)
            parts.append(self._predict(poses.take(rows), calls.take(rows)))
        if not parts:
            rows = np.arange(0)
            return Forecast(poses.take(rows), np.zeros((0, len(self._goal.value))), np.zeros(0))
        return Forecast(
            Poses(
                np.concatenate([p.poses.position_m for p in parts]),
                np.concatenate([p.poses.rotation for p in parts]),
            ),
            np.concatenate([p.literals for p in parts]),
            np.concatenate([p.feasible for p in parts]),
        )

    def _predict(self, poses: Poses, calls: Calls) -> Forecast:
        state = self.model_state(poses)
        with torch.inference_mode():
            prediction = self._model.predict(state, skill_batch(calls, self._model.skill_names))
            after = self._model.advance(state, prediction)
            clear = clarity(prediction, self._model.relation_names, state.geometry.fixed)
        return Forecast(
            Poses(as_numpy(after.geometry.position_m), as_numpy(after.geometry.rotation)),
            literal_probabilities(as_numpy(prediction.probability), self._goal),
            as_numpy(torch.minimum(prediction.feasible, clear)),
        )

    def model_state(self, poses: Poses) -> ModelState:
        """Returns the model's view of states."""
        geometry, count = self._start.geometry, len(poses.position_m)
        return ModelState(
            SceneBatch(
                geometry.object_ids,
                geometry.kinds,
                geometry.fixed,
                torch.from_numpy(poses.position_m).to(torch.float32),
                torch.from_numpy(poses.rotation).to(torch.float32),
                geometry.dimensions.expand(count, -1, -1),
            ),
            self._start.clouds_object.expand(count, -1, -1, -1),
        )


def skill_batch(calls: Calls, skill_names: Sequence[str]) -> SkillBatch:
    """Returns calls as a model of the given skills takes them.

    Raises:
        InvalidInputError: If it does not know one of the skills.
    """
    return SkillBatch(
        torch.from_numpy(translated(calls.skill, SKILLS.names, skill_names)),
        torch.from_numpy(calls.object),
        torch.from_numpy(calls.target),
        torch.from_numpy(calls.parameters).to(torch.float32),
    )


def as_numpy(tensor: torch.Tensor) -> FloatArray:
    """Returns a tensor as a float64 array on the host."""
    array: FloatArray = tensor.detach().to('cpu', torch.float64).numpy()
    return array


def predict_one(
    model: EffectModel, state: ModelState, calls: Calls
) -> tuple[EffectPrediction, ModelState]:
    """Predicts one call in one state; returns the prediction and the expected next state."""
    with torch.inference_mode():
        prediction = model.predict(state, skill_batch(calls, model.skill_names))
        return prediction, model.advance(state, prediction)
