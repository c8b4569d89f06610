# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A plan: where each step is expected to bring what it moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import math
from typing import NamedTuple

from f2p_core.scene import Scene, SceneObject
from f2p_core.skill import SkillCall
from f2p_viz.colours import colour_of, WHITE
from f2p_viz.drawing import arrow, body, over, words
from f2p_viz.marker import Identity, Marker

_GHOST_ALPHA = 0.2
"""Opacity of objects where the plan will have put them."""

MOVED_M = 0.02
"""What is displaced by less does not count as moved [m]."""


class PlannedStep(NamedTuple):
    """One step: what to do, and the scene expected after it."""

    call: SkillCall
    scene_after: Scene


def plan_markers(steps: Sequence[PlannedStep], start: Scene) -> tuple[Marker, ...]:
    """Returns per step its words, and a ghost and an arrow for everything it moves.

    Args:
        steps: In order.
        start: The scene before the first step.

    Returns:
        Markers of the namespaces ``step_1`` (words), ``step_1/object_1`` (ghost) and
        ``step_1/object_1/arrow``; steps count from 1.
    """
    before = (start, *(step.scene_after for step in steps))
    return tuple(
        marker
        for number, (step, scene) in enumerate(zip(steps, before, strict=False), 1)
        for marker in _step_markers(f'step_{number}', number, step, scene)
    )


def moved(before: Scene, after: Scene) -> Iterator[tuple[SceneObject, SceneObject]]:
    """Yields each object that is elsewhere, as it was and as it is."""
    places = {o.object_id: o for o in before.objects}
    for thing in after.objects:
        earlier = places.get(thing.object_id)
        if earlier is None or thing.fixed:
            continue
        if math.dist(earlier.pose_map.position_m, thing.pose_map.position_m) > MOVED_M:
            yield earlier, thing


def _step_markers(
    namespace: str, number: int, step: PlannedStep, before: Scene
) -> Iterator[Marker]:
    for earlier, later in moved(before, step.scene_after):
        colour = colour_of(later)
        own = f'{namespace}/{later.object_id}'
        yield from body(later, own, colour.faded(_GHOST_ALPHA))
        ends = earlier.pose_map.position_m, later.pose_map.position_m
        yield arrow(Identity(f'{own}/arrow', 0), *ends, colour)
    call = step.call
    if call.object_id in step.scene_after.object_ids:
        text = f'{number}. {call.skill} {call.object_id} → {call.target_id}'
        place = over(step.scene_after.object(call.object_id), 2 * number)  # steps may end alike
        yield words(text, Identity(namespace, 0), place, WHITE)
