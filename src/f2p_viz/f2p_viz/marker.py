# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A marker: one thing to draw, with an identity that stays the same from update to update."""

from __future__ import annotations

from typing import Literal, NamedTuple

from f2p_core.pose import Pose
from f2p_viz.colours import Colour

Point = tuple[float, float, float]
Kind = Literal['box', 'cylinder', 'sphere', 'text', 'lines', 'arrow']

ORIGIN = Pose(position_m=(0.0, 0.0, 0.0))
"""Pose of markers whose points are given in ``map``."""


class Identity(NamedTuple):
    """What a viewer knows a marker by: the same identity replaces what was drawn before.

    Attributes:
        namespace: What the marker is about, for example an object's id.
        number: Which part of it, from 0.
    """

    namespace: str
    number: int


class Marker(NamedTuple):
    """One thing to draw, in the frame ``map``.

    Attributes:
        identity: Stays with the thing, whatever else comes and goes.
        kind: What is drawn.
        colour: Red, green, blue, alpha.
        scale_m: Full size (x, y, z) of a box, cylinder or sphere; of a text (0, 0, height of a
            letter); of lines (width, 0, 0); of an arrow (shaft diameter, head diameter, 0) [m].
        pose_map: Where it is; a text stands there upright and faces the viewer.
        points_map: Of lines two points each, of an arrow tail and tip [m]; else empty.
        text: Words of a text.
    """

    identity: Identity
    kind: Kind
    colour: Colour
    scale_m: Point
    pose_map: Pose = ORIGIN
    points_map: tuple[Point, ...] = ()
    text: str = ''
