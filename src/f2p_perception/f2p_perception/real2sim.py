# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Real2Sim: which primitive, of which size and where, explains each segment best."""

from __future__ import annotations

from collections.abc import Sequence
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.rigid import about_z
from f2p_core.geometry.shapes import HANDLE_BAR_HALF_M, MAX_DIMENSIONS, SHAPES
from f2p_perception.config import PerceptionConfig
from f2p_perception.fitting import fit, Fits, Hypotheses, Measurements
from f2p_perception.measurements import take
from f2p_perception.starts import bar_yaws, Rectangles, rectangles, SizePrior

Array = NDArray[np.float64]

SMALL_KINDS: tuple[str, ...] = ('box', 'cylinder', 'sphere', 'cup')
LARGE_KINDS: tuple[str, ...] = ('open_box', 'box')

_BOX_TURNS_RAD = (0.0, math.pi / 6, math.pi / 3)
"""Turns [rad] of an outline a fit begins with: the right one is at most 15° away."""

_KNOWN_BOX_TURNS_RAD = (0.0, math.pi / 4, math.pi / 2, 3 * math.pi / 4)
"""Turns [rad] of a box of known size, whose sides are not exchangeable."""

_KNOWN_SIGMA_M = 0.003
"""Sizes less certain than this [m] are found anew."""

_USUAL = 2.5
"""Deviations from the usual size within which a fit starts."""

_RARITY: dict[str, float] = {'cup': 15.0}


class Primitive(NamedTuple):
    """A fitted primitive.

    Attributes:
        kind: Shape kind.
        position_m: Centre (3,) [m] in ``map``.
        rotation: Object → map, (3, 3).
        dimensions: (5,) [m].
        sigma: Standard deviations of (x, y, turn about z, five dimensions), (8,) [m, rad].
        cost: Cost of the fit, with the penalty of its number of parameters.
        misfit: Mean robust residual of the seen points: about 1 or less for the right shape.
    """

    kind: str
    position_m: Array
    rotation: Array
    dimensions: Array
    sigma: Array
    cost: float
    misfit: float


class Knowledge(NamedTuple):
    """What is known about a segment's object before looking.

    Attributes:
        priors: Sizes per kind of shape it may be.
        last: Where it was seen last; only given where the segment seems to be at that place.
    """

    priors: dict[str, SizePrior]
    last: Primitive | None = None


def fit_primitives(
    measurements: Measurements, knowledge: Sequence[Knowledge], config: PerceptionConfig
) -> list[dict[str, Primitive]]:
    """Fits every kind of shape that comes into question to every segment, all upright.

    Args:
        measurements: What was seen of N segments.
        knowledge: What is known of each.
        config: Settings.

    Returns:
        Per segment the best fit of each kind; the costs of one segment are comparable.
    """
    outlines = rectangles(measurements.points)
    found: list[dict[str, Primitive]] = [{} for _ in knowledge]
    for kind in dict.fromkeys(k for known in knowledge for k in known.priors):
        owner, start = _starts(kind, knowledge, outlines, measurements)
        turn_axes = () if SHAPES[kind].round else (2,)
        fits = fit(take(measurements, owner), start, config.depth_sigma_m, turn_axes)
        n_points = measurements.points.shape[1]
        for i, primitive in best_fits(fits, owner, n_points, len(turn_axes)).items():
            found[i][kind] = primitive
    return found


def best_primitive(candidates: dict[str, Primitive]) -> Primitive:
    """Returns the candidate of lowest cost."""
    return min(candidates.values(), key=lambda p: p.cost)


def best_fits(
    fits: Fits, owner: NDArray[np.int64], n_points: int, turns: int
) -> dict[int, Primitive]:
    """Returns the best fit per segment, its cost raised by what speaks against its kind.

    That is the Bayesian information criterion, and for cups that their cavity looks like a few
    stray points unless it is really seen.

    Args:
        fits: Fitted hypotheses.
        owner: Segment of each.
        n_points: Points seen per segment.
        turns: Number of axes the object was free to turn about.
    """
    parameters = 2 + turns + len(SHAPES[fits.kind].view_columns)
    penalty = parameters * math.log(n_points) + _RARITY.get(fits.kind, 0.0)
    best: dict[int, Primitive] = {}
    for h in np.argsort(fits.cost).tolist():
        best.setdefault(
            int(owner[h]),
            Primitive(
                fits.kind,
                fits.position_m[h],
                fits.rotation[h],
                fits.dimensions[h],
                fits.sigma[h],
                float(fits.cost[h]) + penalty,
                float(fits.misfit[h]),
            ),
        )
    return best


def _starts(
    kind: str, knowledge: Sequence[Knowledge], outlines: Rectangles, measurements: Measurements
) -> tuple[NDArray[np.int64], Hypotheses]:
    """Hypotheses of one kind for the segments it comes into question for, and their segments."""
    there = [i for i, k in enumerate(knowledge) if k.last is not None and k.last.kind == kind]
    new = [i for i, k in enumerate(knowledge) if kind in k.priors and i not in there]
    parts = [(np.array(there, np.int64), _where_last(kind, [knowledge[i] for i in there]))]
    if new:
        priors = [knowledge[i].priors[kind] for i in new]
        owner, start = _searched(kind, np.array(new), priors, outlines, measurements)
        parts.append((owner, start))
    arrays = zip(*(h[1:] for _, h in parts), strict=True)
    return (
        np.concatenate([owner for owner, _ in parts]),
        Hypotheses(kind, *(np.concatenate(a) for a in arrays)),
    )


def _where_last(kind: str, knowledge: Sequence[Knowledge]) -> Hypotheses:
    """One hypothesis per remembered object: that it still is where it was."""
    last = [k.last for k in knowledge if k.last is not None]
    priors = [k.priors[kind] for k in knowledge]
    n = len(last)
    return Hypotheses(
        kind,
        np.array([p.position_m[:2] for p in last]).reshape(n, 2),
        np.array([p.rotation for p in last]).reshape(n, 3, 3),
        np.array([p.dimensions for p in last]).reshape(n, MAX_DIMENSIONS),
        np.array([p.mean for p in priors]).reshape(n, MAX_DIMENSIONS),
        np.array([p.sigma for p in priors]).reshape(n, MAX_DIMENSIONS),
    )


def _searched(
    kind: str,
    members: NDArray[np.int64],
    priors: Sequence[SizePrior],
    outlines: Rectangles,
    measurements: Measurements,
) -> tuple[NDArray[np.int64], Hypotheses]:
    """Hypotheses laid into the outlines of the member segments."""
    mean = np.stack([p.mean for p in priors])
    sigma = np.stack([p.sigma for p in priors])
    outline = Rectangles(*(a[members] for a in outlines))
    height = outline.high_z_m - measurements.support_z_m[members]
    if kind == 'open_box':
        yaw, dimensions = _open_box_starts(outline, height, mean, measurements.points[members])
    elif kind == 'box':
        yaw, dimensions = _box_starts(outline, height, mean, sigma)
    else:
        yaw, dimensions = _round_starts(kind, outline, height, mean)
    n, starts = yaw.shape
    owner = np.repeat(np.arange(n), starts)
    return members[owner], Hypotheses(
        kind,
        outline.xy_m[owner],
        about_z(yaw.reshape(-1)),
        dimensions.reshape(n * starts, -1),
        mean[owner],
        sigma[owner],
    )


def _box_starts(
    outline: Rectangles, height: Array, mean: Array, sigma: Array
) -> tuple[Array, Array]:
    """Turned outlines; of a known size all ways it may lie in the outline."""
    known = sigma[:, 0] <= _KNOWN_SIGMA_M
    turns = np.array(_KNOWN_BOX_TURNS_RAD if known.any() else _BOX_TURNS_RAD)
    yaw = outline.yaw_rad[:, None] + turns
    seen = np.concatenate([outline.size_m, height[:, None], 0 * outline.size_m], axis=1)
    usual = np.clip(seen, mean - _USUAL * sigma, mean + _USUAL * sigma)
    size = np.where(known[:, None], mean, usual)
    return yaw, np.repeat(size[:, None], len(turns), axis=1)


def _round_starts(
    kind: str, outline: Rectangles, height: Array, mean: Array
) -> tuple[Array, Array]:
    dimensions = mean.copy()
    dimensions[:, 0] = outline.size_m.mean(axis=1) / 2
    if not SHAPES[kind].ball:
        dimensions[:, 1] = height
    return np.zeros((len(mean), 1)), dimensions[:, None]


def _open_box_starts(
    outline: Rectangles, height: Array, mean: Array, points: Array
) -> tuple[Array, Array]:
    """The outline both ways round, and turned as the bar on top if there is one."""
    bar, found = bar_yaws(points, outline.high_z_m)
    across = outline.yaw_rad + np.pi / 2
    yaw = np.stack([outline.yaw_rad, across, np.where(found, bar, outline.yaw_rad)], axis=1)
    turned = np.abs(np.sin(yaw - outline.yaw_rad[:, None])) > math.sqrt(0.5)
    dimensions = np.repeat(mean[:, None], 3, axis=1)
    for i in (0, 1):
        dimensions[..., i] = np.where(
            turned, outline.size_m[:, 1 - i, None], outline.size_m[:, i, None]
        )
    has_handle = mean[:, 4] > 0
    body = np.where(has_handle, np.minimum(mean[:, 2], 0.8 * height), height)
    dimensions[..., 2] = body[:, None]
    bar = height - body - HANDLE_BAR_HALF_M
    dimensions[..., 4] = np.where(has_handle, np.maximum(bar, 0.01), 0.0)[:, None]
    return yaw, dimensions
