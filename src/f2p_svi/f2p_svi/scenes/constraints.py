# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The relations that were observed, as a likelihood of scenes and as a test of settled scenes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
import torch

from f2p_core.batch import stack_scenes
from f2p_core.relations import relation_margins, RELATIONS
from f2p_core.scene import Scene
from f2p_core.symbolic import SymbolicState

__all__ = ['RelationConstraints', 'build_constraints', 'log_relation_likelihood']


class RelationConstraints(NamedTuple):
    """Observed bits between objects of which at least one can move.

    Attributes:
        names: R relation names.
        object_ids: N object ids, in the order of the scene.
        sign: +1 where the relation was seen to hold, −1 where not, 0 where nothing was seen,
            shape (R, N, N).
        binding: Whether a scene must agree: observed beyond the tolerance, (R, N, N).
    """

    names: tuple[str, ...]
    object_ids: tuple[str, ...]
    sign: NDArray[np.float64]
    binding: NDArray[np.bool_]

    def satisfied(self, scenes: Sequence[Scene]) -> NDArray[np.bool_]:
        """Returns per scene the binding bits that agree, shape (S, R, N, N); True elsewhere."""
        margins = relation_margins(stack_scenes(scenes), self.names)
        agree: NDArray[np.bool_] = ((margins >= 0.0) == (self.sign > 0.0)) | ~self.binding
        return agree

    def accepted(self, scenes: Sequence[Scene]) -> NDArray[np.bool_]:
        """Returns which scenes show all binding bits, shape (S,)."""
        return np.asarray(self.satisfied(scenes).all(axis=(1, 2, 3)))

    def most_resisting(self, scenes: Sequence[Scene]) -> str:
        """Returns the binding bit that most scenes miss, in words."""
        missed = (~self.satisfied(scenes)).mean(axis=0)
        r, a, b = np.unravel_index(int(missed.argmax()), missed.shape)
        holds = 'is' if self.sign[r, a, b] > 0 else 'is not'
        return (
            f'{self.object_ids[a]} {holds} {self.names[r]} {self.object_ids[b]} '
            f'({missed[r, a, b]:.0%} of the scenes disagree)'
        )


def build_constraints(
    scene: Scene, relations: SymbolicState, tolerance_m: float
) -> RelationConstraints:
    """Takes the observed bits of a symbolic state, in the object order of a scene.

    Args:
        scene: The fitted scene.
        relations: The state before the skill; objects it does not know are unobserved.
        tolerance_m: A bit binds where its margin was farther from 0 than this [m]; one that
            holds, at the latest from half the greatest margin it can have.

    Raises:
        InvalidInputError: If a relation is not known.
    """
    n, ids = len(scene.objects), relations.object_ids
    known = [i for i, name in enumerate(scene.object_ids) if name in ids]
    source = [ids.index(scene.object_ids[i]) for i in known]
    fixed = np.array([o.fixed for o in scene.objects])
    informative = ~(fixed[:, None] & fixed[None, :]) & ~np.eye(n, dtype=bool)
    margin = np.zeros((len(relations.relation_names), n, n))
    observed = np.zeros(margin.shape, dtype=bool)
    for into, values in ((margin, relations.margin), (observed, relations.observed)):
        into[:, np.array(known)[:, None], known] = values[:, np.array(source)[:, None], source]
    observed &= informative
    greatest_m = np.array([RELATIONS[name].greatest_m for name in relations.relation_names])
    within = np.minimum(greatest_m / 2, tolerance_m)[:, None, None]
    tolerance = np.where(margin >= 0.0, within, tolerance_m)
    return RelationConstraints(
        relations.relation_names,
        scene.object_ids,
        np.where(observed, np.where(margin >= 0.0, 1.0, -1.0), 0.0),
        observed & (np.abs(margin) >= tolerance),
    )


def log_relation_likelihood(
    margins: torch.Tensor, sign: torch.Tensor, temperature_m: float
) -> torch.Tensor:
    r"""Returns the mean of ln sigmoid(± margin / temperature) over the observed bits, shape (S,).

    .. math:: \frac{1}{|B|} \sum_{b \in B} \ln \sigma(s_b m_b / \tau)

    The mean, since bits are strongly correlated: eight objects have 504 of them, whose sum would
    drown the clouds.

    Args:
        margins: Shape (S, R, N, N) [m].
        sign: ±1 for observed bits, 0 else, shape (R, N, N) or (S, R, N, N).
        temperature_m: Margin over which a bit turns likely [m].
    """
    fit = torch.nn.functional.logsigmoid(sign * margins / temperature_m) * sign.abs()
    return fit.sum((-1, -2, -3)) / sign.abs().sum((-1, -2, -3)).clamp_min(1.0)
