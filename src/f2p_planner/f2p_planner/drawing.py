# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Parameters for a given sequence of skills: drawn, predicted, and the best kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from f2p_core.skill import Hand, SkillCall, SKILLS
from f2p_core.symbolic import Goal
from f2p_effects.protocol import EffectModel
from f2p_planner.calls import call_table, Calls, make_call
from f2p_planner.config import PlannerConfig
from f2p_planner.forecast import Forecaster, Meter
from f2p_planner.goals import resolve_goal
from f2p_planner.object_table import (
    FloatArray,
    IntArray,
    object_table_of,
    Poses,
    poses_of,
    root_furniture,
    states_of,
)
from f2p_planner.plans import Situation
from f2p_planner.proposals import propose
from f2p_planner.stations import added_trips, NO_STATION


class Drawn(NamedTuple):
    """The best drawn plan of one sequence for one goal.

    Attributes:
        calls: The plan.
        trips: Base trips it needs.
        score: Least literal or feasibility.
    """

    calls: tuple[SkillCall, ...]
    trips: int
    score: float


class _Drafts(NamedTuple):
    """V unfinished plans of one sequence."""

    calls: tuple[tuple[SkillCall, ...], ...]
    poses: Poses
    literals: FloatArray
    feasible: FloatArray
    station: IntArray
    trips: IntArray


class Drawer:
    """Draws parameters in one situation, each step in the geometry predicted for it.

    Args:
        situation: Where plans start.
        model: The effect model.
        goals: What plans are judged by, by name.
        config: Clearances.
        rng: Source of all randomness.

    Raises:
        PlannerError: If a goal names something unknown.
    """

    def __init__(
        self,
        situation: Situation,
        model: EffectModel,
        goals: Mapping[str, Goal],
        config: PlannerConfig,
        rng: np.random.Generator,
    ) -> None:
        self._objects = object_table_of(situation.scene)
        hand = Hand(config.hand_opening_m)
        self._table = call_table(self._objects, model.skill_names, hand)
        self._start = poses_of(situation.scene)
        self._config, self._rng = config, rng
        literals = tuple(x for goal in goals.values() for x in goal.literals)
        index = resolve_goal(
            Goal(literals=literals), self._objects.object_ids, model.relation_names
        )
        ends = np.cumsum([0, *(len(goal.literals) for goal in goals.values())]).tolist()
        self._columns = {
            name: slice(begin, end)
            for name, begin, end in zip(goals, ends, ends[1:], strict=False)
        }
        unlimited = Meter(2**62, float('inf'), lambda: 0.0)
        self._forecaster = Forecaster(model, situation.state, index, unlimited)

    def draw(self, steps: Sequence[tuple[str, str, str]], variants: int) -> dict[str, Drawn]:
        """Returns the best of some variants per goal.

        Args:
            steps: Skill, object and target of each call, at least one.
            variants: Parameter sets that are tried.

        Returns:
            Goal name → best plan; empty where a step finds no free place in any variant.
        """
        drafts = _Drafts(
            calls=((),) * variants,
            poses=self._start.take(np.zeros(variants, dtype=np.int64)),
            literals=np.zeros((variants, 0)),
            feasible=np.ones(variants),
            station=np.full(variants, NO_STATION),
            trips=np.zeros(variants, dtype=np.int64),
        )
        for skill, object_id, target_id in steps:
            drafts = self._extended(drafts, self._column(skill, object_id, target_id))
            if not drafts.calls:
                return {}
        best = {}
        for name, columns in self._columns.items():
            score = np.minimum(drafts.literals[:, columns].min(axis=1), drafts.feasible)
            row = int(score.argmax())
            best[name] = Drawn(drafts.calls[row], int(drafts.trips[row]), float(score[row]))
        return best

    def _extended(self, drafts: _Drafts, column: IntArray) -> _Drafts:
        """Adds one call to every draft that has a free place for it."""
        table, objects = self._table, self._objects
        states = states_of(drafts.poses, objects)
        drawn = propose(table, states, objects, self._config, 1, self._rng)
        free = np.flatnonzero(drawn.valid[:, column, 0].any(axis=1))
        same = np.repeat(column, len(free))
        calls = Calls(
            table.skill[same],
            table.object[same],
            table.target[same],
            drawn.parameters[free, same, 0],
        )
        at = np.arange(len(free))
        states = states.take(free)
        roots = root_furniture(states, objects)
        pick, place = roots[at, calls.object], roots[at, calls.target]
        forecast = self._forecaster.forecast(states.poses, calls)
        return _Drafts(
            calls=tuple(
                (*drafts.calls[r], make_call(objects, calls, i))
                for i, r in enumerate(free.tolist())
            ),
            poses=forecast.poses,
            literals=forecast.literals,
            feasible=np.minimum(drafts.feasible[free], forecast.feasible),
            station=place,
            trips=drafts.trips[free] + added_trips(drafts.station[free], pick, place),
        )

    def _column(self, skill: str, object_id: str, target_id: str) -> IntArray:
        """Column of the call in the table; empty if the scene does not offer it."""
        ids, table = self._objects.object_ids, self._table
        return np.flatnonzero(
            (table.skill == SKILLS.names.index(skill))
            & (table.object == ids.index(object_id))
            & (table.target == ids.index(target_id))
        )
