# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Which states of the search are alike, so that one of them is followed and not all.

Two objects are interchangeable where swapping them turns the goal into itself. A state is
described by what stands on or in what and by the goal literals that hold, both up to swaps of
interchangeable objects: having taken any two of five such objects out of a container is one state.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.symbolic import Goal
from f2p_planner.calls import CallTable
from f2p_planner.nodes import Nodes
from f2p_planner.object_table import BoolArray, IntArray, ObjectTable, States

_CODE_SEED = 20250901
"""Seed of the codes; any value serves, a fixed one makes searches repeatable."""


class Symmetry(NamedTuple):
    """What signatures are made of.

    Attributes:
        group: Interchangeable objects have one number, shape (N,).
        group_code: Factor that turns the number into a code.
        support_code: Code of standing on or in an object of each group (last: the floor).
        literal_code: Code of each kind of literal an object can take part in, shape (L,).
        involved: Whether literal l is about object i, shape (N, L).
        counts_trips: Whether the trip budget can bind, so that trips tell states apart.
    """

    group: IntArray
    group_code: np.uint64
    support_code: NDArray[np.uint64]
    literal_code: NDArray[np.uint64]
    involved: BoolArray
    counts_trips: bool


def symmetry_of(goal: Goal, objects: ObjectTable) -> Symmetry:
    """Returns the symmetry of a goal over objects."""
    group = _groups(goal, objects)
    ids = objects.object_ids
    kinds = [
        (
            x.relation,
            int(group[ids.index(x.subject_id)]),
            int(group[ids.index(x.object_id)]),
            x.value,
        )
        for x in goal.literals
    ]
    order = sorted(set(kinds))
    rng = np.random.default_rng(_CODE_SEED)
    codes = rng.integers(1, 2**63, size=len(order), dtype=np.uint64)
    involved = np.array([[i in (x.subject_id, x.object_id) for x in goal.literals] for i in ids])
    return Symmetry(
        group,
        np.uint64(rng.integers(1, 2**63)),
        rng.integers(1, 2**63, size=len(ids) + 1, dtype=np.uint64),
        codes[[order.index(kind) for kind in kinds]],
        involved,
        2 * goal.max_skills - 1 > goal.max_base_trips,
    )


def object_codes(nodes: Nodes, states: States, symmetry: Symmetry) -> NDArray[np.uint64]:
    """Returns a code per object of what it stands on and which of its literals hold, (M, N).

    Codes are 64-bit sums: different states share one by chance only.
    """
    on_floor = len(symmetry.group)
    support = np.where(states.parents < 0, on_floor, symmetry.group[states.parents])
    true = (nodes.literals > 0.5).astype(np.uint64) * symmetry.literal_code
    own = symmetry.group.astype(np.uint64) * symmetry.group_code
    return own + symmetry.support_code[support] + true @ symmetry.involved.T.astype(np.uint64)


def signatures(nodes: Nodes, states: States, symmetry: Symmetry) -> list[bytes]:
    """Returns a key per node; nodes with one key are alike.

    The sorted codes of all objects; where the trip budget can bind, also the trips spent and
    where the robot is.
    """
    code = np.sort(object_codes(nodes, states, symmetry), axis=1)
    if symmetry.counts_trips:
        spent = np.stack([nodes.trips, nodes.station], axis=1).astype(np.uint64)
        code = np.concatenate([code, spent], axis=1)
    return [row.tobytes() for row in code]


def spread_over_alike(
    valid: BoolArray, table: CallTable, acted_code: NDArray[np.uint64]
) -> BoolArray:
    """Keeps P of the possible calls that differ only by which of alike objects they act on.

    First samples of different objects are kept before second samples of the same one.

    Args:
        valid: Possible calls, shape (M, C, P).
        table: The C combinations of skill, object and target.
        acted_code: Code of the acted object per node and combination, shape (M, C).

    Returns:
        The calls that are kept, a subset of ``valid``.
    """
    node, column, sample = np.nonzero(valid)
    key = np.stack(
        [
            node,
            table.skill[column],
            table.target[column],
            acted_code[node, column].astype(np.int64),
        ],
        axis=1,
    )
    _, alike = np.unique(key, axis=0, return_inverse=True)
    order = np.lexsort((column, sample, alike.ravel()))
    group = alike.ravel()[order]
    first = np.searchsorted(group, group)
    kept = order[np.arange(len(order)) - first < valid.shape[2]]
    result = np.zeros_like(valid)
    result[node[kept], column[kept], sample[kept]] = True
    return result


def _groups(goal: Goal, objects: ObjectTable) -> IntArray:
    """Numbers the objects so that interchangeable ones share a number, shape (N,)."""
    literals = {(x.relation, x.subject_id, x.object_id, x.value) for x in goal.literals}
    ids = objects.object_ids

    def alike(a: int, b: int) -> bool:
        if objects.fixed[a] or objects.fixed[b] or objects.hollow[a] != objects.hollow[b]:
            return False
        swap = {ids[a]: ids[b], ids[b]: ids[a]}
        swapped = {(r, swap.get(s, s), swap.get(o, o), v) for r, s, o, v in literals}
        return swapped == literals

    group = np.arange(len(ids))
    for b in range(len(ids)):
        group[b] = next((group[a] for a in range(b) if alike(a, b)), b)
    return group
