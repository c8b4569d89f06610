# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Tasks about one container on table_a and what is in it: goals, roles, classes of plan."""

from __future__ import annotations

from typing import NamedTuple

from f2p_core.errors import InvalidInputError
from f2p_core.geometry.prisms import prism_of
from f2p_core.scene import Scene
from f2p_core.skill import PICK_PLACE
from f2p_core.supports import contents
from f2p_core.symbolic import Goal, Literal
from f2p_tasks.definition import Move
from f2p_tasks.tabletop import TABLE_A, TABLE_B

_SKILLS_BESIDES_UNLOADING = 6
"""Three carries (out, back, out again) and three skills to make room."""

_RECOVERY_TRIPS = 3
"""Out, back, out again."""

OTHER_ROLE = 'other'
"""Movable objects that neither are the container nor stand in it."""


def container_id(scene: Scene) -> str:
    """Returns the id of the one movable object that holds others inside.

    Raises:
        InvalidInputError: If there is none or more than one.
    """
    found = [o.object_id for o in scene.objects if not o.fixed and prism_of(o.shape).hollow]
    if len(found) != 1:
        raise InvalidInputError(f'the task needs one open container in the scene; it has {found}')
    return found[0]


def content_ids(scene: Scene) -> tuple[str, ...]:
    """Returns the ids of the objects in the container: the task is about these.

    Raises:
        InvalidInputError: If the container is empty, or there is not exactly one.
    """
    container = container_id(scene)
    inside = contents(scene, container)
    if not inside:
        raise InvalidInputError(f'{container} is empty; the task starts with objects in it')
    return inside


def goal_apart(scene: Scene) -> Goal:
    """Returns the goal of a start scene: the container on table_b, its content on table_a.

    The budgets allow to recover from one failed carry: carry the filled container back, unload
    each object, carry it again (two more trips), with some skills and trips to spare for making
    room. They do not allow to fetch n objects back one by one (2n trips with the first).
    """
    ids = content_ids(scene)
    literals = [Literal(relation='above', subject_id=i, object_id=TABLE_A) for i in ids]
    container = container_id(scene)
    literals.append(Literal(relation='above', subject_id=container, object_id=TABLE_B))
    return Goal(
        literals=tuple(literals),
        max_skills=len(ids) + _SKILLS_BESIDES_UNLOADING,
        max_base_trips=max(_RECOVERY_TRIPS, 2 * len(ids) - 1),
    )


def goal_together(scene: Scene) -> Goal:
    """Returns the goal of a start scene: all that is inside on table_b, in one base trip."""
    ids = content_ids(scene)
    literals = tuple(Literal(relation='above', subject_id=i, object_id=TABLE_B) for i in ids)
    return Goal(literals=literals, max_skills=len(ids) + 1, max_base_trips=1)


class Roles(NamedTuple):
    """What objects are to a plan, in the words of one task.

    Attributes:
        container: What the container is called.
        content: What the objects in it are called.
    """

    container: str
    content: str

    def of(self, scene: Scene, object_id: str) -> str:
        """Returns the role of an object; of furniture its id.

        Raises:
            InvalidInputError: If the scene has no such object, or not exactly one container.
        """
        if scene.object(object_id).fixed:
            return object_id
        container = container_id(scene)
        if object_id == container:
            return self.container
        return self.content if object_id in contents(scene, container) else OTHER_ROLE

    def moves(self, scene: Scene) -> tuple[Move, ...]:
        """Returns the moves whose sequences are tabulated.

        The container to each piece of furniture; the content, or one object of it, to each piece
        of furniture and into the container. Objects of role ``other`` stay where they are.

        Raises:
            InvalidInputError: If the scene has not exactly one container.
        """
        container = container_id(scene)
        inside = contents(scene, container)
        furniture = [o.object_id for o in scene.objects if o.fixed]
        found = [_move(self.container, (container,), target, target) for target in furniture]
        for name, ids in ((self.content, inside), (f'one {self.content}', inside[:1])):
            found += [_move(name, ids, target, target) for target in furniture]
            found.append(_move(name, ids, container, self.container))
        return tuple(found)


def _move(name: str, ids: tuple[str, ...], target_id: str, target_name: str) -> Move:
    skill = PICK_PLACE.name
    return Move(f'{skill} {name}>{target_name}', tuple((skill, i, target_id) for i in ids))
