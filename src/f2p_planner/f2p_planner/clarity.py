# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
r"""How clearly the model sees where things will be: what a plan may rest its next step on.

A search that takes the expected state of every step at face value finds the model's blind spots:
where members disagree whether the content comes along, their mean lies half-way out of the
container, a state that never happens and from which everything looks possible. So a step counts as
little as the least sure of its support relations,

.. math:: c(s) = \min_{(r, i, j) \in C} \max(p_{srij}, \; 1 - p_{srij}) ,

C the support relations r of pairs (i, j). This project's choice: what we know of the paper says
nothing about how its planner treats steps that the model is unsure of.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from f2p_core.relations import RELATIONS, Support
from f2p_effects.protocol import EffectPrediction


def clarity(
    prediction: EffectPrediction, relation_names: Sequence[str], furniture: Sequence[bool]
) -> torch.Tensor:
    """Returns how sure the least sure support relation is.

    Support relations say what carries a movable object: ``inside`` anything, ``above`` furniture.
    Relations the model does not predict do not count.

    Args:
        prediction: Predictions in S states.
        relation_names: Names of the R predicted relations.
        furniture: Which of the N objects never move.

    Returns:
        The least of max(p, 1 − p), shape (S,), in [½, 1]; 1 where nothing counts.
    """
    probability = prediction.probability
    sure = torch.maximum(probability, 1.0 - probability)
    fixed = torch.tensor(furniture, device=sure.device)
    counted = torch.zeros(sure.shape[1:], dtype=torch.bool, device=sure.device)
    carriers = {
        Support.NONE: torch.zeros_like(fixed),
        Support.OF_FURNITURE: fixed,
        Support.OF_ANYTHING: torch.ones_like(fixed),
    }
    for row, name in enumerate(relation_names):
        counted[row] = ~fixed[:, None] & carriers[RELATIONS[name].support][None, :]
    counted &= ~torch.eye(len(fixed), dtype=torch.bool, device=sure.device)
    return torch.where(counted, sure, torch.ones_like(sure)).amin(dim=(1, 2, 3))
