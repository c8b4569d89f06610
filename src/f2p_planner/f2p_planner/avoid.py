# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Skill calls that failed and would fail again: the planner leaves them out.

A model that was refused still believes in its call, and it never saw what blocked a motion, so
planning again would choose the same call again. What is avoided is the call *in its context*.

After a failure that was not learned, that is the same skill on the same object and target while
the same things stand on or in the object: carrying an emptied container stays allowed after
carrying the filled one was given up. After a motion that failed, it is the call while everything
near stands where it stood: at first the same call with parameters like the failed ones, after a
second failure every call on the object. So another place is tried, then something is moved out
of the way.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from f2p_core.failure import Failure
from f2p_core.geometry.prisms import Prisms
from f2p_core.models import Value
from f2p_core.scene import ObjectId, Scene
from f2p_core.skill import Parameters, SkillCall, SKILLS
from f2p_planner.calls import Calls, stack_calls
from f2p_planner.object_table import (
    BoolArray,
    object_table_of,
    ObjectTable,
    poses_of,
    prisms_of,
    States,
    states_of,
)

_NEAR_M = 0.5
"""Objects closer to where the failed call began or was to end may have blocked it [m]."""

_STILL_M = 0.03
"""An object this close to where it stood counts as not moved [m]; perception errs by less."""

_ANY = {'skill': None, 'target_id': None, 'near_parameters': None}


class Standing(Value):
    """Where an object stood, in ``map`` [m]."""

    object_id: ObjectId
    position_m: tuple[float, float, float]


class AvoidedCall(Value):
    """Calls that shall not be planned again in their context.

    Attributes:
        object_id: The acted object.
        skill, target_id: As in the failed call; ``None``: any.
        content_ids: What stood on or in the object, sorted; only this context is avoided.
        standing: Where things stood; only while all of them still do, the call is avoided.
        near_parameters: Avoid only parameters of the skill near these; ``None``: all.
    """

    object_id: ObjectId
    skill: str | None = None
    target_id: ObjectId | None = None
    content_ids: tuple[ObjectId, ...] = ()
    standing: tuple[Standing, ...] = ()
    near_parameters: Parameters | None = None


def avoided_call(failure: Failure) -> AvoidedCall:
    """Returns what to avoid after the learning from a failure was refused."""
    scene, call = failure.before.scene, failure.call
    return _any_call(scene, call).model_copy(
        update={'skill': call.skill, 'target_id': call.target_id}
    )


def blocked_call(scene: Scene, call: SkillCall, earlier: Sequence[AvoidedCall]) -> AvoidedCall:
    """Returns what to avoid after the motion of a call failed.

    Args:
        scene: The scene before the call, as observed.
        call: The call.
        earlier: What this returned for earlier calls of the same pursuit.

    Raises:
        InvalidInputError: If the call names an object the scene does not have.
    """
    objects = object_table_of(scene)
    states = states_of(poses_of(scene), objects)
    near = _near(objects, states, call)
    standing = tuple(
        Standing(
            object_id=objects.object_ids[row], position_m=tuple(states.poses.position_m[0, row])
        )
        for row in np.flatnonzero(near)
    )
    every = _any_call(scene, call).model_copy(update={'standing': standing})
    widened = [e.model_copy(update=_ANY) for e in earlier]
    if is_avoided(widened, objects, states, stack_calls(objects, [call])).any():
        return every
    same = {name: getattr(call, name) for name in ('skill', 'target_id')}
    return every.model_copy(update={**same, 'near_parameters': call.parameters})


def _any_call(scene: Scene, call: SkillCall) -> AvoidedCall:
    """All calls on the object of a call with what stands on or in it now."""
    states = states_of(poses_of(scene), object_table_of(scene))
    holds = states.on_object[0, :, scene.index(call.object_id)]
    content = sorted(i for i, is_in in zip(scene.object_ids, holds, strict=True) if is_in)
    return AvoidedCall(object_id=call.object_id, content_ids=tuple(content))


def _near(objects: ObjectTable, states: States, call: SkillCall) -> BoolArray:
    """Which movable objects, the acted one among them, are near a call's begin or end."""
    scene, position_m = objects.scene, states.poses.position_m[0]
    acted, target = scene.index(call.object_id), scene.index(call.target_id)
    prisms = prisms_of(states.poses, objects)
    item, support = (Prisms(*(field[0, i] for field in prisms)) for i in (acted, target))
    asked = SKILLS[call.skill].planned(item, support, np.array(call.parameters))
    ends_m = np.stack([position_m[acted], position_m[acted] + asked.displacement_m])
    apart = position_m[:, None, :2] - ends_m[:, :2]
    near: BoolArray = np.linalg.norm(apart, axis=-1).min(axis=1) <= _NEAR_M
    return near & ~objects.fixed


def is_avoided(
    avoided: Sequence[AvoidedCall], objects: ObjectTable, states: States, calls: Calls
) -> BoolArray:
    """Returns which calls are to be avoided.

    Args:
        avoided: The list.
        objects: The N objects.
        states: The S states.
        calls: Calls in these states: indices that broadcast to (S, ...), parameters (S, ..., W).

    Returns:
        Shape (S, ...), as the parameters.
    """
    result = np.zeros(calls.parameters.shape[:-1], dtype=np.bool_)
    entries = [entry for entry in avoided if entry.object_id in objects.object_ids]
    if not entries:
        return result
    for entry in entries:
        context = _context_holds(entry, objects, states)
        hit = context.reshape(-1, *(1,) * (result.ndim - 1)) & _same_call(entry, objects, calls)
        if entry.skill is not None and entry.near_parameters is not None:
            hit = hit & _near_parameters(entry.skill, entry.near_parameters, calls)
        result |= hit
    return result


def _near_parameters(skill: str, near: Parameters, calls: Calls) -> BoolArray:
    """Whether parameters are near those of a call of the same skill, shape as the calls'."""
    width = calls.parameters.shape[-1]
    if len(near) > width:  # no call of that skill is among these
        return np.zeros(calls.parameters.shape[:-1], dtype=np.bool_)
    apart = np.abs(calls.parameters[..., : len(near)] - np.array(near))
    reach = np.array([p.near for p in SKILLS[skill].parameters])
    close: BoolArray = (apart <= reach).all(axis=-1)
    return close


def _same_call(entry: AvoidedCall, objects: ObjectTable, calls: Calls) -> BoolArray:
    """Whether object, skill and target are the entry's, shape as the calls' indices."""
    same: BoolArray = calls.object == objects.object_ids.index(entry.object_id)
    if entry.skill is not None:
        same = same & (np.array(SKILLS.names)[calls.skill] == entry.skill)
    if entry.target_id is not None:
        same = same & (np.array(objects.object_ids)[calls.target] == entry.target_id)
    return same


def _context_holds(entry: AvoidedCall, objects: ObjectTable, states: States) -> BoolArray:
    """Whether content and standing are as in the entry, shape (S,)."""
    ids = objects.object_ids
    content = np.isin(np.array(ids), entry.content_ids)
    holds: BoolArray = (states.on_object[:, :, ids.index(entry.object_id)] == content).all(axis=-1)
    for was in entry.standing:
        if was.object_id not in ids:
            return np.zeros_like(holds)
        offset = states.poses.position_m[:, ids.index(was.object_id)] - np.array(was.position_m)
        holds = holds & (np.linalg.norm(offset, axis=-1) <= _STILL_M)
    return holds
