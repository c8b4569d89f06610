# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How a particle vector stands for a scene: poses on supports and extents, in prior units.

Per movable object: (x, y) in its support's frame, in standard deviations of the prior; an angle
ψ = mθ [rad] for a shape that looks alike after a turn of 2π/m about the vertical (none where
every turn looks alike); and per extent a logit, in standard deviations, of its place in the range
it may have. Height, roll and pitch follow from shape and support; content is relative to its
container. Furniture is known and has no coordinates.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch

from f2p_core.batch import SceneBatch
from f2p_core.geometry.rigid import about_z

__all__ = ['ABSENT', 'LOGISTIC_STD', 'SceneParameterization']

LOGISTIC_STD = math.pi / math.sqrt(3.0)
"""Standard deviation of the logistic distribution: a uniform place in a range, as a logit."""


ABSENT = -1
"""Column of a coordinate that an object lacks: the zero that ``decode`` appends."""


class SceneParameterization(NamedTuple):
    """Everything constant that turns S particles (S, d) into S scenes of N objects, M movable.

    Column tables hold ``ABSENT`` where an object lacks the coordinate: it then reads 0.

    Attributes:
        fitted: The fitted scene as a batch of one, float32 tensors.
        movable: Indices of movable objects, (M,).
        seen: Whether each movable object was seen, (M,).
        support: Index of each movable object's support, N for the floor, (S, M).
        depth: Longest chain of supports from furniture or floor.
        xy_column: (M, 2). psi_column: (M,). extent_column: (M, 5).
        fold: m of each movable object, (M,).
        xy_mean_m: Prior mean in the support's frame, (S, M, 2).
        xy_std_m: Prior standard deviation, (M,).
        theta_rad: Fitted yaw in the support's frame, (S, M).
        tilt: Fitted rotation without its yaw: the identity for what is upright, (S, M, 3, 3).
        half: Maps dimensions to half extents of the body, (N, 3, 5).
        reach: Maps dimensions to the depth of the lowest point under the origin, (S, M, 5).
        surface: Maps the support's dimensions to the height of what is stood on, (S, M, 5).
        log_range: Logarithm of the largest factor of an extent.
        groups: Coordinates of each block: a pose, or the extents of one object.
        group_object: Movable object (0 … M − 1) of each block.
        circular: Per coordinate whether it is an angle.
    """

    fitted: SceneBatch
    movable: torch.Tensor
    seen: torch.Tensor
    support: torch.Tensor
    depth: int
    xy_column: torch.Tensor
    psi_column: torch.Tensor
    extent_column: torch.Tensor
    fold: torch.Tensor
    xy_mean_m: torch.Tensor
    xy_std_m: torch.Tensor
    theta_rad: torch.Tensor
    tilt: torch.Tensor
    half: torch.Tensor
    reach: torch.Tensor
    surface: torch.Tensor
    log_range: float
    groups: tuple[tuple[int, ...], ...]
    group_object: tuple[int, ...]
    circular: tuple[bool, ...]

    @property
    def size(self) -> int:
        """Number d of coordinates."""
        return len(self.circular)

    def decode(self, particles: torch.Tensor) -> SceneBatch:
        """Returns the scenes of particles (S, d), differentiable, everything in ``map``."""
        padded = torch.nn.functional.pad(particles, (0, 1))
        dimensions = self._dimensions(padded)
        theta = self.theta_rad + padded[:, self.psi_column] / self.fold
        turned = about_z(theta) @ self.tilt
        xy = self.xy_mean_m + self.xy_std_m[:, None] * padded[:, self.xy_column]
        position, rotation = self._fitted_frames(len(particles))
        rows = torch.arange(len(particles), device=particles.device)[:, None]
        floor = torch.nn.functional.pad(dimensions, (0, 0, 0, 1))
        height = (floor[rows, self.support] * self.surface).sum(-1)
        height = height + (dimensions[:, self.movable] * self.reach).sum(-1)
        local = torch.cat([xy, height[..., None]], dim=-1)
        for _ in range(self.depth):
            base, turn = position[rows, self.support], rotation[rows, self.support]
            placed = base + (turn @ local[..., None]).squeeze(-1)
            position = position.index_copy(1, self.movable, placed)
            rotation = rotation.index_copy(1, self.movable, turn @ turned)
        return self.fitted._replace(
            position_m=position[:, :-1], rotation=rotation[:, :-1], dimensions=dimensions
        )

    def _dimensions(self, padded: torch.Tensor) -> torch.Tensor:
        """Dimension vectors of all objects, (S, N, 5) [m]."""
        place = torch.tanh(0.5 * LOGISTIC_STD * padded[:, self.extent_column])
        fitted = self.fitted.dimensions.expand(len(padded), -1, -1)
        varied = fitted[:, self.movable] * torch.exp(self.log_range * place)
        dimensions: torch.Tensor = fitted.index_copy(1, self.movable, varied)
        return dimensions

    def _fitted_frames(self, n: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Fitted frames of N objects and of the floor, (n, N + 1, 3) and (n, N + 1, 3, 3)."""
        position = torch.nn.functional.pad(self.fitted.position_m, (0, 0, 0, 1))
        eye = torch.eye(3, dtype=position.dtype, device=position.device)[None, None]
        rotation = torch.cat([self.fitted.rotation, eye], dim=1)
        return position.expand(n, -1, -1), rotation.expand(n, -1, -1, -1)
