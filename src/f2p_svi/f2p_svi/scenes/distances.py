# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Signed distances to all objects of a scene at once, for the inner loop of the inference.

The same distance as ``f2p_core.geometry.distance.signed_distance``, over a flat list of all
convex parts of all objects instead of kind by kind: a tenth of the operations. It uses that the
parts and surface points of a shape are affine in its dimensions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch

from f2p_core.batch import SceneBatch
from f2p_core.geometry.distance import surface_points
from f2p_core.geometry.parts import part_arrays
from f2p_core.geometry.rigid import rotated

__all__ = ['PartDistances', 'build_part_distances']

PROBES = 32
"""Surface points per object that are tested against the other bodies."""

_FAR_M = 1e3
"""Stands for no part, or for no bound in this direction [m]: farther than any room."""

_TINY_M2 = 1e-12
"""Least squared length under a root [m²], whose gradient at 0 is infinite."""


class Affine(NamedTuple):
    """v ↦ slope · v + offset, from dimension vectors (5,) to points."""

    slope: torch.Tensor
    offset: torch.Tensor

    def __call__(self, dimensions: torch.Tensor) -> torch.Tensor:
        """Maps (S, L, 5) through L maps of shape (L, ..., 3, 5): (S, L, ..., 3)."""
        moved = torch.einsum('l...j,slj->sl...', self.slope, dimensions)
        return moved + self.offset


class PartDistances(NamedTuple):
    """Measures distances by all L convex parts of N objects, and P probes per object.

    Attributes:
        owner: Object of each part, (L,).
        table: Parts of each object, padded with L, (N, K).
        centre_m, half_m: Of each part, from the owner's dimensions.
        cos_yaw, sin_yaw: Turn of each part about z, (L, 1).
        flat, ball: Whether the part is a box, a sphere; else it is a cylinder, (L, 1).
        probes_m: Surface points of each object, from its dimensions.
    """

    owner: torch.Tensor
    table: torch.Tensor
    centre_m: Affine
    half_m: Affine
    cos_yaw: torch.Tensor
    sin_yaw: torch.Tensor
    flat: torch.Tensor
    ball: torch.Tensor
    probes_m: Affine

    def distances(self, batch: SceneBatch, points_object: torch.Tensor) -> torch.Tensor:
        """Returns the distance of each object's points to its surface.

        Args:
            batch: S scenes of N objects.
            points_object: Points in the objects' frames, (S, N, Q, 3) [m].

        Returns:
            Shape (S, N, Q) [m], negative inside the material.
        """
        dimensions = batch.dimensions[:, self.owner]
        centre, half = self.centre_m(dimensions), self.half_m(dimensions)
        local = points_object[:, self.owner] - centre[:, :, None]
        x = self.cos_yaw * local[..., 0] + self.sin_yaw * local[..., 1]
        y = self.cos_yaw * local[..., 1] - self.sin_yaw * local[..., 0]
        distance = self._of_parts(x, y, local[..., 2], half[:, :, None])
        padded = torch.nn.functional.pad(distance, (0, 0, 0, 1), value=_FAR_M)
        return padded[:, self.table].amin(2)

    def _of_parts(
        self, x: torch.Tensor, y: torch.Tensor, z: torch.Tensor, half: torch.Tensor
    ) -> torch.Tensor:
        """Distance to boxes, upright cylinders and spheres by one formula, (S, L, Q)."""
        across = x.square() + y.square()
        round_ = torch.where(self.ball, across + z.square(), across).clamp_min(_TINY_M2).sqrt()
        over = torch.stack(
            [
                torch.where(self.flat, x.abs(), round_) - half[..., 0],
                torch.where(self.flat, y.abs() - half[..., 1], -_FAR_M),
                torch.where(self.ball, -_FAR_M, z.abs() - half[..., 2]),
            ]
        )
        outside = over.clamp_min(0.0).square().sum(0).clamp_min(_TINY_M2).sqrt()
        return outside + over.amax(0).clamp_max(0.0)

    def gaps(self, batch: SceneBatch) -> torch.Tensor:
        """Returns how far each object's probes stay from each other object.

        Args:
            batch: S scenes of N objects.

        Returns:
            Symmetric, shape (S, N, N) [m], negative where bodies penetrate; the diagonal is far.
            Between probes a gap is seen slightly too large.
        """
        probes = self.probes_m(batch.dimensions)
        with torch.no_grad():
            nearest = self._nearest_probe(batch, probes)
        # By the envelope theorem the gradient of the smallest distance is that of its place.
        n = len(batch.kinds)
        rows = torch.arange(len(probes), device=probes.device)[:, None, None]
        chosen = probes[rows, torch.arange(n, device=probes.device), nearest]
        in_map = rotated(batch.rotation[:, None], chosen) + batch.position_m[:, None]
        one_way = self.distances(batch, (in_map - batch.position_m[:, :, None]) @ batch.rotation)
        both = torch.minimum(one_way, one_way.mT)
        return both + _FAR_M * torch.eye(n, device=both.device)

    def _nearest_probe(self, batch: SceneBatch, probes: torch.Tensor) -> torch.Tensor:
        """Index of a's probe that is nearest to b or deepest in it, [s, b, a]."""
        in_map = probes @ batch.rotation.mT + batch.position_m[:, :, None]
        local = (in_map.flatten(1, 2)[:, None] - batch.position_m[:, :, None]) @ batch.rotation
        distance = self.distances(batch, local)
        return distance.reshape(*batch.position_m.shape[:2], -1, PROBES).argmin(-1)


def build_part_distances(fitted: SceneBatch) -> PartDistances:
    """Lists the parts of a scene's objects.

    Args:
        fitted: The fitted scene, torch; its dimensions say which parts (handles) exist.
    """
    centre: list[Affine] = []
    half: list[Affine] = []
    probes: list[Affine] = []
    yaw: list[float] = []
    kinds: list[str] = []
    owner: list[int] = []
    for i, kind in enumerate(fitted.kinds):
        dimensions = fitted.dimensions[0, i]
        arrays = part_arrays(kind, dimensions)
        keep = arrays.half_m.amin(-1) > 0
        rows = keep.nonzero()[:, 0].tolist()
        centre.append(_affine(partial(_part_centres, kind), dimensions, rows))
        half.append(_affine(partial(_part_halves, kind), dimensions, rows))
        every = list(range(PROBES))
        probes.append(_affine(partial(surface_points, kind, n=PROBES), dimensions, every))
        yaw += [arrays.yaw_rad[r] for r in rows]
        kinds += [arrays.kinds[r] for r in rows]
        owner += [i] * len(rows)
    device = fitted.dimensions.device
    angle = torch.tensor(yaw, device=device)[:, None]
    return PartDistances(
        torch.tensor(owner, device=device),
        torch.tensor(_table(owner, len(fitted.kinds)), device=device),
        Affine(*(torch.cat(v) for v in zip(*centre, strict=True))),
        Affine(*(torch.cat(v) for v in zip(*half, strict=True))),
        torch.cos(angle),
        torch.sin(angle),
        torch.tensor([k == 'box' for k in kinds], device=device)[:, None],
        torch.tensor([k == 'sphere' for k in kinds], device=device)[:, None],
        Affine(*(torch.stack(v) for v in zip(*probes, strict=True))),
    )


def _part_centres(kind: str, dimensions: torch.Tensor) -> torch.Tensor:
    centre: torch.Tensor = part_arrays(kind, dimensions).centre_m
    return centre


def _part_halves(kind: str, dimensions: torch.Tensor) -> torch.Tensor:
    half: torch.Tensor = part_arrays(kind, dimensions).half_m
    return half


def _affine(
    function: Callable[[torch.Tensor], torch.Tensor], at: torch.Tensor, rows: list[int]
) -> Affine:
    """The affine function itself, from its differences; a dimension that is 0 stays 0."""
    at = at.double()
    steps = torch.diag(0.5 * at)
    difference = (function(at + steps) - function(at))[:, rows]
    slope = (difference / (0.5 * at).clamp_min(1e-30)[:, None, None]).permute(1, 2, 0)
    return Affine(slope.float(), (function(at)[rows] - slope @ at).float())


def _table(owner: list[int], n: int) -> list[list[int]]:
    parts = [[part for part, i in enumerate(owner) if i == k] for k in range(n)]
    width = max(len(row) for row in parts)
    return [row + [len(owner)] * (width - len(row)) for row in parts]
