# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Colours that people with a colour vision deficiency can tell apart (Okabe and Ito, 2008)."""

from __future__ import annotations

from typing import NamedTuple

from f2p_core.geometry.shapes import SHAPES
from f2p_core.scene import SceneObject


class Colour(NamedTuple):
    """Red, green, blue and alpha, each in [0, 1]."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def faded(self, alpha: float) -> Colour:
        """Returns the colour with its alpha multiplied."""
        return self._replace(alpha=self.alpha * alpha)


def _hex(code: int) -> Colour:
    return Colour((code >> 16) / 255, (code >> 8 & 0xFF) / 255, (code & 0xFF) / 255)


# The palette of Okabe and Ito, which is told apart by colour-blind people too; grey and white.
ORANGE = _hex(0xE69F00)
SKY_BLUE = _hex(0x56B4E9)
GREEN = _hex(0x009E73)
YELLOW = _hex(0xF0E442)
BLUE = _hex(0x0072B2)
PURPLE = _hex(0xCC79A7)
VERMILION = _hex(0xD55E00)
GREY = _hex(0x999999)
WHITE = _hex(0xFFFFFF)

WRONG = VERMILION
"""What is otherwise than predicted; no object has this colour."""

_CONTAINERS = (ORANGE, PURPLE)
_OBJECTS = (SKY_BLUE, GREEN, YELLOW, BLUE)
_CONTAINER_ALPHA = 0.5
"""Opacity of containers: their content shows through."""


def colour_of(thing: SceneObject) -> Colour:
    """Returns the colour of an object: always the same, another one for the next number.

    Furniture is grey; containers have colours of their own and let their content be seen.
    """
    if thing.fixed:
        return GREY
    number = sum(thing.object_id.encode())
    if SHAPES[thing.shape.kind].hollow:
        return _CONTAINERS[number % len(_CONTAINERS)].faded(_CONTAINER_ALPHA)
    return _OBJECTS[number % len(_OBJECTS)]
