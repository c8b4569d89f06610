# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from f2p_core.geometry.pairs import PairGeometry
from f2p_core.registry import Registry
from f2p_core.relations import Relation, RELATIONS, Support
from f2p_effects.protocol import EffectPrediction
from f2p_planner.clarity import clarity

NAMES = ('above', 'inside', 'left')
FURNITURE = (True, False, False)
Entries = dict[tuple[int, int, int], tuple[float, float]]
"""(relation, a, b) → probability of each of the two members."""


def predicted(entries: Entries) -> EffectPrediction:
    """One state, two members, all relations surely false but for the given (r, a, b) entries."""
    probability = torch.zeros(2, 1, 3, 3, 3)
    for (r, a, b), values in entries.items():
        probability[:, 0, r, a, b] = torch.tensor(values)
    nothing = torch.zeros(2, 1, 3, 3)
    return EffectPrediction(nothing, nothing[..., 0], torch.zeros(2, 1, 3, 4), probability,
                            torch.ones(2, 1))  # fmt: skip


def test_sure_predictions_are_clear() -> None:
    prediction = predicted(entries={(0, 1, 0): (1.0, 1.0), (1, 2, 1): (1.0, 1.0)})
    assert clarity(prediction, NAMES, FURNITURE).tolist() == [1.0]


def test_members_that_disagree_about_a_support_relation_are_unclear() -> None:
    prediction = predicted(entries={(1, 2, 1): (1.0, 0.0)})
    assert clarity(prediction, NAMES, FURNITURE).tolist() == [0.5]
    prediction = predicted(entries={(0, 2, 0): (0.2, 0.2)})
    assert torch.allclose(clarity(prediction, NAMES, FURNITURE), torch.tensor([0.8]))


def test_a_registered_support_relation_counts_as_ours_do(
    register: Callable[[Registry[Any], Any], None],
) -> None:
    def margin(geometry: PairGeometry) -> Any:
        return geometry.offset_m[..., 2]

    register(RELATIONS, Relation('hangs_on', margin, 'a hangs on b', Support.OF_ANYTHING))
    prediction = predicted(entries={(2, 2, 1): (1.0, 0.0)})
    assert clarity(prediction, ('above', 'inside', 'hangs_on'), FURNITURE).tolist() == [0.5]
    assert clarity(prediction, NAMES, FURNITURE).tolist() == [1.0]


def test_what_nothing_rests_on_does_not_count() -> None:
    """Directions between objects, what is above a movable object, furniture, the diagonal."""
    prediction = predicted(
        entries={(2, 1, 2): (0.5, 0.5), (0, 2, 1): (0.5, 0.5), (1, 0, 1): (0.5, 0.5),
                 (1, 1, 1): (0.5, 0.5)}
    )  # fmt: skip
    assert clarity(prediction, NAMES, FURNITURE).tolist() == [1.0]
