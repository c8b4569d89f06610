# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

from planner_kinematics import KinematicModel, KinematicSimulator
from planner_scenes import goal_t1, goal_t2, model_state, transport
import pytest

from f2p_core.skill import SkillCall
from f2p_planner.config import PlannerConfig
from f2p_planner.plan_class import describe_moves, move_sequences, plan_class, skeleton
from f2p_planner.plan_table import TableRequest, TableRow, tabulate
from f2p_planner.plans import Situation
from f2p_tasks.tabletop import CONTAINER, TABLE_A, TABLE_B
from f2p_tasks.transport import TRANSPORT

QUICK = PlannerConfig(max_time_s=600.0, refined_plans=1, refine_rounds=1, beam_width=8)
CARRY = f'pick_place container>{TABLE_B}'
UNLOAD = f'pick_place content>{TABLE_A}'

Table = tuple[dict[tuple[str, str], TableRow], list[TableRow]]
"""Rows by goal and class of plan, and those of the plans that were found by search."""


def _put(object_id: str, target_id: str) -> SkillCall:
    return SkillCall(
        skill='pick_place', object_id=object_id, target_id=target_id, parameters=(0.0, 0.0, 0.0)
    )


def _table(*, rides: bool, longest: int = 2) -> Table:
    scenes = [transport(2, seed) for seed in (0, 1)]
    request = TableRequest(
        task=replace(TRANSPORT, goals={'T1': goal_t1, 'T2': goal_t2}),
        situations=[Situation(s, model_state(s)) for s in scenes],
        longest=longest,
        seed=0,
    )
    model = KinematicModel(scenes[0], rides=rides)
    rows = tabulate(request, model, KinematicSimulator(rides=True), QUICK)
    return {(r.goal, r.plan_class): r for r in rows if not r.found_by_search}, [
        r for r in rows if r.found_by_search
    ]


@pytest.fixture(scope='module')
def true_table() -> Table:
    return _table(rides=True)


def test_the_wrong_model_is_surely_wrong_about_the_carry() -> None:
    rows, found = _table(rides=False)
    carry = rows['T1', CARRY]
    assert carry.confident == 1.0
    assert carry.achieved == 0.0
    assert [(r.goal, r.plan_class) for r in found if r.goal == 'T1'] == [('T1', CARRY)]
    assert rows['T1', f'{UNLOAD}, {CARRY}'].achieved == 1.0
    assert rows['T2', CARRY].predicted < 0.1
    assert rows['T2', CARRY].achieved == 1.0
    assert not any(r.confident for (goal, _), r in rows.items() if goal == 'T2')


def test_the_right_model_predicts_what_is_true(true_table: Table) -> None:
    rows, found = true_table
    for row in (*rows.values(), *found):
        assert row.confident == row.achieved, row
    assert {r.goal: r.plan_class for r in found} == {
        'T1': f'{UNLOAD} ×2, {CARRY}',
        'T2': CARRY,
    }


def test_only_plans_within_the_budgets_have_rows(true_table: Table) -> None:
    rows, _ = true_table
    assert all(r.mean_trips <= 1 for (goal, _), r in rows.items() if goal == 'T2')
    assert all(r.mean_skills <= 6 for r in rows.values())
    assert ('T2', f'pick_place content>{TABLE_B}') not in rows


def test_classes_name_roles_and_count_repetitions() -> None:
    scene = transport(2, 0, on_b=1)
    calls = [
        _put('object_1', TABLE_A),
        _put('object_2', TABLE_A),
        _put('object_3', CONTAINER),
        _put(CONTAINER, TABLE_B),
    ]
    assert plan_class(TRANSPORT, scene, calls) == (
        f'{UNLOAD} ×2, pick_place other>container, {CARRY}'
    )
    assert plan_class(TRANSPORT, scene, []) == 'nothing'


def test_sequences_repeat_no_move_and_unfold_to_calls() -> None:
    scene = transport(2, 0)
    sequences = list(move_sequences(TRANSPORT.moves(scene), 2))
    assert len(sequences) == 8 + 8 * 7
    assert len(set(sequences)) == len(sequences)
    (moves,) = (s for s in sequences if describe_moves(s) == f'{UNLOAD}, {CARRY}')
    assert skeleton(moves) == (
        ('pick_place', 'object_1', TABLE_A),
        ('pick_place', 'object_2', TABLE_A),
        ('pick_place', CONTAINER, TABLE_B),
    )


def test_the_same_seed_gives_the_same_table() -> None:
    assert _table(rides=True, longest=1) == _table(rides=True, longest=1)
