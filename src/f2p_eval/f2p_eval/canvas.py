# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What rendered and ray-cast pictures have in common: camera, light and background."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Pixels = NDArray[np.uint8]

BACKGROUND = np.array([243.0, 245.0, 247.0])
"""Colour (red, green, blue) where there is nothing."""

TO_LIGHT = np.array([-0.45, 0.35, 0.82]) / np.linalg.norm([-0.45, 0.35, 0.82])
"""Direction in ``map`` towards the only lamp, which is far away."""

AMBIENT = 0.62
"""Brightness in the shadow; the lamp adds the rest."""


class Viewpoint(NamedTuple):
    """A pinhole camera in ``map``: eye and target [m], vertical field of view [rad]."""

    eye_m: tuple[float, float, float]
    target_m: tuple[float, float, float]
    field_of_view_rad: float


class Canvas(NamedTuple):
    """Size of a picture [pixels]."""

    width: int
    height: int
