# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Fits primitives to one-sided views: many hypotheses of one shape kind at once.

A hypothesis is a pose that rests on its support and a vector of dimensions. Its cost is

    Σ ρ(d(p) / σ) over seen points + Σ ρ(min(d(q), 0) / σ) over points q seen to be free
    + Σ ((dimension − mean) / deviation)²

with d the signed distance to the shape and ρ(r) = r² / (1 + r² / c²) (Geman and McClure), which
bounds the pull of points that belong to something else. It is minimised by Levenberg and
Marquardt's method on iteratively reweighted residuals, σ falling to its final value. Free points
are what makes a one-sided view tell where the object ends.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.distance import signed_distance
from f2p_core.geometry.parts import body_half_extents
from f2p_core.geometry.rigid import of_rotation_vectors
from f2p_core.geometry.shapes import SHAPES

Array = NDArray[np.float64]

_SATURATION = 3.0
"""Deviations beyond which a point pulls less and less (Geman-McClure): strays do not bend a
fit."""

_SIGMA_SCHEDULE = ((3.0, 2), (1.0, 4))
"""(factor of the deviation, steps): first coarsely, so that far starts are pulled in."""

_FIRST_DAMPING = 1e-3
"""Share of the diagonal that is added at first (Levenberg-Marquardt)."""

_FREE_SHARPNESS = 2.0
"""What free points count by depth against seen ones; they are exact where they speak."""

_STEP = 1e-4
"""Step of the finite differences [m, rad]: above rounding, far below any size."""

_MIN_DIMENSION_M = 0.004
"""No fitted length is less [m]: about one wall."""

_MAX_DIMENSION_M = 3.0
"""No fitted length is more [m]: about one table."""


class Measurements(NamedTuple):
    """What was seen of H hypotheses; unused rows have weight 0.

    Attributes:
        points: Points on the surface, (H, P, 3) [m] in ``map``.
        point_weight: (H, P).
        free: Points in front of surfaces, (H, F, 3) [m] in ``map``.
        free_weight: (H, F).
        support_z_m: Height the lowest point of the object rests at, (H,) [m].
    """

    points: Array
    point_weight: Array
    free: Array
    free_weight: Array
    support_z_m: Array


class Hypotheses(NamedTuple):
    """H primitives of one kind; where they stand and how large they are.

    Attributes:
        kind: Shape kind.
        xy_m: Centres from above, (H, 2) [m] in ``map``.
        rotation: Object → map, (H, 3, 3).
        dimensions: (H, 5) [m].
        size_mean, size_sigma: Prior of the dimensions, (H, 5) [m].
    """

    kind: str
    xy_m: Array
    rotation: Array
    dimensions: Array
    size_mean: Array
    size_sigma: Array


class Fits(NamedTuple):
    """Fitted hypotheses.

    Attributes:
        kind: Shape kind.
        position_m: Centres, (H, 3) [m] in ``map``.
        rotation: Object → map, (H, 3, 3).
        dimensions: (H, 5) [m].
        cost: Value of the minimised function, (H,).
        misfit: Mean ρ of the seen points, (H,): about 1 for the right shape.
        sigma: Standard deviations of (x, y, turn about z, five dimensions), (H, 8) [m, rad].
    """

    kind: str
    position_m: Array
    rotation: Array
    dimensions: Array
    cost: Array
    misfit: Array
    sigma: Array


class _Problem(NamedTuple):
    measurements: Measurements
    start: Hypotheses
    turn_axes: tuple[int, ...]
    sigma_m: float


class _Linearised(NamedTuple):
    """Normal equations of H hypotheses at some parameters.

    Attributes:
        theta: Parameters: x, y, turns, dimensions, (H, D).
        matrix, right: The equations, (H, D, D) and (H, D).
        cost, misfit: Cost, and mean residual of the seen points, (H,).
    """

    theta: Array
    matrix: Array
    right: Array
    cost: Array
    misfit: Array


def fit(
    measurements: Measurements,
    start: Hypotheses,
    sigma_m: float,
    turn_axes: tuple[int, ...] = (2,),
) -> Fits:
    """Improves hypotheses until they explain what was seen.

    Args:
        measurements: What was seen, per hypothesis.
        start: Where to start, with the priors of the sizes.
        sigma_m: Deviation of a point from its surface [m].
        turn_axes: Axes of ``map`` an object may turn about: (2,) upright, () round and upright,
            (0, 1, 2) any pose.

    Returns:
        One fit per hypothesis, in order.
    """
    problem = _Problem(measurements, start, turn_axes, sigma_m)
    free = list(SHAPES[start.kind].view_columns)
    turns = np.zeros((len(start.xy_m), len(turn_axes)))
    theta = np.concatenate([start.xy_m, turns, start.dimensions[:, free]], axis=1)
    damping = np.full(len(theta), _FIRST_DAMPING)
    for scale, steps in _SIGMA_SCHEDULE:
        at = _linearised(problem, theta, scale)
        for _ in range(steps):
            at, damping = _step(problem, at, damping, scale)
        theta = at.theta
    return _result(problem, at)


def resting_z(kind: str, rotation: Array, dimensions: Array) -> Array:
    """Returns the height of the centre above the lowest point of turned shapes, (...) [m]."""
    half: Array = body_half_extents(kind, dimensions)
    row = np.abs(rotation[..., 2, :])
    hull = SHAPES[kind].hull
    if hull == 'cylinder':
        across = np.sqrt(row[..., 0] ** 2 + row[..., 1] ** 2)
        height: Array = across * half[..., 0] + row[..., 2] * half[..., 2]
    elif hull == 'sphere':
        height = half[..., 0]
    else:
        height = (row * half).sum(axis=-1)
    return height


def _unpack(problem: _Problem, theta: Array) -> tuple[Array, Array, Array]:
    """Position, rotation and dimensions of parameters (H, B, D)."""
    start, axes = problem.start, problem.turn_axes
    turn = np.zeros((*theta.shape[:2], 3))
    turn[..., list(axes)] = theta[..., 2 : 2 + len(axes)]
    rotation = of_rotation_vectors(turn) @ start.rotation[:, None]
    dimensions = np.repeat(start.dimensions[:, None], theta.shape[1], axis=1)
    dimensions[..., list(SHAPES[start.kind].view_columns)] = theta[..., 2 + len(axes) :]
    z = problem.measurements.support_z_m[:, None] + resting_z(start.kind, rotation, dimensions)
    return np.concatenate([theta[..., :2], z[..., None]], axis=-1), rotation, dimensions


def _residuals(problem: _Problem, theta: Array) -> tuple[Array, Array]:
    """Distances over σ, (H, B, P + F), hinged where free, and prior residuals, (H, B, D')."""
    start, measurements = problem.start, problem.measurements
    position, rotation, dimensions = _unpack(problem, theta)
    points = np.concatenate([measurements.points, measurements.free], axis=1)
    local = (points[:, None] - position[:, :, None]) @ rotation
    distance = signed_distance(start.kind, dimensions, local) / problem.sigma_m
    seen = measurements.points.shape[1]
    distance[..., seen:] = np.minimum(distance[..., seen:], 0.0) * _FREE_SHARPNESS
    free = list(SHAPES[start.kind].view_columns)
    prior = (dimensions - start.size_mean[:, None]) / start.size_sigma[:, None]
    return distance, prior[..., free]


def _weights(problem: _Problem) -> Array:
    return np.concatenate(
        [problem.measurements.point_weight, problem.measurements.free_weight], axis=1
    )


def _linearised(problem: _Problem, theta: Array, scale: float) -> _Linearised:
    """The reweighted least squares problem at parameters (H, D), derivatives by differences."""
    d = theta.shape[1]
    probes = theta[:, None] + _STEP * np.concatenate([np.zeros((1, d)), np.eye(d)])
    distance, prior = _residuals(problem, probes)
    distance = distance / scale
    here, prior_here = distance[:, 0], prior[:, 0]
    saturation = 1 / (1 + here**2 / _SATURATION**2)
    weight = _weights(problem)
    jacobian = (distance[:, 1:] - distance[:, :1]) / _STEP
    jacobian_prior = (prior[:, 1:] - prior[:, :1]) / _STEP
    weighted = jacobian * (weight * saturation**2)[:, None]
    matrix = weighted @ jacobian.swapaxes(1, 2) + jacobian_prior @ jacobian_prior.swapaxes(1, 2)
    right = -(weighted @ here[..., None] + jacobian_prior @ prior_here[..., None])[..., 0]
    robust = weight * here**2 * saturation
    seen = problem.measurements.points.shape[1]
    misfit = robust[:, :seen].sum(axis=-1) / np.maximum(weight[:, :seen].sum(axis=-1), 1.0)
    cost = robust.sum(axis=-1) + (prior_here**2).sum(axis=-1)
    return _Linearised(theta, matrix, right, cost, misfit)


def _step(
    problem: _Problem, at: _Linearised, damping: Array, scale: float
) -> tuple[_Linearised, Array]:
    """One damped step per hypothesis, kept where it lowers the cost."""
    diagonal = np.einsum('hdd->hd', at.matrix)
    eye = np.eye(at.theta.shape[1])
    damped = at.matrix + (damping[:, None] * diagonal + 1e-6)[..., None] * eye
    trial = at.theta + np.linalg.solve(damped, at.right[..., None])[..., 0]
    first = 2 + len(problem.turn_axes)
    trial[:, first:] = np.clip(trial[:, first:], _MIN_DIMENSION_M, _MAX_DIMENSION_M)
    there = _linearised(problem, trial, scale)
    better = there.cost < at.cost
    kept = (
        np.where(better.reshape(-1, *(1,) * (new.ndim - 1)), new, old)
        for new, old in zip(there, at, strict=True)
    )
    return _Linearised(*kept), np.where(better, damping / 5, damping * 10)


def _result(problem: _Problem, at: _Linearised) -> Fits:
    position, rotation, dimensions = (a[:, 0] for a in _unpack(problem, at.theta[:, None]))
    sigma = _sigma(problem, at.matrix)
    kind = problem.start.kind
    return Fits(kind, position, rotation, dimensions, at.cost, at.misfit, sigma)


def _sigma(problem: _Problem, matrix: Array) -> Array:
    """Standard deviations (H, 8) from the inverse of the normal matrix."""
    covariance = np.linalg.inv(matrix + 1e-3 * np.eye(matrix.shape[1]))
    deviation = np.sqrt(np.maximum(np.einsum('hdd->hd', covariance), 0.0))
    axes = problem.turn_axes
    sigma = np.zeros((len(matrix), 8))
    sigma[:, :2] = deviation[:, :2]
    if 2 in axes:
        sigma[:, 2] = deviation[:, 2 + axes.index(2)]
    free = SHAPES[problem.start.kind].view_columns
    sigma[:, [3 + i for i in free]] = deviation[:, 2 + len(axes) :]
    return sigma
