# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Classes of plans: what a plan does, whatever the names and numbers of the objects.

A class is a sequence of entries "skill role>role"; the task says what role an object has in the
scene the plan starts in, and of which moves the tabulated classes are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise, product

from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_tasks import Move, Task


def plan_class(task: Task, scene: Scene, calls: Sequence[SkillCall]) -> str:
    """Returns the class of a plan as text, equal entries in a row counted.

    For example ``pick_place content>table_a ×3, pick_place container>table_b``.

    Args:
        task: Knows the roles.
        scene: The scene the plan starts in.
        calls: The plan; none gives ``nothing``.

    Raises:
        InvalidInputError: If the scene is none of the task's, or a call names an object it does
            not have.
    """
    entries = [
        f'{c.skill} {task.role(scene, c.object_id)}>{task.role(scene, c.target_id)}'
        for c in calls
    ]
    runs = [(entry, len(list(run))) for entry, run in groupby(entries)]
    text = ', '.join(entry if n == 1 else f'{entry} ×{n}' for entry, n in runs)
    return text or 'nothing'


def move_sequences(moves: Sequence[Move], longest: int) -> Iterator[tuple[Move, ...]]:
    """Yields every sequence of up to ``longest`` moves, no move twice in a row."""
    for length in range(1, longest + 1):
        for sequence in product(moves, repeat=length):
            if all(a != b for a, b in pairwise(sequence)):
                yield sequence


def skeleton(moves: Sequence[Move]) -> tuple[tuple[str, str, str], ...]:
    """Returns skill, object and target of every call of a sequence of moves."""
    return tuple(step for move in moves for step in move.steps)


def describe_moves(moves: Sequence[Move]) -> str:
    """Returns a sequence of moves as text, as ``plan_class`` writes it but without counts."""
    return ', '.join(move.words for move in moves)
