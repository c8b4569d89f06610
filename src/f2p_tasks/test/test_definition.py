# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a definition must be, and what it answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from f2p_core.errors import InvalidInputError
from f2p_core.registry import Registry
from f2p_tasks import Act, DEFAULT_TASK, registry, take_up, Task, TASKS
from f2p_tasks.transport import TRANSPORT


def act(name: str, goal: str, *, may_learn: bool = False) -> Act:
    return Act(name, 'a title', 0, goal, may_learn)


def test_the_table_has_the_default_task() -> None:
    assert TASKS[DEFAULT_TASK] is TRANSPORT
    assert TASKS.problems == ()
    with pytest.raises(InvalidInputError, match=r"unknown task 'juggling'; known: transport"):
        TASKS['juggling']


def test_a_task_whose_relations_are_not_known_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert take_up(DEFAULT_TASK) is TRANSPORT
    known = replace(TRANSPORT, name='known', relations=('inside',))
    bridging = replace(TRANSPORT, name='bridging', relations=('inside', 'rides', 'spans'))
    table = Registry('task', 'f2p.no_tasks', (known, bridging), lambda task: task.name, Task)
    monkeypatch.setattr(registry, 'TASKS', table)
    assert take_up('known') is known
    why = "task 'bridging' needs relations that are not known: rides, spans; install"
    with pytest.raises(InvalidInputError, match=why):
        take_up('bridging')


@pytest.mark.parametrize(
    ('acts', 'why'),
    [
        ((act('one', 'T1', may_learn=True), act('one', 'T2')), 'acts share a name: one, one'),
        ((act('one', 'T3', may_learn=True),), "act 'one' pursues 'T3'; its goals are T1, T2"),
        ((act('one', 'T1'),), 'no act may learn'),
    ],
)
def test_acts_that_make_no_story_are_refused(acts: tuple[Act, ...], why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        replace(TRANSPORT, acts=acts)


def test_the_story_is_about_the_first_act_that_learns() -> None:
    second, third = act('second', 'T2', may_learn=True), act('third', 'T1', may_learn=True)
    task: Task = replace(TRANSPORT, acts=(act('first', 'T1'), second, third))
    assert task.learning_act is second


def test_unknown_goals_and_sizes_are_named() -> None:
    with pytest.raises(InvalidInputError, match="no goal 'T9'; its goals are T1, T2"):
        TRANSPORT.goal('T9', TRANSPORT.seeded_scene(1, 0))
    with pytest.raises(InvalidInputError, match=r'no size 9 \(objects in the container\)'):
        TRANSPORT.seeded_scene(9, 0)


def test_a_seed_gives_one_scene() -> None:
    assert TRANSPORT.seeded_scene(3, 4) == TRANSPORT.seeded_scene(3, 4)
    assert TRANSPORT.seeded_scene(3, 4) != TRANSPORT.seeded_scene(3, 5)
