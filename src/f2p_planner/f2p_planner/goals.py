# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Goals resolved against a scene, and how probable it is that they hold.

Two figures are kept side by side. The *product* of the literals' probabilities is the joint
probability if the literals were independent; they are not, so with 2k+1 literals it drops below
any threshold although every literal is sure. The *minimum* is therefore what is compared with the
threshold, and the product orders plans of the same minimum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.symbolic import Goal, SymbolicState
from f2p_planner.errors import PlannerError, PlannerErrorCode


class GoalIndex(NamedTuple):
    """A goal's L literals as indices into arrays of relations.

    Attributes:
        relation: Relation of each literal, shape (L,).
        subject: Object index of the subject, shape (L,).
        object: Object index of the object, shape (L,).
        value: Whether the relation shall hold, shape (L,).
    """

    relation: NDArray[np.int64]
    subject: NDArray[np.int64]
    object: NDArray[np.int64]
    value: NDArray[np.bool_]


class GoalProbability(NamedTuple):
    """How probable it is that a goal holds.

    Attributes:
        minimum: Probability of the least probable literal.
        product: Product of the probabilities of all literals.
        literals: Probability of every literal, in the goal's order.
    """

    minimum: float
    product: float
    literals: tuple[float, ...]


def resolve_goal(
    goal: Goal, object_ids: Sequence[str], relation_names: Sequence[str]
) -> GoalIndex:
    """Looks up a goal's names.

    Args:
        goal: The goal.
        object_ids: Ids of the N objects of the scene.
        relation_names: Names of the R known relations.

    Raises:
        PlannerError: ``UNKNOWN_OBJECT`` or ``UNKNOWN_RELATION``, naming the first unknown name;
            ``INVALID_INPUT`` where a literal relates an object to itself.
    """
    for literal in goal.literals:
        if literal.relation not in relation_names:
            raise PlannerError(
                PlannerErrorCode.UNKNOWN_RELATION,
                f'the goal uses relation {literal.relation!r}; known: {", ".join(relation_names)}',
            )
        for object_id in (literal.subject_id, literal.object_id):
            if object_id not in object_ids:
                raise PlannerError(
                    PlannerErrorCode.UNKNOWN_OBJECT,
                    f'the goal names object {object_id!r}; the scene has: {", ".join(object_ids)}',
                )
        if literal.subject_id == literal.object_id:
            raise PlannerError(
                PlannerErrorCode.INVALID_INPUT,
                f'the goal relates {literal.subject_id!r} to itself; name two objects',
            )
    relations, objects = list(relation_names), list(object_ids)
    return GoalIndex(
        np.array([relations.index(x.relation) for x in goal.literals], dtype=np.int64),
        np.array([objects.index(x.subject_id) for x in goal.literals], dtype=np.int64),
        np.array([objects.index(x.object_id) for x in goal.literals], dtype=np.int64),
        np.array([x.value for x in goal.literals], dtype=np.bool_),
    )


def literal_probabilities(
    probability: NDArray[np.float64], index: GoalIndex
) -> NDArray[np.float64]:
    """Returns the probability of every literal.

    Args:
        probability: P(relation), shape (..., R, N, N).
        index: The goal.

    Returns:
        P(literal is as wanted), shape (..., L).
    """
    holds = probability[..., index.relation, index.subject, index.object]
    return np.where(index.value, holds, 1.0 - holds)


def goal_probability(state: SymbolicState, goal: Goal) -> GoalProbability:
    """Returns how probable it is that a goal holds in an observed or predicted state.

    Raises:
        PlannerError: If the goal names an object or relation the state does not have.
    """
    index = resolve_goal(goal, state.object_ids, state.relation_names)
    literals = literal_probabilities(state.probability, index)
    return GoalProbability(float(literals.min()), float(literals.prod()), tuple(literals.tolist()))


def goal_observed(state: SymbolicState, goal: Goal) -> bool:
    """Returns whether every literal is observed and its margin has the wanted sign.

    Raises:
        PlannerError: If the goal names an object or relation the state does not have.
    """
    index = resolve_goal(goal, state.object_ids, state.relation_names)
    entry = (index.relation, index.subject, index.object)
    holds = (state.margin[entry] >= 0.0) == index.value
    return bool((holds & state.observed[entry]).all())
