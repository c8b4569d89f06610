# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Skill calls whose failure could not be learned from: the planner leaves them out.

A model that was refused still believes in the call, so planning again would choose it again. What
is avoided is the call *in its context*: the same skill on the same object and target while the
same things stand on or in the object. Carrying an emptied container stays allowed after carrying
the filled one was given up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from f2p_core.failure import Failure
from f2p_core.models import Value
from f2p_core.scene import ObjectId
from f2p_planner.calls import CallTable, SKILL_NAMES
from f2p_planner.layout import (
    ancestors,
    BoolArray,
    FloatArray,
    Layout,
    layout_of,
    poses_of,
    support_parents,
)


class AvoidedCall(Value):
    """A call that shall not be planned again.

    Attributes:
        skill, object_id, target_id: As in the refused call.
        content_ids: What stood on or in the object, sorted; only this context is avoided.
        near_parameters: Avoid only parameters near these; ``None``: all parameters.
        reach: Largest difference per parameter that counts as near.
    """

    skill: str
    object_id: ObjectId
    target_id: ObjectId
    content_ids: tuple[ObjectId, ...] = ()
    near_parameters: tuple[float, float, float] | None = None
    reach: tuple[float, float, float] = (0.1, 0.1, 0.5)


def avoided_call(failure: Failure) -> AvoidedCall:
    """Returns what to avoid after the learning from a failure was refused."""
    scene, call = failure.before.scene, failure.call
    layout = layout_of(scene)
    inside = ancestors(support_parents(poses_of(scene), layout))[0, :, scene.index(call.object_id)]
    content = sorted(i for i, is_in in zip(scene.object_ids, inside, strict=True) if is_in)
    return AvoidedCall(
        skill=call.skill,
        object_id=call.object_id,
        target_id=call.target_id,
        content_ids=tuple(content),
    )


def is_avoided(
    avoided: Sequence[AvoidedCall],
    layout: Layout,
    table: CallTable,
    on_object: BoolArray,
    parameters: FloatArray,
) -> BoolArray:
    """Returns which of S × C × P proposed calls are to be avoided.

    Args:
        avoided: The list.
        layout: The N objects.
        table: The C combinations of skill, object and target.
        on_object: Entry [s, a, b]: a stands on or in b, shape (S, N, N).
        parameters: Shape (S, C, P, 3).
    """
    result = np.zeros(parameters.shape[:3], dtype=np.bool_)
    known = {*layout.object_ids}
    for entry in avoided:
        if entry.skill not in SKILL_NAMES or not {entry.object_id, entry.target_id} <= known:
            continue
        row = layout.object_ids.index(entry.object_id)
        content = np.isin(np.array(layout.object_ids), entry.content_ids)
        same_call = (
            (table.skill == SKILL_NAMES.index(entry.skill))
            & (table.object == row)
            & (table.target == layout.object_ids.index(entry.target_id))
        )
        same_context = (on_object[:, :, row] == content).all(axis=-1)
        hit = (same_context[:, None] & same_call)[..., None]
        if entry.near_parameters is not None:
            near = np.abs(parameters - np.array(entry.near_parameters)) <= np.array(entry.reach)
            hit = hit & near.all(axis=-1)
        result |= hit
    return result
