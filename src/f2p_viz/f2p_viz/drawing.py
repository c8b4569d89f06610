# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Shapes, outlines, words, lines and arrows: what all layers draw with."""

from __future__ import annotations

from collections.abc import Iterable
import itertools
import math

import numpy as np

from f2p_core.geometry.parts import body_half_extents, dimensions_of, shape_parts
from f2p_core.pose import Pose
from f2p_core.scene import SceneObject
from f2p_viz.colours import Colour
from f2p_viz.marker import Identity, Marker, Point

LETTER_M = 0.02
"""Height of letters [m]: legible where the two tables fill a screen."""

LINE_M = 0.004
"""Thickness of lines [m]: about two pixels there."""

_TEXT_GAP_M = 0.05
"""Gap between an object and what is written over it [m]."""

_CORNERS = np.array(list(itertools.product((-1.0, 1.0), repeat=3)))
"""Corners of a box of half extents 1."""

_EDGES = tuple(
    (a, b)
    for a, b in itertools.combinations(range(8), 2)
    if np.abs(_CORNERS[a] - _CORNERS[b]).sum() == 2.0
)
"""Pairs of corners that differ in one coordinate, 2 in it."""


def body(thing: SceneObject, namespace: str, colour: Colour) -> tuple[Marker, ...]:
    """Returns the convex parts of an object, numbered from 0."""
    return tuple(
        Marker(
            Identity(namespace, number),
            part.kind,
            colour,
            _twice(part.half_m),
            _inside(thing.pose_map, part.centre_m, part.yaw_rad),
        )
        for number, part in enumerate(shape_parts(thing.shape))
    )


def outlines(things: Iterable[SceneObject], identity: Identity, colour: Colour) -> Marker:
    """Returns the edges of the bounding boxes of bodies as one marker."""
    points: list[Point] = []
    for thing in things:
        corners = thing.pose_map.to_parent(_CORNERS * half_extents(thing))
        points += [point(corners[i]) for edge in _EDGES for i in edge]
    return Marker(identity, 'lines', colour, (LINE_M / 2, 0.0, 0.0), points_map=tuple(points))


def words(text: str, identity: Identity, place_map: Point, colour: Colour) -> Marker:
    """Returns a text that faces the viewer."""
    scale = (0.0, 0.0, LETTER_M)
    return Marker(identity, 'text', colour, scale, Pose(position_m=place_map), text=text)


def line(identity: Identity, tail_map: Point, tip_map: Point, colour: Colour) -> Marker:
    """Returns a straight line."""
    ends = (tail_map, tip_map)
    return Marker(identity, 'lines', colour, (LINE_M, 0.0, 0.0), points_map=ends)


def arrow(identity: Identity, tail_map: Point, tip_map: Point, colour: Colour) -> Marker:
    """Returns an arrow."""
    scale = (2 * LINE_M, 5 * LINE_M, 0.0)
    return Marker(identity, 'arrow', colour, scale, points_map=(tail_map, tip_map))


def over(thing: SceneObject, lines: int = 1) -> Point:
    """Returns where a text of some lines stands so that it is above an object [m]."""
    x, y, z = thing.pose_map.position_m
    return (x, y, z + float(half_extents(thing)[2]) + _TEXT_GAP_M + lines * LETTER_M / 2)


def nearest_point(thing: SceneObject, place_map: Point) -> Point:
    """Returns the point of an object's bounding box that is nearest to a place [m]."""
    half = half_extents(thing)
    local = np.clip(thing.pose_map.to_child(np.array(place_map)), -half, half)
    return point(thing.pose_map.to_parent(local))


def half_extents(thing: SceneObject) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Returns half the bounding box of an object's body in its own frame, (3,) [m]."""
    dimensions = np.array(dimensions_of(thing.shape))
    return np.asarray(body_half_extents(thing.shape.kind, dimensions))


def point(row: Iterable[float]) -> Point:
    """Returns three numbers as a point."""
    x, y, z = (float(value) for value in row)
    return (x, y, z)


def _twice(half_m: Point) -> Point:
    return point(2 * value for value in half_m)


def _inside(pose: Pose, centre_m: Point, yaw_rad: float) -> Pose:
    """Returns the pose of a part that is turned by a yaw in its object's frame."""
    x, y, z, w = pose.quaternion_xyzw
    s, c = math.sin(yaw_rad / 2), math.cos(yaw_rad / 2)
    turned = (x * c + y * s, y * c - x * s, z * c + w * s, w * c - z * s)
    return Pose(position_m=point(pose.to_parent(np.array(centre_m))), quaternion_xyzw=turned)
