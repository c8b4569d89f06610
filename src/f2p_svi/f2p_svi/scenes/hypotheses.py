# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Discrete hypotheses about a scene, drawn before inference: SVGD cannot jump between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.shapes import SHAPES
from f2p_core.observation import SceneObservation
from f2p_core.relations import INSIDE
from f2p_core.supports import support_tree
from f2p_core.symbolic import SymbolicState

__all__ = ['MAP', 'draw_supports', 'open_questions']

MAP = -1
"""Support index of an object that stands on the floor."""

MIN_PROBABILITY = 0.02
"""A container that holds an object with less probability than this is no hypothesis."""


def draw_supports(
    observation: SceneObservation, relations: SymbolicState, n: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draws what each object stands in or on, independently per object.

    Containers hold an object with the probability that perception gives; what remains goes to
    its support in the fitted scene, outside of any container.

    Args:
        observation: The scene before the skill.
        relations: Relations before the skill.
        n: Number of draws.
        rng: Source of all randomness.

    Returns:
        Index of the support of each of N objects, or ``MAP``, shape (n, N).
    """
    scene = observation.scene
    tree = support_tree(scene)
    columns = []
    for item in scene.objects:
        names, weights = _candidates(observation, relations, tree, item.object_id)
        index = [MAP if name is None else scene.index(name) for name in names]
        stratified = (np.arange(n) + rng.random()) / n
        drawn = np.searchsorted(np.cumsum(weights), stratified).clip(max=len(index) - 1)
        columns.append(rng.permutation(np.array(index)[drawn]))
    return np.stack(columns, axis=1)


def open_questions(supports: NDArray[np.int64]) -> NDArray[np.float64]:
    """Returns what the drawn supports answer about who stands in or on what.

    Args:
        supports: Drawn supports, shape (S, N).

    Returns:
        Entry [s, a, b]: where the draws differ on whether b carries a, directly or not, +1 if it
        does in draw s, else −1; 0 where all draws agree, shape (S, N, N).
    """
    draws, n = supports.shape
    carries = np.zeros((draws, n, n + 1))
    rows, columns, current = np.arange(draws)[:, None], np.arange(n), supports
    for _ in range(n):
        carries[rows, columns, current] = 1.0
        current = np.where(current == MAP, MAP, supports[rows, current])
    answer = carries[:, :, :n]
    return np.where(np.ptp(answer, axis=0) > 0, 2.0 * answer - 1.0, 0.0)


def _candidates(
    observation: SceneObservation,
    relations: SymbolicState,
    tree: dict[str, str | None],
    object_id: str,
) -> tuple[list[str | None], NDArray[np.float64]]:
    """Possible supports of one object and their probabilities."""
    scene = observation.scene
    fitted = tree[object_id]
    if scene.object(object_id).fixed or INSIDE.name not in relations.relation_names:
        return [fitted], np.ones(1)
    r, a = relations.relation_names.index(INSIDE.name), relations.object_ids.index(object_id)
    column = {c: relations.object_ids.index(c) for c in _containers(observation, tree, object_id)}
    probability = {c: float(relations.probability[r, a, b]) for c, b in column.items()}
    likely: dict[str | None, float] = {
        c: p for c, p in probability.items() if p >= MIN_PROBABILITY
    }
    outside = fitted
    while outside is not None and relations.margin[r, a, column.get(outside, a)] >= 0.0:
        outside = tree[outside]
    rest = 1.0 - sum(likely.values())
    if rest >= MIN_PROBABILITY or not likely:
        likely = {**likely, outside: max(rest, MIN_PROBABILITY)}
    weights = np.array(list(likely.values()))
    return list(likely), weights / weights.sum()


def _containers(
    observation: SceneObservation, tree: dict[str, str | None], object_id: str
) -> list[str]:
    """Containers that an object may be in: not itself, nor one that stands on it."""
    return [
        o.object_id
        for o in observation.scene.objects
        if SHAPES[o.shape.kind].hollow
        and o.object_id != object_id
        and not _stands_on(tree, o.object_id, object_id)
    ]


def _stands_on(tree: dict[str, str | None], object_id: str, support_id: str) -> bool:
    """Whether an object stands in or on another, directly or not."""
    current = tree[object_id]
    while current is not None and current != support_id:
        current = tree[current]
    return current is not None
