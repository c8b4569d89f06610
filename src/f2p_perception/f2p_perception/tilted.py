# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Objects that lie or lean: fits with all three turns free, where an upright one fails."""

from __future__ import annotations

from collections.abc import Sequence
import math

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.rigid import about_z, of_rotation_vectors
from f2p_perception.config import PerceptionConfig
from f2p_perception.fitting import fit, Hypotheses, Measurements
from f2p_perception.measurements import take
from f2p_perception.real2sim import best_fits, Knowledge, Primitive
from f2p_perception.starts import rectangles

TILTING_KINDS: tuple[str, ...] = ('box', 'cylinder')

_LEAN_RAD = (0.0, math.pi / 6, math.pi / 2)
"""Leans that a fit begins with [rad]: upright, leaning, lying."""

_SIDES = 4
"""Sides of the outline an object may lean to."""


def fit_tilted(
    measurements: Measurements,
    knowledge: Sequence[Knowledge],
    chosen: Sequence[int],
    config: PerceptionConfig,
) -> dict[int, dict[str, Primitive]]:
    """Fits boxes and cylinders in any pose whose lowest point rests on the support.

    Args:
        measurements: What was seen of N segments.
        knowledge: What is known of each.
        chosen: The segments to fit.
        config: Settings.

    Returns:
        Per chosen segment the best fit of each kind that comes into question.
    """
    found: dict[int, dict[str, Primitive]] = {i: {} for i in chosen}
    for kind in TILTING_KINDS:
        members = np.array([i for i in chosen if kind in knowledge[i].priors], np.int64)
        if len(members) == 0:
            continue
        owner, start = _starts(kind, members, knowledge, measurements)
        fits = fit(take(measurements, owner), start, config.depth_sigma_m, (0, 1, 2))
        for i, primitive in best_fits(fits, owner, measurements.points.shape[1], 3).items():
            found[i][kind] = primitive
    return found


def _starts(
    kind: str,
    members: NDArray[np.int64],
    knowledge: Sequence[Knowledge],
    measurements: Measurements,
) -> tuple[NDArray[np.int64], Hypotheses]:
    """Usual or known sizes, leaning by some angles to the four sides of the outline."""
    outline = rectangles(measurements.points[members])
    side, lean = (a.reshape(-1) for a in np.meshgrid(np.arange(_SIDES), _LEAN_RAD))
    yaw = outline.yaw_rad[:, None] + side * (np.pi / 2)
    tip = np.zeros((len(lean), 3))
    tip[:, 1] = lean
    rotation = (about_z(yaw) @ of_rotation_vectors(tip)).reshape(-1, 3, 3)
    mean = np.stack([knowledge[i].priors[kind].mean for i in members])
    sigma = np.stack([knowledge[i].priors[kind].sigma for i in members])
    rows = np.repeat(np.arange(len(members)), len(lean))
    return members[rows], Hypotheses(
        kind, outline.xy_m[rows], rotation, mean[rows], mean[rows], sigma[rows]
    )
