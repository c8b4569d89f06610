# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""From a fitted scene and drawn supports to the parameterization of its particles."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
import torch

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.geometry.fit import fits_inside
from f2p_core.geometry.prisms import kind_indices, make_prisms, Prisms
from f2p_core.geometry.shapes import MAX_DIMENSIONS, SHAPES
from f2p_core.observation import SceneObservation
from f2p_svi.config import StateConfig
from f2p_svi.errors import SviError
from f2p_svi.scenes.hypotheses import MAP
from f2p_svi.scenes.parameterization import ABSENT, SceneParameterization

__all__ = ['build_parameterization']

_UPRIGHT = math.cos(math.radians(10.0))
"""Cosine of the lean up to which an object counts as upright: 10°."""


def build_parameterization(
    observation: SceneObservation,
    supports: NDArray[np.int64],
    config: StateConfig,
    device: torch.device | str = 'cpu',
) -> SceneParameterization:
    """Builds the parameterization of a fitted scene under drawn supports.

    Args:
        observation: The scene before the skill; fitted poses and shapes centre the prior.
        supports: Index of each object's support per particle, or ``MAP``, shape (S, N).
        config: Prior spreads.
        device: Where the tensors live.

    Raises:
        SviError: If nothing in the scene can move.
    """
    objects = observation.scene.objects
    fitted = stack_scenes([observation.scene])
    movable = np.array([i for i, o in enumerate(objects) if not o.fixed], dtype=np.int64)
    if not len(movable):
        raise SviError('the scene before the skill holds furniture only; nothing can be inferred')
    columns = _columns(fitted, movable)
    xy, theta, tilt = _relative_frames(fitted, supports, movable)
    half = np.stack([SHAPES[kind].half_matrix for kind in fitted.kinds])
    room = _room(fitted, half, supports[:, movable])

    def constant(values: NDArray[np.float64]) -> torch.Tensor:
        return torch.tensor(values, dtype=torch.float32, device=device)

    def index(values: object) -> torch.Tensor:
        return torch.tensor(np.asarray(values, dtype=np.int64), device=device)

    parent = np.where(supports == MAP, len(objects), supports)[:, movable]
    return SceneParameterization(
        fitted=fitted._replace(
            position_m=constant(fitted.position_m),
            rotation=constant(fitted.rotation),
            dimensions=constant(fitted.dimensions),
        ),
        movable=index(movable),
        seen=torch.tensor([observation.seen[i] for i in movable], device=device),
        support=index(parent),
        depth=_depth(np.where([o.fixed for o in objects], MAP, supports)),
        xy_column=index(columns.xy),
        psi_column=index(columns.psi),
        extent_column=index(columns.extent),
        fold=constant(columns.fold),
        xy_mean_m=constant(np.clip(xy, -room, room)),
        xy_std_m=constant(np.full(len(movable), config.position_std_m)),
        theta_rad=constant(theta),
        tilt=constant(tilt),
        half=constant(half),
        reach=constant(_reach(fitted.kinds, half, movable, tilt)),
        surface=constant(_surface(fitted, half, supports[:, movable], movable)),
        log_range=math.log1p(config.extent_range),
        groups=columns.groups,
        group_object=columns.group_object,
        circular=columns.circular,
    )


class _Columns(NamedTuple):
    xy: list[tuple[int, int]]
    psi: list[int]
    extent: list[list[int]]
    fold: NDArray[np.float64]
    groups: tuple[tuple[int, ...], ...]
    group_object: tuple[int, ...]
    circular: tuple[bool, ...]


def _columns(fitted: SceneBatch, movable: NDArray[np.int64]) -> _Columns:
    """Lays out the particle vector: per object a pose block and an extents block."""
    folds = [_fold(fitted, i) for i in movable]
    xy: list[tuple[int, int]] = []
    psi: list[int] = []
    extent: list[list[int]] = []
    groups: list[tuple[int, ...]] = []
    circular: list[bool] = []
    for m, i in zip(folds, movable, strict=True):
        start = len(circular)
        pose = tuple(range(start, start + (3 if m else 2)))
        varied = SHAPES[fitted.kinds[i]].size_columns
        size = tuple(range(pose[-1] + 1, pose[-1] + 1 + len(varied)))
        xy.append((start, start + 1))
        psi.append(pose[2] if m else ABSENT)
        entry = dict(zip(varied, size, strict=True))
        extent.append([entry.get(k, ABSENT) for k in range(MAX_DIMENSIONS)])
        groups += [pose, size]
        circular += [False, False, *([True] if m else []), *([False] * len(varied))]
    return _Columns(
        xy,
        psi,
        extent,
        np.array([max(m, 1) for m in folds], dtype=np.float64),
        tuple(groups),
        tuple(k for k in range(len(movable)) for _ in range(2)),
        tuple(circular),
    )


def _fold(fitted: SceneBatch, i: int) -> int:
    """Symmetry of an object about the vertical: m, or 0 where every turn looks alike."""
    upright = bool(fitted.rotation[0, i, 2, 2] > _UPRIGHT)
    return SHAPES[fitted.kinds[i]].turns_alike(fitted.dimensions[0, i], upright)


def _relative_frames(
    fitted: SceneBatch, supports: NDArray[np.int64], movable: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Fitted (x, y) [m], yaw [rad] and remaining tilt of movable objects in their supports."""
    position = np.concatenate([fitted.position_m[0], np.zeros((1, 3))])
    rotation = np.concatenate([fitted.rotation[0], np.eye(3)[None]])
    parent = supports[:, movable]
    offset = position[movable] - position[parent]
    xy = np.einsum('smji,smj->smi', rotation[parent], offset)[..., :2]
    relative = np.swapaxes(rotation[parent], -1, -2) @ rotation[movable]
    upright = relative[..., 2, 2] > _UPRIGHT
    theta = np.where(upright, np.arctan2(relative[..., 1, 0], relative[..., 0, 0]), 0.0)
    tilt = np.where(upright[..., None, None], np.eye(3), relative)
    return xy, theta, tilt


def _reach(
    kinds: tuple[str, ...],
    half: NDArray[np.float64],
    movable: NDArray[np.int64],
    tilt: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Support function straight down, as a linear map of the dimensions; a yaw leaves it alone."""
    down = np.abs(tilt[..., 2, :])
    for m, i in enumerate(movable):
        if SHAPES[kinds[i]].ball:
            down[:, m] = [1.0, 0.0, 0.0]
        elif SHAPES[kinds[i]].round:
            across = np.hypot(down[:, m, 0], down[:, m, 1])
            down[:, m] = np.stack([across, 0 * across, down[:, m, 2]], axis=-1)
    reach: NDArray[np.float64] = np.einsum('smi,mij->smj', down, half[movable])
    return reach


def _surface(
    fitted: SceneBatch,
    half: NDArray[np.float64],
    parent: NDArray[np.int64],
    movable: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Height of the surface that is stood on over the support's origin, as a linear map."""
    top, floor = half[:, 2].copy(), -half[:, 2]
    for i, kind in enumerate(fitted.kinds):
        if (wall := SHAPES[kind].wall_column) is not None:
            floor[i, wall] = 1.0
    inside = _within(fitted, parent, movable)
    rule = np.where(inside[..., None], floor[parent], top[parent])
    surface: NDArray[np.float64] = np.where((parent == MAP)[..., None], 0.0, rule)
    return surface


def _within(
    fitted: SceneBatch, parent: NDArray[np.int64], movable: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether a movable object goes into the cavity of its support rather than onto it."""
    prisms = make_prisms(
        fitted.position_m[0],
        fitted.rotation[0],
        fitted.dimensions[0],
        np.array(kind_indices(fitted.kinds)),
        np.array(fitted.fixed),
    )
    inner = Prisms(*(field[movable] for field in prisms))
    within: NDArray[np.bool_] = (parent != MAP) & fits_inside(
        inner, Prisms(*(field[parent] for field in prisms))
    )
    return within


def _room(
    fitted: SceneBatch, half: NDArray[np.float64], parent: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Half the outline of each support, within which the prior is centred, (S, M, 2) [m]."""
    size = np.einsum('nij,nj->ni', half, fitted.dimensions[0])[:, :2]
    room: NDArray[np.float64] = np.where((parent == MAP)[..., None], np.inf, size[parent])
    return room


def _depth(supports: NDArray[np.int64]) -> int:
    """Longest chain of objects that rest on each other, over all draws; furniture ends one."""
    current, depth = supports, 0
    rows = np.arange(len(supports))[:, None]
    while (current != MAP).any():
        current = np.where(current == MAP, MAP, supports[rows, current])
        depth += 1
    return max(depth, 1)
