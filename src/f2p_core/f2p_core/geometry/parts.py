# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Shapes as flat dimension vectors and as convex parts, as the record of their kind says.

Dimension vectors are zero-padded to five entries, all in metres; ``SHAPES[kind].dimensions`` names
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from f2p_core.geometry.shapes import Part, PartArrays, Shape, SHAPES

Array = Any


def dimensions_of(shape: Shape) -> tuple[float, ...]:
    """Returns the zero-padded dimension vector of a shape, length ``MAX_DIMENSIONS`` [m]."""
    return SHAPES[shape.kind].dimensions_of(shape)


def shape_from_dimensions(kind: str, dimensions: Sequence[float]) -> Shape:
    """Returns the shape of a kind with the given dimension vector [m]; see the module docstring.

    Raises:
        InvalidInputError: If the kind is not known.
        pydantic.ValidationError: If a dimension is not usable (negative, not finite).
    """
    return SHAPES[kind].from_dimensions(dimensions)


def body_half_extents(kind: str, dimensions: Array) -> Array:
    """Returns half the body's bounding box in the object frame, (..., 5) → (..., 3) [m]."""
    return SHAPES[kind].half_extents(dimensions)


def part_arrays(kind: str, dimensions: Array) -> PartArrays:
    """Returns the convex parts of shapes of one kind.

    Args:
        kind: Shape kind.
        dimensions: Dimension vectors, shape (..., 5) [m].

    Returns:
        The parts, differentiable in ``dimensions`` where these are torch tensors.
    """
    return SHAPES[kind].parts(dimensions)


def shape_parts(shape: Shape) -> tuple[Part, ...]:
    """Returns the convex parts of one shape, parts without volume (a missing handle) left out."""
    arrays = part_arrays(shape.kind, np.array(dimensions_of(shape)))
    return tuple(
        Part(kind, tuple(c), tuple(h), yaw)
        for kind, c, h, yaw in zip(
            arrays.kinds,
            arrays.centre_m.tolist(),
            arrays.half_m.tolist(),
            arrays.yaw_rad,
            strict=True,
        )
        if min(h) > 0.0
    )
