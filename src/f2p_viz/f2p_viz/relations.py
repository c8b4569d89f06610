# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Relations between objects: what is seen, and where the prediction says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from f2p_core.relations import RELATIONS
from f2p_core.scene import Scene
from f2p_core.symbolic import SymbolicState
from f2p_viz.colours import SKY_BLUE, WHITE, WRONG
from f2p_viz.drawing import line, nearest_point, over, words
from f2p_viz.marker import Identity, Marker

_HOLDS = 0.5
"""From this probability on a relation counts as holding."""

_ROW_M = 0.04
"""Height of a row of text [m]: two letters."""


class Fact(NamedTuple):
    """One relation that was seen to hold, or to differ from the prediction.

    Attributes:
        relation, subject_id, object_id: "subject is <relation> object".
        holds: What is seen.
        predicted: What was predicted; ``None``: nothing.
    """

    relation: str
    subject_id: str
    object_id: str
    holds: bool
    predicted: bool | None

    @property
    def differs(self) -> bool:
        """Whether something else was predicted than is seen."""
        return self.predicted is not None and self.predicted != self.holds

    @property
    def name(self) -> str:
        """The relation as ``above(object_1, table_a)``."""
        return f'{self.relation}({self.subject_id}, {self.object_id})'

    def in_words(self) -> str:
        """Returns the fact without its subject."""
        text = f'{self.relation} {self.object_id}'
        if not self.differs:
            return text
        return f'{text}, not predicted' if self.holds else f'predicted: {text}'


def facts(
    observed: SymbolicState, predicted: SymbolicState | None, relations: Sequence[str]
) -> tuple[Fact, ...]:
    """Returns what there is to say about the pairs of objects that are seen.

    Args:
        observed: Relations as perceived; unobserved entries say nothing.
        predicted: Relations as predicted, in any order of objects; ``None``: there is none.
        relations: Which relations to tell of.
    """
    expected = {} if predicted is None else _as_table(predicted)
    found = []
    for key, holds in _as_table(observed, only_observed=True).items():
        relation, subject_id, object_id = key
        fact = Fact(relation, subject_id, object_id, holds, expected.get(key))
        if relation in relations and (holds or fact.differs):
            found.append(fact)
    return tuple(found)


def relation_markers(told: Sequence[Fact], scene: Scene) -> tuple[Marker, ...]:
    """Returns a line per fact, and beside each object the words about it.

    Namespaces: ``above(object_1, table_a)`` for a line, ``object_1`` for words: number 0 is what
    holds, 1 what differs from the prediction, in red.
    """
    known = set(scene.object_ids)
    usable = [fact for fact in told if {fact.subject_id, fact.object_id} <= known]
    lines = (_line(fact, scene) for fact in usable)
    return (*lines, *_words(usable, scene))


def _as_table(
    state: SymbolicState, *, only_observed: bool = False
) -> dict[tuple[str, str, str], bool]:
    ids, names = state.object_ids, state.relation_names
    return {
        (names[r], ids[a], ids[b]): bool(state.probability[r, a, b] > _HOLDS)
        for r in range(len(names))
        for a in range(len(ids))
        for b in range(len(ids))
        if a != b
        and (state.observed[r, a, b] or not only_observed)
        and (ids[a] < ids[b] or not _is_symmetric(names[r]))
    }


def _is_symmetric(relation: str) -> bool:
    """Whether one direction says all; a relation that is not known here says two things."""
    return relation in RELATIONS and RELATIONS[relation].symmetric


def _line(fact: Fact, scene: Scene) -> Marker:
    start = scene.object(fact.subject_id).pose_map.position_m
    end = nearest_point(scene.object(fact.object_id), start)
    return line(Identity(fact.name, 0), start, end, WRONG if fact.differs else SKY_BLUE)


def _words(told: Sequence[Fact], scene: Scene) -> Iterator[Marker]:
    """Yields what is said of each object, in rows above all objects: these may be close."""
    height_m = max((over(thing)[2] for thing in scene.objects), default=0.0)
    for thing in scene.objects:
        own = [fact for fact in told if fact.subject_id == thing.object_id]
        agreeing = [fact for fact in own if not fact.differs]
        differing = [fact for fact in own if fact.differs]
        for number, (group, colour) in enumerate(((agreeing, WHITE), (differing, WRONG))):
            if group:
                height_m += _ROW_M
                x, y, _ = thing.pose_map.position_m
                text = f'{thing.object_id}: {"; ".join(fact.in_words() for fact in group)}'
                yield words(text, Identity(thing.object_id, number), (x, y, height_m), colour)
