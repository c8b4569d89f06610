# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The scene as perceived: every object with its name, those out of view as shadows."""

from __future__ import annotations

from f2p_core.observation import SceneObservation
from f2p_core.scene import SceneObject
from f2p_viz.colours import colour_of, WHITE
from f2p_viz.drawing import body, over, words
from f2p_viz.marker import Identity, Marker

_UNSEEN_ALPHA = 0.25
"""Opacity of objects that are remembered and not seen."""


def scene_markers(observation: SceneObservation) -> tuple[Marker, ...]:
    """Returns all objects and furniture; namespaces are ``object_id`` and ``object_id/name``."""
    markers: list[Marker] = []
    for thing, seen in zip(observation.scene.objects, observation.seen, strict=True):
        is_there = seen or thing.fixed
        colour = colour_of(thing) if is_there else colour_of(thing).faded(_UNSEEN_ALPHA)
        markers += body(thing, thing.object_id, colour)
        markers.append(_name(thing, is_there))
    return tuple(markers)


def _name(thing: SceneObject, is_there: bool) -> Marker:
    text = thing.object_id if is_there else f'{thing.object_id} (not seen)'
    return words(text, Identity(f'{thing.object_id}/name', 0), over(thing), WHITE)
