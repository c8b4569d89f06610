# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How right a model is on executions: relations, displacements, feasibility, whole scenes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
import torch

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.geometry.rigid import of_quaternions
from f2p_core.models import Value
from f2p_core.relations import CONTACT, hold, RELATIONS
from f2p_effects.data import ExecutionDataset
from f2p_effects.inputs import CLOUD_POINTS
from f2p_effects.kind_groups import (
    clouds_of,
    group_batch,
    kind_groups,
    KindGroup,
    margins_of,
)
from f2p_effects.protocol import EffectModel, EffectPrediction, ModelState, SkillBatch

MOVED_M = 0.01
"""An object displaced farther than this has moved [m]."""

_CLOUD_NOISE_M = 0.002
"""Noise of the clouds in evaluation [m]: as in training."""

_CHUNK = 256
"""Executions predicted at once, for memory."""


class Evaluation(Value):
    """Figures of one model on one data set. Relations are judged where the motion succeeded.

    Attributes:
        executions: Executions judged.
        f1: F1 per relation at P = ½; 1 where a relation neither holds nor is predicted.
        mean_f1: Mean over relations.
        position_error_m: Mean error of Δposition over movable objects [m].
        moved_position_error_m: The same over objects that moved; 0 when none did [m].
        feasibility_accuracy: Share of executions whose success is predicted right at P = ½.
        scene_accuracy: Share of executions in which every relation that follows from poses is
            right: all but those that models learn.
    """

    executions: int
    f1: dict[str, float]
    mean_f1: float
    position_error_m: float
    moved_position_error_m: float
    feasibility_accuracy: float
    scene_accuracy: float


class GroupPrediction(NamedTuple):
    """Predictions for the executions of one group, and what was true.

    Attributes:
        group: The executions and their column order.
        prediction: What the model expects, in that order.
        truth: Relations afterwards, bool (G, R, M, M).
        judged: Pairs that count: known, not both furniture, not the same, bool (G, M, M).
        error_m: Error of the mean Δposition (G, M) [m]; NaN where there is no label.
        travel_m: True displacement (G, M) [m].
    """

    group: KindGroup
    prediction: EffectPrediction
    truth: NDArray[np.bool_]
    judged: NDArray[np.bool_]
    error_m: NDArray[np.float64]
    travel_m: NDArray[np.float64]


def evaluate(
    model: EffectModel,
    dataset: ExecutionDataset,
    *,
    cloud_points: int = CLOUD_POINTS,
    seed: int = 0,
    control: Control = UNCONTROLLED,
) -> Evaluation:
    """Judges a model on executions.

    Args:
        model: Any effect model.
        dataset: What really happened.
        cloud_points: Points per cloud the model is shown.
        seed: Seed of the clouds' noise.
        control: Polled between groups.

    Raises:
        CancelledError: If ``control`` said stop.
    """
    names = model.relation_names
    counts = np.zeros((3, len(names)))
    errors: list[NDArray[np.float64]] = []
    moved: list[NDArray[np.float64]] = []
    feasible, exact, succeeded = 0, 0, 0
    for part in predictions(model, dataset, cloud_points=cloud_points, seed=seed):
        control.check('evaluate')
        done = dataset.succeeded[part.group.rows]
        predicted = part.prediction.probability.numpy() > 0.5
        feasible += int(((part.prediction.feasible.numpy() > 0.5) == done).sum())
        judged = part.judged[done][:, None]
        truth, guess = part.truth[done], predicted[done]
        counts += _confusion(truth, guess, judged)
        symbolic = [i for i, name in enumerate(names) if not RELATIONS[name].learned]
        wrong = (truth != guess)[:, symbolic] & judged
        exact += int((~wrong.any(axis=(1, 2, 3))).sum())
        succeeded += int(done.sum())
        known = np.isfinite(part.error_m[done])
        errors.append(part.error_m[done][known])
        moved.append(part.error_m[done][known & (part.travel_m[done] > MOVED_M)])
    f1 = _f1(counts)
    return Evaluation(
        executions=len(dataset),
        f1=dict(zip(names, f1.tolist(), strict=True)),
        mean_f1=float(f1.mean()),
        position_error_m=_mean(errors),
        moved_position_error_m=_mean(moved),
        feasibility_accuracy=feasible / max(1, len(dataset)),
        scene_accuracy=exact / max(1, succeeded),
    )


def predictions(
    model: EffectModel,
    dataset: ExecutionDataset,
    *,
    cloud_points: int = CLOUD_POINTS,
    seed: int = 0,
) -> Iterator[GroupPrediction]:
    """Yields predictions and truth group by group, without gradients."""
    dataset = dataset.for_skills(model.skill_names)
    rng = np.random.default_rng(seed)
    clouds = clouds_of(dataset, cloud_points, _CLOUD_NOISE_M, rng)
    truth = relations_after(dataset, model.relation_names)
    for whole in kind_groups(dataset):
        for start in range(0, len(whole.rows), _CHUNK):
            part = slice(start, start + _CHUNK)
            group = whole._replace(rows=whole.rows[part], columns=whole.columns[part])
            with torch.no_grad():
                state, action = _inputs(dataset, group, clouds)
                prediction = model.predict(state, action)
            yield _compared(dataset, group, prediction, truth)


def relations_after(dataset: ExecutionDataset, names: tuple[str, ...]) -> NDArray[np.bool_]:
    """Returns which relations held after each execution, shape (n, N, N, R)."""
    analytic = tuple(name for name in names if name != CONTACT.name)
    position = dataset.after_position_m.astype(np.float64)
    rotation = of_quaternions(dataset.after_rotation.astype(np.float64))
    bits = hold(margins_of(dataset, position, rotation, analytic))
    columns = [
        dataset.contact if name == CONTACT.name else bits[..., analytic.index(name)]
        for name in names
    ]
    return np.stack(columns, axis=-1)


def _inputs(
    dataset: ExecutionDataset, group: KindGroup, clouds: NDArray[np.float32]
) -> tuple[ModelState, SkillBatch]:
    batch = group_batch(
        dataset,
        group,
        dataset.before_position_m.astype(np.float64),
        of_quaternions(dataset.before_rotation.astype(np.float64)),
    )

    def real(array: NDArray[Any]) -> torch.Tensor:
        return torch.tensor(array, dtype=torch.float32)

    geometry = batch._replace(
        position_m=real(batch.position_m),
        rotation=real(batch.rotation),
        dimensions=real(batch.dimensions),
    )

    def column(index: NDArray[Any]) -> torch.Tensor:
        return torch.tensor(np.argmax(group.columns == index[group.rows, None], axis=1))

    action = SkillBatch(
        torch.tensor(dataset.skill[group.rows].astype(np.int64)),
        column(dataset.object_index),
        column(dataset.target_index),
        real(dataset.parameters[group.rows]),
    )
    return ModelState(geometry, real(group.gather(clouds))), action


def _compared(
    dataset: ExecutionDataset,
    group: KindGroup,
    prediction: EffectPrediction,
    truth: NDArray[np.bool_],
) -> GroupPrediction:
    travel = group.gather(dataset.after_position_m - dataset.before_position_m)
    error = prediction.delta_position_m.mean(dim=0).numpy() - travel
    fixed, labelled = group.fixed, group.gather(dataset.labelled)
    known = labelled | fixed
    judged = known[:, :, None] & known[:, None, :] & ~(fixed[:, None] & fixed[None, :])
    judged &= ~np.eye(len(fixed), dtype=np.bool_)
    distance = np.linalg.norm(error, axis=-1).astype(np.float64)
    return GroupPrediction(
        group,
        prediction,
        np.moveaxis(truth[group.pairs()], -1, 1),
        judged,
        np.where(labelled & ~fixed, distance, np.nan),
        np.linalg.norm(travel, axis=-1).astype(np.float64),
    )


def _confusion(
    truth: NDArray[np.bool_], guess: NDArray[np.bool_], judged: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """True positives, false positives and false negatives per relation, shape (3, R)."""
    cells = (truth & guess, ~truth & guess, truth & ~guess)
    return np.array([(cell & judged).sum(axis=(0, 2, 3)) for cell in cells], dtype=np.float64)


def _f1(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    hit, false, missed = counts
    total = 2 * hit + false + missed
    return np.where(total > 0, 2 * hit / np.maximum(total, 1), 1.0)


def _mean(parts: list[NDArray[np.float64]]) -> float:
    values = np.concatenate(parts) if parts else np.zeros(0)
    return float(values.mean()) if values.size else 0.0
