# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from f2p_core.geometry.shapes import SHAPES
from f2p_core.placement import call_bounds
from f2p_core.supports import contents
from f2p_core.tabletop import sample_tabletop, TABLE_A, TabletopConfig
from f2p_effects.errors import EffectsError
from f2p_effects.pretraining_plan import (
    draw_execution,
    draw_from,
    free_call,
    PlanEntry,
    PRETRAINING_PLAN,
)  # fmt: skip


def test_no_execution_acts_on_a_container_that_holds_anything() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_execution(rng) for _ in range(300)]
    for execution in drawn:
        item = execution.scene.object(execution.call.object_id)
        if SHAPES[item.shape.kind].hollow:
            assert contents(execution.scene, item.object_id) == ()
        low, high = call_bounds(
            execution.scene, execution.call.skill, item.object_id, execution.call.target_id
        )
        assert (low - 1e-6 <= np.array(execution.call.parameters)).all()
        assert (np.array(execution.call.parameters) <= high + 1e-6).all()
    counts = Counter(execution.entry for execution in drawn)
    for entry in PRETRAINING_PLAN:
        assert counts[entry.name] / 300 == pytest.approx(entry.share, abs=0.08)


def test_content_lies_in_containers_while_others_are_moved() -> None:
    rng = np.random.default_rng(1)
    entry = next(e for e in PRETRAINING_PLAN if e.name == 'place_on_table')
    held = [len(contents(draw_from(entry, rng).scene, 'container')) for _ in range(30)]
    assert sum(count > 0 for count in held) > 10


def test_the_same_generator_draws_the_same_executions() -> None:
    first, second = (draw_execution(np.random.default_rng(7)) for _ in range(2))
    assert first == second


def test_a_call_where_there_is_no_room_is_none() -> None:
    rng = np.random.default_rng(0)
    scene = sample_tabletop(TabletopConfig(inside=0, on_a=12), rng)
    calls = [free_call(scene, 'pick_place', 'container', TABLE_A, rng) for _ in range(20)]
    assert 3 <= calls.count(None) < 20


def test_an_entry_without_calls_is_named() -> None:
    entry = PlanEntry('nothing', 1.0, lambda rng: TabletopConfig(1), lambda scene, rng: None)
    with pytest.raises(EffectsError, match='nothing: no call found'):
        draw_from(entry, np.random.default_rng(0))
