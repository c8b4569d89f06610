# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from planner_scenes import goal_t1, relations_of, transport
import pytest

from f2p_core.symbolic import Goal, Literal, SymbolicState
from f2p_planner.errors import PlannerError, PlannerErrorCode
from f2p_planner.goals import goal_observed, goal_probability, resolve_goal


def _state(probability: ArrayLike, observed: NDArray[np.bool_] | None = None) -> SymbolicState:
    p = np.array(probability)
    return SymbolicState(
        object_ids=('a', 'b'),
        relation_names=('above',),
        probability=p[None],
        margin=p[None] - 0.5,
        observed=np.ones((1, 2, 2), dtype=bool) if observed is None else observed,
    )


def _goal(*literals: tuple[str, str, bool]) -> Goal:
    return Goal(
        literals=tuple(
            Literal(relation='above', subject_id=s, object_id=o, value=v) for s, o, v in literals
        )
    )


def test_minimum_and_product_of_wanted_and_unwanted_literals() -> None:
    state = _state([[0.0, 0.9], [0.2, 0.0]])
    got = goal_probability(state, _goal(('a', 'b', True), ('b', 'a', False)))
    assert got.literals == pytest.approx((0.9, 0.8))
    assert got.minimum == pytest.approx(0.8)
    assert got.product == pytest.approx(0.72)


def test_many_sure_literals_pass_by_minimum_and_fail_by_product() -> None:
    scene = transport(7, 0)
    goal = goal_t1(scene)
    state = relations_of(scene)
    sure = state.model_copy(update={'probability': np.where(state.margin >= 0, 0.97, 0.97)})
    got = goal_probability(sure, goal)
    assert got.minimum > 0.9
    assert got.product < 0.9


def test_an_unseen_literal_is_not_observed_to_hold() -> None:
    holds = _state([[0.0, 0.9], [0.2, 0.0]])
    goal = _goal(('a', 'b', True))
    assert goal_observed(holds, goal)
    assert not goal_observed(_state(holds.probability[0], np.zeros((1, 2, 2), bool)), goal)
    assert not goal_observed(holds, _goal(('a', 'b', False)))


@pytest.mark.parametrize(
    ('literal', 'code', 'word'),
    [
        (('above', 'ghost', 'table_a'), PlannerErrorCode.UNKNOWN_OBJECT, 'ghost'),
        (('above', 'object_1', 'ghost'), PlannerErrorCode.UNKNOWN_OBJECT, 'ghost'),
        (('atop', 'object_1', 'table_a'), PlannerErrorCode.UNKNOWN_RELATION, 'atop'),
        (('above', 'object_1', 'object_1'), PlannerErrorCode.INVALID_INPUT, 'object_1'),
    ],
)
def test_unknown_names_are_refused_by_name(
    literal: tuple[str, str, str], code: PlannerErrorCode, word: str
) -> None:
    relation, subject, target = literal
    goal = Goal(literals=(Literal(relation=relation, subject_id=subject, object_id=target),))
    state = relations_of(transport(1, 0))
    with pytest.raises(PlannerError, match=word) as caught:
        resolve_goal(goal, state.object_ids, state.relation_names)
    assert caught.value.code == code
