# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Search over skill sequences and their continuous parameters.

A beam search: plans grow by one call at a time; all calls of all kept states are predicted in
batches. States that are alike (``symmetry``) are followed once. Where more remain than
the beam holds, those nearest to the goal are kept, judged by looking one call ahead
(``_distance_to_goal``). The best plans' parameters are refined at the end. Nothing but the model,
the goal and its budgets decides which skills a plan uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.skill import Hand
from f2p_core.symbolic import Goal
from f2p_effects.protocol import EffectModel
from f2p_planner.avoid import AvoidedCall
from f2p_planner.calls import call_table, Calls, make_call
from f2p_planner.config import PlannerConfig
from f2p_planner.errors import PlannerError, PlannerErrorCode
from f2p_planner.expand import expand, Problem
from f2p_planner.forecast import Forecaster, Meter
from f2p_planner.goals import goal_probability, resolve_goal
from f2p_planner.nodes import Nodes, plan_keys, PlanKey, root_node
from f2p_planner.object_table import FloatArray, object_table_of, poses_of, States, states_of
from f2p_planner.plans import evaluate_plan, observed_now, Plan, Situation
from f2p_planner.refine import refine
from f2p_planner.stations import NO_STATION
from f2p_planner.symmetry import signatures, symmetry_of

_POOL = 4
"""States looked ahead from, as a multiple of the beam."""

_DUPLICATE_SHARE = 4
"""One in this many places of a beam that is not full goes to states like others."""


class _Leader(NamedTuple):
    """One of the best plans so far."""

    key: PlanKey
    calls: Calls


def plan(
    goal: Goal,
    situation: Situation,
    model: EffectModel,
    *,
    seed: int,
    config: PlannerConfig | None = None,
    avoided: Sequence[AvoidedCall] = (),
    control: Control = UNCONTROLLED,
) -> Plan:
    """Finds the best plan for a goal within a budget.

    Deterministic given the seed as long as the number of predictions, not the time, ends the
    search. If the goal does not hold, the plan is never empty: below the threshold it is the best
    effort and says so (``Plan.confident``).

    Args:
        goal: Literals and budgets.
        situation: The scene now, also as the model takes it.
        model: The effect model.
        seed: Seed of all random choices.
        config: Budgets and thresholds.
        avoided: Calls that shall not be used.
        control: Clock, cancelling and progress.

    Raises:
        PlannerError: If the goal names something unknown, or no call at all is possible.
        CancelledError: If ``control`` said stop.
    """
    config = config or PlannerConfig()
    index = resolve_goal(goal, situation.scene.object_ids, model.relation_names)
    now = goal_probability(observed_now(situation.scene, model.relation_names), goal)
    if now.minimum > 0.5:
        return evaluate_plan(goal, situation, model, (), threshold=config.threshold)
    objects = object_table_of(situation.scene)
    meter = Meter(config.max_evaluations, config.max_time_s, control.now_s)
    problem = Problem(
        goal,
        objects,
        call_table(objects, model.skill_names, Hand(config.hand_opening_m)),
        config,
        tuple(avoided),
        symmetry_of(goal, objects),
        Forecaster(model, situation.state, index, meter, control),
        np.random.default_rng(seed),
    )
    station = NO_STATION if situation.at is None else situation.scene.index(situation.at)
    root = root_node(poses_of(situation.scene), np.array(now.literals), station)
    start = states_of(root.poses, objects)
    plans = []
    for leader in _grow(problem, root, start, meter, control):
        refined = refine(problem, start, leader.calls)
        calls = [make_call(objects, refined, row) for row in range(len(refined.skill))]
        plans.append(evaluate_plan(goal, situation, model, calls, threshold=config.threshold))
    best = max(plans, key=_key_of)
    return best.model_copy(update={'evaluations': meter.evaluations})


def _grow(
    problem: Problem, root: Nodes, start: States, meter: Meter, control: Control
) -> list[_Leader]:
    """Grows plans call by call; returns the best of all lengths, best first."""
    config, most = problem.config, problem.goal.max_skills
    layers, leaders = [root], list[_Leader]()
    states, seen = start, set(signatures(root, start, problem.symmetry))
    for length in range(1, most + 1):
        children = expand(problem, layers[-1], states, config.samples)
        if len(children.parent) == 0:
            break
        leaders = _best(leaders, layers, children, max(config.refined_plans, 1))
        control.report('planning', length, most)
        if leaders[0].key.score >= config.satisfied_score or length == most or meter.spent:
            break
        chosen, states = _select(problem, children, leaders[0].key.score, seen)
        if len(chosen.parent) == 0:
            break
        layers.append(chosen)
    if not leaders:
        raise PlannerError(
            PlannerErrorCode.NO_CALL_POSSIBLE,
            f'no call is possible within {problem.goal.max_base_trips} base trips and '
            f'{config.max_time_s:g} s; there is no free place, every call is avoided, or the '
            'budgets are too small',
        )
    return leaders


def _best(
    leaders: list[_Leader], layers: list[Nodes], children: Nodes, count: int
) -> list[_Leader]:
    """Merges the best plans so far with those that end at the newest nodes."""
    keys = plan_keys(children)
    rows = sorted(range(len(keys)), key=lambda row: keys[row], reverse=True)[:count]
    merged = [*leaders, *(_Leader(keys[row], _path(layers, children, row)) for row in rows)]
    return sorted(merged, key=lambda leader: leader.key, reverse=True)[:count]


def _path(layers: list[Nodes], children: Nodes, row: int) -> Calls:
    """Returns the calls from the start to a node, in order."""
    steps = []
    for nodes in (children, *reversed(layers[1:])):
        steps.append(nodes.calls.take(np.array([row])))
        row = int(nodes.parent[row])
    return Calls(*(np.concatenate(arrays) for arrays in zip(*reversed(steps), strict=True)))


def _select(
    problem: Problem, children: Nodes, best_score: float, seen: set[bytes]
) -> tuple[Nodes, States]:
    """Chooses the states that are followed, best first; remembers them in ``seen``.

    A plan is no better than its least feasible call, so states that cannot lead to a better plan
    than the best so far are left out.
    """
    config = problem.config
    hopeful = children.take(np.flatnonzero(children.feasible >= best_score))
    own = hopeful.feasible * hopeful.literals.sum(axis=1)
    nodes = hopeful.take(np.argsort(-own, kind='stable'))
    states = states_of(nodes.poses, problem.objects)
    keys = signatures(nodes, states, problem.symmetry)
    fresh, alike, known = list[int](), list[int](), set(seen)
    for row, key in enumerate(keys):
        (alike if key in known else fresh).append(row)
        known.add(key)
    if len(fresh) > config.beam_width:
        pool = np.array(fresh[: _POOL * config.beam_width], dtype=np.int64)
        distance = _distance_to_goal(problem, nodes.take(pool), states.take(pool))
        fresh = pool[np.argsort(distance, kind='stable')][: config.beam_width].tolist()
    room = min(config.beam_width - len(fresh), config.beam_width // _DUPLICATE_SHARE)
    chosen = np.array([*fresh, *alike[:room]], dtype=np.int64)
    seen.update(keys[row] for row in chosen)
    return nodes.take(chosen), states.take(chosen)


def _distance_to_goal(problem: Problem, nodes: Nodes, states: States) -> FloatArray:
    """Estimates how far states are from the goal by looking one call ahead.

    Every literal that does not hold counts 1, plus what is lost by achieving it in one call: the
    literals that hold now and no longer hold in the best child that achieves it (all of them
    where no child does). Taking the first of five objects out of a container thus counts as
    progress although no literal changes: carrying the container then loses one literal less.
    One parameter sample per possible call.

    Returns:
        Shape (M,), smaller is nearer.
    """
    children = expand(problem, nodes, states, 1)
    count = nodes.literals.shape[1]
    held = nodes.feasible * nodes.literals.sum(axis=1)
    kept = children.feasible * children.literals.sum(axis=1)
    best = np.full(nodes.literals.shape, -np.inf)
    achieved = np.where(children.literals > 0.5, kept[:, None], -np.inf)
    np.maximum.at(best, children.parent, achieved)
    lost = np.clip(held[:, None] + 1.0 - best, 0.0, count)
    distance: FloatArray = np.where(nodes.literals > 0.5, 0.0, 1.0 + lost).sum(axis=1)
    return distance


def _key_of(candidate: Plan) -> PlanKey:
    feasible = np.array([min(step.feasible, step.clear) for step in candidate.steps])
    none = np.zeros(1, dtype=np.int64)
    end = root_node(poses_of(candidate.steps[-1].predicted_scene), np.array(candidate.literals))
    end = end._replace(
        feasible=feasible.min(keepdims=True),
        feasible_product=feasible.prod(keepdims=True),
        trips=none + candidate.base_trips,
        length=len(candidate.steps),
    )
    return plan_keys(end)[0]
