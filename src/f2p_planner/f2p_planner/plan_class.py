# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Classes of plans: what a plan does, whatever the names and numbers of the objects.

A class is a sequence of entries "skill role>target". Roles are read from the scene the plan
starts in: ``container`` for the container, ``content`` for what stands in it, ``other`` for other
movable objects; targets are furniture by name or ``container``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import groupby, pairwise, product
from typing import NamedTuple

from f2p_core.scene import Scene
from f2p_core.skill import PICK_PLACE, SkillCall
from f2p_core.supports import contents


class Role(StrEnum):
    """What an object is to a plan; ``ONE_CONTENT`` stands for a single object of the content."""

    CONTAINER = 'container'
    CONTENT = 'content'
    ONE_CONTENT = 'one content'
    OTHER = 'other'


class Move(NamedTuple):
    """Put every object of a role on a target: a stretch of a plan of one class."""

    role: Role
    target_id: str


def roles_of(scene: Scene, container_id: str) -> dict[str, Role]:
    """Returns the role of every movable object.

    Raises:
        InvalidInputError: If the scene has no such container.
    """
    inside = contents(scene, container_id)
    return {
        o.object_id: Role.CONTAINER
        if o.object_id == container_id
        else (Role.CONTENT if o.object_id in inside else Role.OTHER)
        for o in scene.objects
        if not o.fixed
    }


def plan_class(scene: Scene, container_id: str, calls: Sequence[SkillCall]) -> str:
    """Returns the class of a plan as text, equal entries in a row counted.

    For example ``pick_place content>table_a ×3, pick_place container>table_b``.

    Args:
        scene: The scene the plan starts in.
        container_id: The container.
        calls: The plan; none gives ``nothing``.

    Raises:
        InvalidInputError: If the scene has no such container.
    """
    roles = roles_of(scene, container_id)
    entries = [
        f'{c.skill} {roles[c.object_id]}>'
        f'{"container" if c.target_id == container_id else c.target_id}'
        for c in calls
    ]
    runs = [(entry, len(list(run))) for entry, run in groupby(entries)]
    text = ', '.join(entry if n == 1 else f'{entry} ×{n}' for entry, n in runs)
    return text or 'nothing'


def move_sequences(scene: Scene, container_id: str, longest: int) -> Iterator[tuple[Move, ...]]:
    """Yields every sequence of up to ``longest`` moves, no move twice in a row.

    Moves are: the container to each piece of furniture; the content, or one object of it, to each
    piece of furniture and into the container. Objects of role ``other`` stay where they are.
    """
    furniture = [o.object_id for o in scene.objects if o.fixed]
    content = [
        Move(r, t) for r in (Role.CONTENT, Role.ONE_CONTENT) for t in (*furniture, container_id)
    ]
    moves = [*(Move(Role.CONTAINER, t) for t in furniture), *content]
    for length in range(1, longest + 1):
        for sequence in product(moves, repeat=length):
            if all(a != b for a, b in pairwise(sequence)):
                yield sequence


def skeleton(
    scene: Scene, container_id: str, moves: Sequence[Move]
) -> tuple[tuple[str, str], ...]:
    """Returns the pick_place calls of a sequence of moves as (object, target) pairs."""
    inside = contents(scene, container_id)
    members = {
        Role.CONTAINER: (container_id,),
        Role.CONTENT: inside,
        Role.ONE_CONTENT: inside[:1],
    }
    return tuple((i, move.target_id) for move in moves for i in members[move.role])


def describe_moves(moves: Sequence[Move], container_id: str) -> str:
    """Returns a sequence of moves as text, as ``plan_class`` writes it but without counts."""
    return ', '.join(
        f'{PICK_PLACE.name} {m.role}>{"container" if m.target_id == container_id else m.target_id}'
        for m in moves
    )
