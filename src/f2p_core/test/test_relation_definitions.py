# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What relations say of themselves, and relations that packages bring."""

from __future__ import annotations

from importlib.metadata import EntryPoint

from core_batches import as_torch, RandomBatch, Register
import numpy as np
import pytest

from f2p_core import registry
from f2p_core.errors import InvalidInputError
from f2p_core.geometry.distance import pair_distance
from f2p_core.geometry.pairs import PairGeometry
from f2p_core.relations import (
    EVERY_RELATION,
    Relation,
    relation_margins,
    RELATION_NAMES,
    RelationFunction,
    RELATIONS,
    relations_asked,
)


def near_in_plan(geometry: PairGeometry) -> np.ndarray:
    offset = geometry.offset_m[..., :2]
    margin: np.ndarray = 0.1 - geometry.xp.sqrt((offset * offset).sum(-1))
    return margin


NEAR = Relation('near_in_plan', near_in_plan, 'a and b are less than 10 cm apart from above')


def test_registered_relation_is_computed_and_keeps_its_meaning(
    random_batch: RandomBatch, register: Register
) -> None:
    register(RELATIONS, NEAR)
    batch = random_batch(('box', 'cup'), 5, seed=9)
    margin = relation_margins(batch, ['near_in_plan'])[:, 0, 0, 1]
    offset = batch.position_m[:, 0, :2] - batch.position_m[:, 1, :2]
    assert np.allclose(margin, 0.1 - np.linalg.norm(offset, axis=1))
    assert relations_asked(EVERY_RELATION) == (*RELATION_NAMES, 'near_in_plan')
    assert relations_asked(['near_in_plan', 'left']) == ('near_in_plan', 'left')
    with pytest.raises(InvalidInputError, match='registered already'):
        register(RELATIONS, Relation('inside', near_in_plan, 'something else'))
    with pytest.raises(InvalidInputError, match='must be a word'):
        register(RELATIONS, Relation('near by', near_in_plan, 'close'))


def test_names_that_are_asked_for_must_be_known() -> None:
    assert relations_asked(EVERY_RELATION) == RELATION_NAMES
    with pytest.raises(InvalidInputError, match="unknown relation 'nearby'"):
        relations_asked(['left', 'nearby'])


@pytest.mark.parametrize(
    ('margin', 'wrong'),
    [
        (lambda g: g.offset_m[..., 2] * float('nan'), 'NaN'),
        (lambda g: g.offset_m, r'of shape \(5, 2, 2, 3\); 5 scenes of 2 objects need'),
        (lambda g: 0.0, r'of shape \(\)'),
    ],
)
def test_a_relation_without_margins_is_refused_by_name(
    random_batch: RandomBatch, register: Register, margin: RelationFunction, wrong: str
) -> None:
    register(RELATIONS, Relation('odd', margin, 'nothing'))
    batch = random_batch(('box', 'cup'), 5, seed=9)
    for scenes in (batch, as_torch(batch)):
        with pytest.raises(InvalidInputError, match=f"relation 'odd' gives margins .*{wrong}"):
            relation_margins(scenes, ['left', 'odd'])


def test_what_is_undefined_between_an_object_and_itself_is_not_asked(
    random_batch: RandomBatch, register: Register
) -> None:
    def bearing(geometry: PairGeometry) -> np.ndarray:
        with np.errstate(invalid='ignore'):
            x, y = geometry.offset_m[..., 0], geometry.offset_m[..., 1]
            cosine: np.ndarray = x / np.sqrt(x * x + y * y)
            return cosine

    register(RELATIONS, Relation('bearing', bearing, 'b is behind a'))
    found = relation_margins(random_batch(('box', 'cup'), 5, seed=9), ['bearing'])
    assert np.isfinite(found).all()


def test_a_package_whose_relation_has_no_margins_is_named_and_the_rest_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    odd = Relation('odd', lambda geometry: 0.0, 'nothing')
    offered = {'odd': odd, 'near': NEAR}
    found = tuple(EntryPoint(name, f'somewhere:{name}', 'f2p.relations') for name in offered)
    monkeypatch.setattr(registry, 'entry_points', lambda group: found)
    monkeypatch.setattr(EntryPoint, 'load', lambda self: offered[self.name])
    monkeypatch.setattr(RELATIONS, '_definitions', {r.name: r for r in RELATIONS})
    monkeypatch.setattr(RELATIONS, '_problems', [])
    monkeypatch.setattr(RELATIONS, '_loaded', False)
    assert RELATIONS.names == (*RELATION_NAMES, 'near_in_plan')
    (problem,) = RELATIONS.problems
    assert 'odd = somewhere:odd cannot be used' in problem.in_words()
    assert "relation 'odd' gives margins of shape ()" in problem.in_words()


def test_what_the_definitions_say_of_the_nine_is_true(random_batch: RandomBatch) -> None:
    kinds = ('box', 'cylinder', 'sphere', 'cup', 'open_box', 'shelf', 'table')
    batch = random_batch(kinds, 40, seed=11)
    margins, apart = relation_margins(batch), pair_distance(batch) >= 0.0
    for relation, margin in zip(RELATIONS, np.moveaxis(margins, 1, 0), strict=True):
        assert (margin[apart] <= relation.greatest_m).all(), relation.name
        same = np.allclose(margin, margin.swapaxes(-1, -2))
        assert same == relation.symmetric, relation.name
