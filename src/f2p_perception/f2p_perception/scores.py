# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Compares perceived relations with true ones."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from f2p_core.batch import stack_scenes
from f2p_core.observation import SceneObservation
from f2p_core.rates import Rate
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.scene import Scene
from f2p_core.symbolic import SymbolicState

_SAME_OBJECT_M = 0.03
"""A fit within this distance [m] of the true place is of that object."""


class Counts(NamedTuple):
    """What perception got right and wrong, summed over scenes.

    Attributes:
        relation_names: Names of the R relations.
        true_positive, false_positive, false_negative: Per relation, over observed pairs, (R,);
            relations of phantoms are false positives.
        unobserved: Per relation, true ones that were not observed, (R,).
        objects, missed, phantoms: Movable objects in the scenes, those not seen, and objects
            perceived where there are none.
    """

    relation_names: tuple[str, ...]
    true_positive: NDArray[np.int64]
    false_positive: NDArray[np.int64]
    false_negative: NDArray[np.int64]
    unobserved: NDArray[np.int64]
    objects: int
    missed: int
    phantoms: int

    def plus(self, other: Counts) -> Counts:
        """Returns the sums of both."""
        return Counts(
            self.relation_names,
            self.true_positive + other.true_positive,
            self.false_positive + other.false_positive,
            self.false_negative + other.false_negative,
            self.unobserved + other.unobserved,
            self.objects + other.objects,
            self.missed + other.missed,
            self.phantoms + other.phantoms,
        )


def no_counts(relation_names: tuple[str, ...] = RELATION_NAMES) -> Counts:
    """Returns counts of no scenes."""
    zeros = np.zeros(len(relation_names), np.int64)
    return Counts(relation_names, zeros, zeros, zeros, zeros, 0, 0, 0)


def compare(scene: Scene, observation: SceneObservation, state: SymbolicState) -> Counts:
    """Counts what was perceived of a scene; objects are paired with true ones by place."""
    names = state.relation_names
    truth = relation_margins(stack_scenes([scene]), names)[0] >= 0
    true_of = _paired(scene, observation)
    n = len(scene.objects)
    perceived = np.zeros((len(names), n, n), np.bool_)
    observed = np.zeros_like(perceived)
    known, rows = np.flatnonzero(true_of >= 0), np.arange(len(names))
    grid = np.ix_(rows, true_of[known], true_of[known])
    part = np.ix_(rows, known, known)
    perceived[grid] = state.margin[part] >= 0
    observed[grid] = state.observed[part]
    phantom = (true_of < 0) & np.array(observation.seen)
    of_phantom = phantom[:, None] | phantom[None, :]
    wrong = (state.margin >= 0) & state.observed & of_phantom
    axes = (1, 2)
    return Counts(
        names,
        (truth & perceived & observed).sum(axes),
        (~truth & perceived & observed).sum(axes) + wrong.sum(axes),
        (truth & ~perceived & observed).sum(axes),
        (truth & ~observed).sum(axes),
        sum(not o.fixed for o in scene.objects),
        n - len(known),
        int(phantom.sum()),
    )


def summary(counts: Counts) -> dict[str, Any]:
    """Returns scores of counts, as plain data.

    ``f1`` is over observed pairs; ``f1_all`` counts true relations that were not observed as
    missed.
    """
    tp, fp, fn, hidden = (a.astype(np.float64) for a in counts[1:5])
    each = 2 * tp / np.maximum(2 * tp + fp + fn, 1.0)
    return {
        'f1': _f1(tp.sum(), fp.sum(), fn.sum()),
        'f1_mean_over_relations': round(float(each.mean()), 4),
        'f1_all': _f1(tp.sum(), fp.sum(), fn.sum() + hidden.sum()),
        'f1_per_relation': dict(
            zip(counts.relation_names, np.round(each, 4).tolist(), strict=True)
        ),
        'objects': counts.objects,
        'missed': counts.missed,
        'missed_of_objects': Rate(counts.missed, counts.objects).as_json(),
        'phantoms': counts.phantoms,
    }


def _f1(tp: float, fp: float, fn: float) -> float:
    return round(float(2 * tp / max(2 * tp + fp + fn, 1.0)), 4)


def _paired(scene: Scene, observation: SceneObservation) -> NDArray[np.int64]:
    """Index of the true object per seen object of an observation; −1: none is there."""
    truth = np.array([o.pose_map.position_m for o in scene.objects])
    found = np.array([o.pose_map.position_m for o in observation.scene.objects])
    apart = np.linalg.norm(found[:, None] - truth[None], axis=-1)
    paired = np.full(len(found), -1, np.int64)
    for i, j in zip(*linear_sum_assignment(np.minimum(apart, 1.0)), strict=True):
        if apart[i, j] < _SAME_OBJECT_M and observation.seen[i]:
            paired[i] = j
    return paired
