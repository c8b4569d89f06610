# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What is drawn before inference: supports that perception leaves open."""

from __future__ import annotations

import numpy as np
from svi_synthetic import transport_failure

from f2p_core.observation import SceneObservation
from f2p_core.relations import RELATION_NAMES
from f2p_core.supports import support_tree
from f2p_core.symbolic import SymbolicState
from f2p_svi.scenes.hypotheses import draw_supports, MAP, open_questions
from f2p_tasks.tabletop import CONTAINER, TABLE_A

FAILURE = transport_failure(3, 0)
SCENE = FAILURE.before.scene


def relations_with(inside: float) -> SymbolicState:
    """Perception's view when object_1 may or may not be in the container."""
    relations = FAILURE.relations_before
    probability = relations.probability.copy()
    r = RELATION_NAMES.index('inside')
    probability[r, SCENE.index('object_1'), SCENE.index(CONTAINER)] = inside
    return relations.model_copy(update={'probability': probability})


def draw(inside: float, n: int = 40, seed: int = 0) -> np.ndarray:
    before: SceneObservation = FAILURE.before
    return draw_supports(before, relations_with(inside), n, np.random.default_rng(seed))


def test_what_is_certain_is_the_support_tree() -> None:
    tree = support_tree(SCENE)
    supports = (tree[i] for i in SCENE.object_ids)
    expected = [MAP if support is None else SCENE.index(support) for support in supports]
    assert (draw(1.0) == expected).all()


def test_an_open_question_is_answered_in_proportion() -> None:
    supports = draw(0.7)
    column = supports[:, SCENE.index('object_1')]
    assert set(column) == {SCENE.index(CONTAINER), SCENE.index(TABLE_A)}
    assert np.mean(column == SCENE.index(CONTAINER)) == 0.7
    others = np.delete(supports, SCENE.index('object_1'), axis=1)
    assert (others == others[0]).all()


def test_what_is_surely_outside_stands_on_what_carries_the_container() -> None:
    column = draw(0.0)[:, SCENE.index('object_1')]
    assert (column == SCENE.index(TABLE_A)).all()


def test_the_same_seed_draws_the_same() -> None:
    assert (draw(0.5, seed=3) == draw(0.5, seed=3)).all()
    assert (draw(0.5, seed=3) != draw(0.5, seed=4)).any()


def test_a_container_is_never_inside_its_own_content() -> None:
    relations = relations_with(0.5)
    probability = relations.probability.copy()
    r = RELATION_NAMES.index('inside')
    probability[r, SCENE.index(CONTAINER), SCENE.index('object_1')] = 0.9
    relations = relations.model_copy(update={'probability': probability})
    supports = draw_supports(FAILURE.before, relations, 10, np.random.default_rng(0))
    assert (supports[:, SCENE.index(CONTAINER)] == SCENE.index(TABLE_A)).all()


def test_open_questions_are_those_on_which_the_draws_differ() -> None:
    # Objects: table 0, box 1 on it, cup 2 in the box or on the table, pill 3 in the cup.
    supports = np.array([[MAP, 0, 1, 2], [MAP, 0, 0, 2], [MAP, 0, 1, 2]])
    answer = open_questions(supports)
    expected = np.zeros((3, 4, 4))
    expected[:, 2, 1] = expected[:, 3, 1] = [1.0, -1.0, 1.0]
    np.testing.assert_array_equal(answer, expected)
    assert not open_questions(supports[:1]).any()
