# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What objects are to a plan of Multi-object Transport, and the classes of plan there are."""

from __future__ import annotations

from f2p_core.scene import Scene
from f2p_core.skill import PICK_PLACE
from f2p_core.supports import contents
from f2p_tasks.definition import Move
from f2p_tasks.transport.goals import container_id

CONTAINER_ROLE = 'container'
CONTENT_ROLE = 'content'
ONE_CONTENT = 'one content'
"""A single object of the content, in moves."""
OTHER_ROLE = 'other'
"""Movable objects that neither are the container nor stand in it."""


def role(scene: Scene, object_id: str) -> str:
    """Returns the role of an object; of furniture its id.

    Raises:
        InvalidInputError: If the scene has no such object, or not exactly one container.
    """
    if scene.object(object_id).fixed:
        return object_id
    container = container_id(scene)
    if object_id == container:
        return CONTAINER_ROLE
    return CONTENT_ROLE if object_id in contents(scene, container) else OTHER_ROLE


def moves(scene: Scene) -> tuple[Move, ...]:
    """Returns the moves whose sequences are tabulated.

    The container to each piece of furniture; the content, or one object of it, to each piece of
    furniture and into the container. Objects of role ``other`` stay where they are.

    Raises:
        InvalidInputError: If the scene has not exactly one container.
    """
    container = container_id(scene)
    inside = contents(scene, container)
    furniture = [o.object_id for o in scene.objects if o.fixed]
    found = [_move(CONTAINER_ROLE, (container,), target, target) for target in furniture]
    for name, ids in ((CONTENT_ROLE, inside), (ONE_CONTENT, inside[:1])):
        found += [_move(name, ids, target, target) for target in furniture]
        found.append(_move(name, ids, container, CONTAINER_ROLE))
    return tuple(found)


def _move(name: str, ids: tuple[str, ...], target_id: str, target_name: str) -> Move:
    skill = PICK_PLACE.name
    return Move(f'{skill} {name}>{target_name}', tuple((skill, i, target_id) for i in ids))
