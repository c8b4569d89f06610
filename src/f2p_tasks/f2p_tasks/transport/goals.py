# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What is wanted in Multi-object Transport, made of what is observed at the start."""

from __future__ import annotations

from f2p_core.errors import InvalidInputError
from f2p_core.geometry.shapes import OpenBox
from f2p_core.scene import Scene
from f2p_core.supports import contents
from f2p_core.symbolic import Goal, Literal
from f2p_tasks.tabletop import TABLE_A, TABLE_B

_SKILLS_BESIDES_UNLOADING = 6
"""Three carries (out, back, out again) and three skills to make room."""

_RECOVERY_TRIPS = 3
"""Out, back, out again."""


def container_id(scene: Scene) -> str:
    """Returns the id of the one open box.

    Raises:
        InvalidInputError: If there is none or more than one.
    """
    found = [o.object_id for o in scene.objects if isinstance(o.shape, OpenBox)]
    if len(found) != 1:
        raise InvalidInputError(f'the task needs one open box in the scene; it has {found}')
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


def goal_t1(scene: Scene) -> Goal:
    """Returns T1 for a start scene: the container on table_b, its content on table_a.

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


def goal_t2(scene: Scene) -> Goal:
    """Returns T2 for a start scene: all that is in the container on table_b, in one base trip."""
    ids = content_ids(scene)
    literals = tuple(Literal(relation='above', subject_id=i, object_id=TABLE_B) for i in ids)
    return Goal(literals=literals, max_skills=len(ids) + 1, max_base_trips=1)
