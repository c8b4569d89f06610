# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Every class of plan for a goal: what the model predicts of it, and what it truly leads to.

A failure is honest if the model's own best plan fails. This table shows it before anything is
built on it: for every class of plan up to a length, and for what the search itself finds, the
predicted score and the share of scenes in which the plan truly reaches the goal in simulation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from f2p_core.models import Value
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal
from f2p_effects.protocol import EffectModel
from f2p_planner.config import PlannerConfig
from f2p_planner.drawing import Drawer
from f2p_planner.goals import goal_observed
from f2p_planner.plan_class import describe_moves, move_sequences, plan_class, skeleton
from f2p_planner.plans import observed_now, Plan, Situation
from f2p_planner.search import plan
from f2p_sim.protocol import Simulator
from f2p_tasks import Task

_VARIANTS = 6
"""Parameter samples per plan, of which the best predicted one stands for its class."""


class TableRow(Value):
    """One class of plan for one goal, over several scenes.

    Attributes:
        goal: Name of the goal.
        plan_class: The class; see ``f2p_planner.plan_class``.
        found_by_search: Whether the row is what the search chose, not an enumerated class.
        scenes: Scenes in which the class has a plan within the goal's budgets.
        mean_skills: Mean number of skills.
        mean_trips: Mean number of base trips.
        predicted: Mean predicted score (least literal or feasibility).
        confident: Share of the scenes in which the prediction reaches the threshold.
        motion_succeeded: Share in which all motions truly succeeded.
        achieved: Share in which the goal truly held at the end.
    """

    goal: str
    plan_class: str
    found_by_search: bool
    scenes: int
    mean_skills: float
    mean_trips: float
    predicted: float
    confident: float
    motion_succeeded: float
    achieved: float


class TableRequest(NamedTuple):
    """What is tabulated.

    Attributes:
        task: Knows goals, roles and moves.
        situations: Start scenes, also as the model takes them.
        longest: Longest sequence of moves that is enumerated.
        seed: Seed of parameters, searches and simulation.
    """

    task: Task
    situations: Sequence[Situation]
    longest: int
    seed: int


class _Entry(NamedTuple):
    """One plan of one class in one scene."""

    goal: Goal
    goal_name: str
    plan_class: str
    found_by_search: bool
    scene: Scene
    calls: tuple[SkillCall, ...]
    trips: int
    score: float


def tabulate(
    request: TableRequest,
    model: EffectModel,
    simulator: Simulator,
    config: PlannerConfig | None = None,
) -> tuple[TableRow, ...]:
    """Tabulates every class of plan for every goal of a task.

    Per class and scene several parameter samples are predicted; the best one that keeps the
    goal's budgets is simulated step by step. Classes without such a plan have no row.

    Args:
        request: Task, scenes and lengths.
        model: The effect model that predicts.
        simulator: Shows what is true.
        config: Thresholds and the budget of the searches.

    Returns:
        Rows by goal: what the search found, then the enumerated classes, each by falling
        prediction.

    Raises:
        PlannerError: If a goal names something unknown.
        InvalidInputError: If a scene is no start of the task.
    """
    config = config or PlannerConfig()
    entries: list[_Entry] = []
    for at, situation in enumerate(request.situations):
        goals = {name: request.task.goal(name, situation.scene) for name in request.task.goals}
        for name, goal in goals.items():
            found = plan(goal, situation, model, seed=request.seed + at, config=config)
            entries.append(_searched(request.task, name, situation.scene, found))
        drawer = Drawer(situation, model, goals, config, np.random.default_rng([request.seed, at]))
        entries.extend(_enumerated(request, goals, situation.scene, drawer))
    return _rows(entries, _truth(entries, simulator, request.seed), config)


def _searched(task: Task, name: str, scene: Scene, found: Plan) -> _Entry:
    label = plan_class(task, scene, found.calls)
    return _Entry(found.goal, name, label, True, scene, found.calls, found.base_trips, found.score)


def _enumerated(
    request: TableRequest, goals: Mapping[str, Goal], scene: Scene, drawer: Drawer
) -> list[_Entry]:
    """Returns the best plan of every class within every goal's budgets in one scene."""
    most = max(goal.max_skills for goal in goals.values())
    entries = []
    for moves in move_sequences(request.task.moves(scene), request.longest):
        steps = skeleton(moves)
        if not 0 < len(steps) <= most:
            continue
        label = describe_moves(moves)
        for name, drawn in drawer.draw(steps, _VARIANTS).items():
            goal = goals[name]
            if len(steps) <= goal.max_skills and drawn.trips <= goal.max_base_trips:
                entries.append(
                    _Entry(goal, name, label, False, scene, drawn.calls, drawn.trips, drawn.score)
                )
    return entries


def _truth(entries: Sequence[_Entry], simulator: Simulator, seed: int) -> list[tuple[bool, bool]]:
    """Simulates every plan; returns per plan whether all motions went and the goal held."""
    scenes = [entry.scene for entry in entries]
    motion = [True] * len(entries)
    for step in range(max((len(entry.calls) for entry in entries), default=0)):
        running = [i for i, e in enumerate(entries) if motion[i] and step < len(e.calls)]
        rollouts = simulator.simulate(
            [scenes[i] for i in running],
            [entries[i].calls[step] for i in running],
            seed=seed + step,
        )
        for i, rollout in zip(running, rollouts, strict=True):
            scenes[i], motion[i] = rollout.end_scene, rollout.motion_succeeded
    return [
        (went, _holds(entry.goal, scene))
        for entry, scene, went in zip(entries, scenes, motion, strict=True)
    ]


def _holds(goal: Goal, scene: Scene) -> bool:
    names = sorted({literal.relation for literal in goal.literals})
    return goal_observed(observed_now(scene, names), goal)


def _rows(
    entries: Sequence[_Entry], truth: Sequence[tuple[bool, bool]], config: PlannerConfig
) -> tuple[TableRow, ...]:
    """Groups plans by goal and class."""
    groups: dict[tuple[str, bool, str], list[int]] = {}
    for i, entry in enumerate(entries):
        key = (entry.goal_name, not entry.found_by_search, entry.plan_class)
        groups.setdefault(key, []).append(i)
    rows = []
    for (goal_name, enumerated, label), members in groups.items():
        of_class = [entries[i] for i in members]
        score = np.array([entry.score for entry in of_class])
        rows.append(
            TableRow(
                goal=goal_name,
                plan_class=label,
                found_by_search=not enumerated,
                scenes=len(members),
                mean_skills=float(np.mean([len(entry.calls) for entry in of_class])),
                mean_trips=float(np.mean([entry.trips for entry in of_class])),
                predicted=float(score.mean()),
                confident=float((score >= config.threshold).mean()),
                motion_succeeded=float(np.mean([truth[i][0] for i in members])),
                achieved=float(np.mean([truth[i][1] for i in members])),
            )
        )
    return tuple(sorted(rows, key=lambda r: (r.goal, not r.found_by_search, -r.predicted)))
