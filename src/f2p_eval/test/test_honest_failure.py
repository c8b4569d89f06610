# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The failure of the story is honest: every class of plan, predicted and true, shipped model."""

from __future__ import annotations

from pathlib import Path

import pytest

from f2p_effects.store import ModelStore
from f2p_eval.plan_table import task_table
from f2p_planner.plan_table import TableRow
from f2p_sim.mujoco_backend import MujocoSimulator
from f2p_tasks.transport import TRANSPORT

CARRY = 'pick_place container>table_b'
UNLOAD_AND_CARRY = 'pick_place content>table_a, pick_place container>table_b'
CARRY_AND_FETCH = 'pick_place container>table_b, pick_place content>table_a'
CONFIDENT = 0.9
CLASSES = 35
"""At least so many classes of up to two moves exist for each goal."""


@pytest.fixture(scope='module')
def table() -> tuple[TableRow, ...]:
    model = ModelStore(Path(__file__).parents[3] / 'models').load(1)
    return task_table(
        TRANSPORT, model, MujocoSimulator(), size=3, seeds=(0, 1), longest=2
    )


def enumerated(table: tuple[TableRow, ...], goal: str) -> dict[str, TableRow]:
    return {r.plan_class: r for r in table if r.goal == goal and not r.found_by_search}


def chosen(table: tuple[TableRow, ...], goal: str) -> list[TableRow]:
    return [r for r in table if r.goal == goal and r.found_by_search]


def test_no_class_of_plan_is_left_out(table: tuple[TableRow, ...]) -> None:
    assert len(enumerated(table, 'T1')) >= CLASSES
    assert len(enumerated(table, 'T2')) >= CLASSES


def test_t1_is_planned_as_a_carry_and_fails(table: tuple[TableRow, ...]) -> None:
    (row,) = chosen(table, 'T1')
    assert row.plan_class == CARRY
    assert row.predicted >= CONFIDENT
    assert row.achieved == 0.0
    assert row.motion_succeeded == 1.0


def test_t1_can_be_reached_and_the_model_knows_it(table: tuple[TableRow, ...]) -> None:
    """The model need not be led to failure: the true plans score as high, and are longer."""
    rows = enumerated(table, 'T1')
    for name in (UNLOAD_AND_CARRY, CARRY_AND_FETCH):
        assert rows[name].predicted >= CONFIDENT
        assert rows[name].achieved > 0.0
        assert rows[name].mean_skills > rows[CARRY].mean_skills


def test_t2_seems_impossible_and_is_not(table: tuple[TableRow, ...]) -> None:
    rows = enumerated(table, 'T2')
    assert max(r.predicted for r in rows.values()) < 1.0 - CONFIDENT
    assert rows[CARRY].achieved == 1.0
    assert all(r.achieved == 0.0 and r.predicted < CONFIDENT for r in chosen(table, 'T2'))
