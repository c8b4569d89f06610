# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What was drawn and is no more is taken away, for every viewer."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
import pytest

from f2p_viz.colours import GREY
from f2p_viz.layer import Layer, Update
from f2p_viz.marker import Identity, Marker


def marker(name: str) -> Marker:
    return Marker(Identity(name, 0), 'box', GREY, (0.1, 0.1, 0.1))


def seen_after(before: set[Identity], update: Update) -> set[Identity]:
    """What a viewer shows that showed something before."""
    kept = set() if update.clear else before - set(update.gone)
    return kept | {m.identity for m in update.markers}


HISTORY = st.lists(st.sets(st.sampled_from('abcd')), min_size=1, max_size=8)


@given(HISTORY, st.data())
def test_a_viewer_shows_what_is_there_whatever_updates_it_missed(
    history: Sequence[set[str]], data: st.DataObject
) -> None:
    layer, shown = Layer(), set[Identity]()
    for names in history:
        update = layer.show(marker(name) for name in sorted(names))
        if data.draw(st.booleans()):
            shown = seen_after(shown, update)
    assert seen_after(shown, update) == {Identity(name, 0) for name in names}


@pytest.mark.parametrize('is_missed', [False, True])
def test_after_a_clear_nothing_from_before_is_left(is_missed: bool) -> None:
    layer = Layer()
    shown = seen_after(set(), layer.show([marker('a'), marker('b')]))
    update = layer.clear()
    if not is_missed:
        shown = seen_after(shown, update)
        assert not shown
    assert seen_after(shown, layer.show([marker('b')])) == {Identity('b', 0)}


def test_what_comes_back_is_not_taken_away() -> None:
    layer = Layer()
    layer.show([marker('a')])
    assert layer.show([]).gone == (Identity('a', 0),)
    assert layer.show([marker('a')]).gone == ()
