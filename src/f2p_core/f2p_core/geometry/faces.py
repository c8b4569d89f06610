# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Sampling the faces of shapes that are turned to a camera, for many shapes at once.

Every part has six faces: a box its sides; a cylinder its two ends, two empty ones, and its mantle
counted once; a sphere one. A face knows the area of it that is turned to the camera and maps the
unit square onto that area, evenly.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.errors import InvalidInputError
from f2p_core.geometry.parts import part_arrays
from f2p_core.geometry.rigid import turned_vectors
from f2p_core.geometry.shapes import PartArrays

FloatArray = NDArray[np.float64]

_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
"""Step of the lattice over the faces: its multiples spread most evenly."""

_OVERSAMPLE = 3
"""Points drawn per point wanted: of a shape with hidden parts about half are seen."""

_CLEAR_M = 1e-6
"""A ray that passes less than this [m] through a part is not blocked by it: rounding."""

_PARALLEL_M = 1e-12
"""Rays count as parallel to a face below this extent [m], so that nothing is divided by 0."""


def sample_visible(
    kind: str,
    dimensions: FloatArray,
    camera_object: FloatArray,
    n: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Returns points of shapes of one kind that their camera sees, evenly spread.

    Args:
        kind: Shape kind.
        dimensions: Dimension vectors, shape (B, 5) [m].
        camera_object: Camera position in each object's frame, shape (B, 3) [m].
        n: Points per shape.
        rng: Source of all randomness.

    Returns:
        Points in the object frames, shape (B, n, 3) [m].

    Raises:
        InvalidInputError: If a camera is inside its shape, so that no face is turned to it.
    """
    arrays = part_arrays(kind, dimensions)
    if len(arrays.kinds) == 1:
        return _sample(arrays, camera_object, n, rng)
    points = _sample(arrays, camera_object, _OVERSAMPLE * n, rng)
    return _thin(points, ~_hidden(arrays, points, camera_object), n)


class _PartView(NamedTuple):
    """One part seen by B cameras: camera in the part's frame (B, 3), half sizes (B, 3) [m]."""

    camera: FloatArray
    half: FloatArray


def _sample(
    arrays: PartArrays, camera_object: FloatArray, n: int, rng: np.random.Generator
) -> FloatArray:
    """Even sample of all faces turned to the camera, hidden or not: (B, n, 3) [m]."""
    views = [_view(arrays, k, camera_object) for k in range(len(arrays.kinds))]
    areas = [_AREAS[kind](view) for kind, view in zip(arrays.kinds, views, strict=True)]
    area = np.concatenate(areas, axis=1)
    total = area.cumsum(axis=1)
    if not (total[:, -1] > 0).all():
        raise InvalidInputError('the camera is inside an object; move it out to see a cloud')
    face, u, v = _spread(total, n, rng)
    points = np.empty((*face.shape, 3))
    for k, (kind, view) in enumerate(zip(arrays.kinds, views, strict=True)):
        row, column = np.nonzero(face // 6 == k)
        local = _PLACES[kind](view, row, face[row, column] % 6, u[row, column], v[row, column])
        points[row, column] = _turn(local, arrays.yaw_rad[k]) + arrays.centre_m[row, k]
    return points


def _spread(
    total: FloatArray, n: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
    """A face and a place (u, v) on its unit square for n points of each shape.

    Along the summed areas the points are equally spaced, across they follow the golden ratio: a
    Fibonacci lattice, which is about as well spread as farthest point sampling.
    """
    shapes = len(total)
    along = (np.arange(n) + rng.random((shapes, 1))) / n * total[:, -1:]
    face = np.zeros(along.shape, dtype=np.int64)
    for edge in total[:, :-1].T:
        face += along >= edge[:, None]
    upper = np.take_along_axis(total, face, axis=1)
    before = np.concatenate([np.zeros((shapes, 1)), total[:, :-1]], axis=1)
    lower = np.take_along_axis(before, face, axis=1)
    u = (along - lower) / (upper - lower)
    v = (np.arange(n) * _GOLDEN + rng.random((shapes, 1))) % 1.0
    return face, u, v


def _view(arrays: PartArrays, k: int, camera_object: FloatArray) -> _PartView:
    camera = _turn(camera_object - arrays.centre_m[:, k], -arrays.yaw_rad[k])
    return _PartView(camera, arrays.half_m[:, k])


def _turn(points: FloatArray, yaw_rad: float) -> FloatArray:
    if yaw_rad == 0.0:
        return points
    turned: FloatArray = turned_vectors(points, math.cos(yaw_rad), math.sin(yaw_rad))
    return turned


def _box_areas(view: _PartView) -> FloatArray:
    """Areas of faces −x, +x, −y, +y, −z, +z turned to the camera, (B, 6) [m²]."""
    half = view.half
    area = 4.0 * np.stack([half[:, (i + 1) % 3] * half[:, (i + 2) % 3] for i in range(3)], axis=1)
    negative = np.where(view.camera < -half, area, 0.0)
    positive = np.where(view.camera > half, area, 0.0)
    return np.stack([negative, positive], axis=2).reshape(-1, 6)


def _cylinder_areas(view: _PartView) -> FloatArray:
    """Areas as of a box: of its ends in the places of −z and +z, of its mantle in that of +x."""
    radius, half_height = view.half[:, 0], view.half[:, 2]
    areas = np.zeros((len(radius), 6))
    areas[:, 1] = 4.0 * radius * half_height * _half_angle(view)
    areas[:, 4] = np.where(view.camera[:, 2] < -half_height, math.pi * radius**2, 0.0)
    areas[:, 5] = np.where(view.camera[:, 2] > half_height, math.pi * radius**2, 0.0)
    return areas


def _sphere_areas(view: _PartView) -> FloatArray:
    """Area of the cap turned to the camera in the place of −x."""
    radius = view.half[:, 0]
    distance = np.linalg.norm(view.camera, axis=1)
    areas = np.zeros((len(radius), 6))
    areas[:, 0] = 2.0 * math.pi * radius**2 * (1.0 - radius / np.maximum(distance, radius))
    return areas


def _half_angle(view: _PartView) -> FloatArray:
    """Half the angle of a cylinder's mantle that is turned to the camera, (B,) [rad]."""
    across = np.hypot(view.camera[:, 0], view.camera[:, 1])
    radius = view.half[:, 0]
    return np.arccos(np.minimum(radius / np.maximum(across, 1e-9), 1.0))


_Index = NDArray[np.int64]


def _box_places(
    view: _PartView, row: _Index, face: _Index, u: FloatArray, v: FloatArray
) -> FloatArray:
    axis, side = face // 2, 2.0 * (face % 2) - 1.0
    unit = np.empty((len(row), 3))
    points = np.arange(len(row))
    unit[points, axis] = side
    unit[points, (axis + 1) % 3] = 2.0 * u - 1.0
    unit[points, (axis + 2) % 3] = 2.0 * v - 1.0
    unit *= view.half[row]
    return unit


def _cylinder_places(
    view: _PartView, row: _Index, face: _Index, u: FloatArray, v: FloatArray
) -> FloatArray:
    mantle = face == 1
    towards = np.arctan2(view.camera[row, 1], view.camera[row, 0])
    on_mantle = towards + (2.0 * u - 1.0) * _half_angle(view)[row]
    angle = np.where(mantle, on_mantle, 2.0 * math.pi * v)
    radius = np.where(mantle, 1.0, np.sqrt(u))
    z = np.where(mantle, 2.0 * v - 1.0, np.where(face == 5, 1.0, -1.0))
    unit = np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=-1)
    return unit * view.half[row]


def _sphere_places(
    view: _PartView, row: _Index, face: _Index, u: FloatArray, v: FloatArray
) -> FloatArray:
    camera = view.camera[row]
    distance = np.linalg.norm(camera, axis=1, keepdims=True)
    towards = camera / distance
    radius = view.half[row, :1]
    along = 1.0 - u[:, None] * (1.0 - radius / distance)
    across = np.sqrt(np.maximum(1.0 - along**2, 0.0))
    # Any direction across will do: the axis that the line of sight follows least gives one.
    helper = np.eye(3)[np.abs(towards).argmin(axis=1)]
    first = np.cross(towards, helper)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(towards, first)
    angle = 2.0 * math.pi * v[:, None]
    ring = np.cos(angle) * first + np.sin(angle) * second
    return np.asarray(radius * (along * towards + across * ring))


_AREAS = {'box': _box_areas, 'cylinder': _cylinder_areas, 'sphere': _sphere_areas}
_PLACES = {'box': _box_places, 'cylinder': _cylinder_places, 'sphere': _sphere_places}


def _hidden(
    arrays: PartArrays, points: FloatArray, camera_object: FloatArray
) -> NDArray[np.bool_]:
    """Whether another part is between a point and the camera, (B, n)."""
    hidden = np.zeros(points.shape[:2], dtype=np.bool_)
    for k, yaw_rad in enumerate(arrays.yaw_rad):
        centre, half = arrays.centre_m[:, None, k], arrays.half_m[:, k]
        start = _turn(points - centre, -yaw_rad)
        ray = _turn(camera_object[:, None] - centre, -yaw_rad) - start
        hidden |= _blocks(start, ray, half) & (half.min(axis=-1) > 0)[:, None]
    return hidden


def _blocks(start: FloatArray, ray: FloatArray, half: FloatArray) -> NDArray[np.bool_]:
    """Whether the box of half sizes (B, 3) lies on the way start → start + ray, (B, n, 3).

    A box that the way only begins on, or passes along, does not block it.
    """
    enter, leave = np.zeros(start.shape[:2]), np.ones(start.shape[:2])
    for axis in range(3):
        along, h = ray[..., axis], half[:, None, axis]
        along = np.where(np.abs(along) < _PARALLEL_M, _PARALLEL_M, along)
        one, other = (-h - start[..., axis]) / along, (h - start[..., axis]) / along
        enter = np.maximum(enter, np.minimum(one, other))
        leave = np.minimum(leave, np.maximum(one, other))
    length = np.sqrt((ray * ray).sum(axis=-1))
    return np.asarray((leave - enter) * length > _CLEAR_M)


def _thin(points: FloatArray, visible: NDArray[np.bool_], n: int) -> FloatArray:
    """Picks n of the visible points of each shape, evenly along the lattice."""
    count = visible.sum(axis=1)
    if not count.all():
        raise InvalidInputError('the camera sees no face of an object; move it out of the object')
    order = np.argsort(~visible, axis=1, kind='stable')
    place = (np.arange(n)[None, :] * count[:, None]) // n
    chosen = np.take_along_axis(order, place, axis=1)
    return np.take_along_axis(points, chosen[:, :, None], axis=1)
