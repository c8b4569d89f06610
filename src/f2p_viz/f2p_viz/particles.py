# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Generated scenes: the outlines of all particles on top of each other."""

from __future__ import annotations

from collections.abc import Sequence

from f2p_core.scene import Scene, SceneObject
from f2p_viz.colours import colour_of
from f2p_viz.drawing import outlines
from f2p_viz.marker import Identity, Marker

_ALPHA = 0.35
"""Opacity of one particle: twenty of them on one place are dark, one alone is seen."""


def particle_markers(scenes: Sequence[Scene]) -> tuple[Marker, ...]:
    """Returns one marker per object, its namespace: the outlines of it in all scenes."""
    of_object: dict[str, list[SceneObject]] = {}
    for scene in scenes:
        for thing in scene.objects:
            if not thing.fixed:
                of_object.setdefault(thing.object_id, []).append(thing)
    return tuple(
        outlines(things, Identity(object_id, 0), colour_of(things[0]).faded(_ALPHA))
        for object_id, things in of_object.items()
    )
