# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Did a skill do what was predicted? A pure state machine over observations.

A monitor that compares every relation flags nearly half of all correct runs. A difference counts
only where all of this holds: the prediction was confident; the observed margin contradicts it
beyond a hysteresis; it did so in several consecutive observations; the objects were seen; and the
relation matters (``watched_entries``).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from f2p_core.failure import Violation
from f2p_core.models import Value
from f2p_core.relations import RELATIONS, Support
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, SymbolicState
from f2p_planner.config import MonitorConfig
from f2p_planner.errors import PlannerError, PlannerErrorCode
from f2p_planner.goals import resolve_goal
from f2p_planner.object_table import BoolArray, IntArray, object_table_of, poses_of, states_of


class VerdictKind(StrEnum):
    """What the monitor concludes."""

    AS_PREDICTED = 'as_predicted'
    VIOLATED = 'violated'
    UNDECIDED = 'undecided'


class Verdict(Value):
    """The monitor's answer about one executed skill.

    Attributes:
        kind: ``UNDECIDED`` while fewer observations than needed agree.
        violations: What differs, the clearest first; empty unless ``VIOLATED``.
        unobserved: How many watched entries with a confident prediction were not seen.
    """

    kind: VerdictKind
    violations: tuple[Violation, ...] = ()
    unobserved: int = 0


class MonitorState(NamedTuple):
    """What was seen so far after one skill.

    Attributes:
        mismatches: In how many of the latest observations in a row an entry contradicts its
            prediction, shape (R, N, N).
        matches: Likewise: in how many in a row no watched entry contradicted.
        last: The latest observation.
    """

    mismatches: IntArray
    matches: int
    last: SymbolicState | None


def watched_entries(
    predicted: SymbolicState,
    before: Scene,
    call: SkillCall,
    goal: Goal,
    remaining: Sequence[SkillCall] = (),
) -> BoolArray:
    """Returns which relations matter after a call.

    The goal's literals; and, of the acted object and what stood on or in it, the relations that
    say what carries them, as far as the goal or a later call names them.

    Args:
        predicted: Names of objects and relations.
        before: The scene before the call.
        call: The executed call.
        goal: The goal that is pursued.
        remaining: The calls that are to follow.

    Returns:
        Shape (R, N, N).

    Raises:
        PlannerError: If the goal names something the prediction does not have.
        InvalidInputError: If the call names an object the scene does not have, or a relation of
            the prediction is not known.
    """
    index = resolve_goal(goal, predicted.object_ids, predicted.relation_names)
    watched = np.zeros(predicted.probability.shape, dtype=np.bool_)
    watched[index.relation, index.subject, index.object] = True
    named = {i for x in goal.literals for i in (x.subject_id, x.object_id)}
    named |= {i for later in remaining for i in (later.object_id, later.target_id)}
    affected = _acted_and_content(before, call) & named
    for row, relation in enumerate(predicted.relation_names):
        if RELATIONS[relation].support is not Support.NONE:
            for object_id in affected:
                watched[row, predicted.object_ids.index(object_id)] = True
    return watched


def begin(predicted: SymbolicState) -> MonitorState:
    """Returns the state before the first observation."""
    return MonitorState(np.zeros(predicted.probability.shape, dtype=np.int64), 0, None)


def observe(
    state: MonitorState,
    observed: SymbolicState,
    predicted: SymbolicState,
    watched: BoolArray,
    config: MonitorConfig,
) -> MonitorState:
    """Takes in one observation made after the skill.

    Args:
        state: From ``begin`` or the observation before.
        observed: Margins and what was seen; its objects and relations may be in another order.
        predicted: Probabilities after the skill.
        watched: From ``watched_entries``, shape (R, N, N).
        config: Thresholds.

    Raises:
        PlannerError: If an object or relation of the prediction is missing in the observation.
    """
    aligned = _align(observed, predicted)
    p, low = predicted.probability, 1.0 - config.confident
    gone = (p >= config.confident) & (aligned.margin < -config.hysteresis_m)
    come = (p <= low) & (aligned.margin > config.hysteresis_m)
    wrong = watched & aligned.observed & (gone | come)
    mismatches = np.where(wrong, state.mismatches + 1, 0)
    return MonitorState(mismatches, 0 if wrong.any() else state.matches + 1, aligned)


def conclude(
    state: MonitorState,
    predicted: SymbolicState,
    watched: BoolArray,
    config: MonitorConfig,
) -> Verdict:
    """Returns what the observations so far show.

    Violated as soon as one entry contradicted in ``config.frames`` observations in a row; as
    predicted when in as many in a row none did; undecided before that.
    """
    if state.last is None:
        return Verdict(kind=VerdictKind.UNDECIDED)
    binding = watched & (np.abs(predicted.probability - 0.5) >= config.confident - 0.5)
    unobserved = int((binding & ~state.last.observed).sum())
    held = state.mismatches >= config.frames
    if held.any():
        violations = _violations(held, state.last, predicted)
        return Verdict(kind=VerdictKind.VIOLATED, violations=violations, unobserved=unobserved)
    done = state.matches >= config.frames
    kind = VerdictKind.AS_PREDICTED if done else VerdictKind.UNDECIDED
    return Verdict(kind=kind, unobserved=unobserved)


def check_effect(
    predicted: SymbolicState,
    observations: Sequence[SymbolicState],
    watched: BoolArray,
    config: MonitorConfig | None = None,
) -> Verdict:
    """Returns the verdict over consecutive observations made after a skill.

    Args:
        predicted: Relations predicted for the skill.
        observations: Oldest first; at least ``config.frames`` for a decision.
        watched: From ``watched_entries``, shape (R, N, N).
        config: Thresholds.

    Raises:
        PlannerError: ``NO_FRAMES`` without any observation; ``UNKNOWN_OBJECT`` or
            ``UNKNOWN_RELATION`` if an observation lacks one of the prediction's.
    """
    if not observations:
        raise PlannerError(
            PlannerErrorCode.NO_FRAMES, 'no observation after the skill; wait for the next scene'
        )
    config = config or MonitorConfig()
    state = begin(predicted)
    for observed in observations:
        state = observe(state, observed, predicted, watched, config)
    return conclude(state, predicted, watched, config)


def _acted_and_content(scene: Scene, call: SkillCall) -> set[str]:
    objects = object_table_of(scene)
    on = states_of(poses_of(scene), objects).on_object[0, :, scene.index(call.object_id)]
    return {i for i, is_on in zip(scene.object_ids, on, strict=True) if is_on} | {call.object_id}


def _align(observed: SymbolicState, predicted: SymbolicState) -> SymbolicState:
    """Brings an observation into the order of objects and relations of the prediction."""
    rows = _positions(observed.relation_names, predicted.relation_names, 'relation')
    columns = _positions(observed.object_ids, predicted.object_ids, 'object')
    at = np.ix_(rows, columns, columns)
    return SymbolicState(
        object_ids=predicted.object_ids,
        relation_names=predicted.relation_names,
        probability=observed.probability[at],
        margin=observed.margin[at],
        observed=observed.observed[at],
    )


def _positions(have: Sequence[str], want: Sequence[str], kind: str) -> list[int]:
    for name in want:
        if name not in have:
            code = PlannerErrorCode(f'unknown_{kind}')
            raise PlannerError(
                code, f'the observation has no {kind} {name!r}; it has: {", ".join(have)}'
            )
    return [list(have).index(name) for name in want]


def _violations(
    held: BoolArray, observed: SymbolicState, predicted: SymbolicState
) -> tuple[Violation, ...]:
    """Returns the contradicted entries, the clearest first."""
    entries = sorted(
        (tuple(entry) for entry in np.argwhere(held).tolist()),
        key=lambda entry: -abs(float(observed.margin[entry])),
    )
    return tuple(
        Violation(
            relation=predicted.relation_names[r],
            subject_id=predicted.object_ids[a],
            object_id=predicted.object_ids[b],
            predicted_probability=float(predicted.probability[r, a, b]),
            observed_margin=float(observed.margin[r, a, b]),
        )
        for r, a, b in entries
    )
