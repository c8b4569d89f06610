# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Relations of what was perceived: margins, probabilities under pose noise, and what is observed.

The margins are those of ``f2p_core.relations`` on the fitted objects. A probability is the share
of scenes, drawn from the uncertainty of poses and sizes, in which the relation holds, softened
over two millimetres so that few samples suffice.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.geometry.rigid import about_z
from f2p_core.geometry.shapes import SHAPES
from f2p_core.relations import relation_margins, RELATION_NAMES, soft_relations
from f2p_core.symbolic import SymbolicState
from f2p_perception.perceive import Perceived

Array = NDArray[np.float64]

_SOFTENING_M = 0.002
"""Margin [m] over which a sampled relation turns: smooths the mean of few samples."""


def symbolic_state(
    perceived: Perceived,
    rng: np.random.Generator,
    samples: int = 24,
    names: Sequence[str] = RELATION_NAMES,
) -> SymbolicState:
    """Returns the relations between all perceived objects.

    A relation is observed if both objects were seen and if it does not depend on which of two
    look-alikes is which.

    Args:
        perceived: What one view showed.
        rng: Draws the samples.
        samples: Scenes drawn for the probabilities.
        names: Relations wanted.
    """
    batch = stack_scenes([perceived.observation.scene])
    drawn = _sampled(batch, perceived, samples, rng)
    everything = _joined(batch, drawn)
    margins = relation_margins(everything, tuple(names))
    probability = soft_relations(margins[1:], _SOFTENING_M).mean(axis=0)
    observed = _observed(perceived, margins[0])
    return SymbolicState(
        object_ids=batch.object_ids,
        relation_names=tuple(names),
        probability=np.clip(probability, 0.0, 1.0),
        margin=margins[0],
        observed=observed,
    )


def _sampled(
    batch: SceneBatch, perceived: Perceived, samples: int, rng: np.random.Generator
) -> SceneBatch:
    """Scenes around one: objects slide, turn and vary in size on their supports."""
    n = len(batch.kinds)
    pose = perceived.pose_sigma * rng.standard_normal((samples, n, 3))
    size = perceived.size_sigma * rng.standard_normal((samples, n, 5))
    size = np.clip(size, -0.5 * batch.dimensions, None)
    position = np.repeat(batch.position_m, samples, axis=0)
    position[..., :2] += pose[..., :2]
    height = np.stack([SHAPES[kind].half_matrix[2] for kind in batch.kinds])
    position[..., 2] += (size * height).sum(axis=-1)
    return batch._replace(
        position_m=position,
        rotation=about_z(pose[..., 2]) @ batch.rotation,
        dimensions=batch.dimensions + size,
    )


def _joined(first: SceneBatch, second: SceneBatch) -> SceneBatch:
    return first._replace(
        position_m=np.concatenate([first.position_m, second.position_m]),
        rotation=np.concatenate([first.rotation, second.rotation]),
        dimensions=np.concatenate([first.dimensions, second.dimensions]),
    )


def _observed(perceived: Perceived, margin: Array) -> NDArray[np.bool_]:
    """Which entries (R, N, N) rest on seen objects of certain identity."""
    seen = np.array(perceived.observation.seen, np.bool_)
    n = len(seen)
    pairs = seen[:, None] & seen[None, :] & ~np.eye(n, dtype=np.bool_)
    observed: NDArray[np.bool_] = np.repeat(pairs[None], len(margin), axis=0)
    holds = margin >= 0
    ids = perceived.observation.scene.object_ids
    for i, others in enumerate(perceived.look_alikes):
        for j in (ids.index(other) for other in others if other in ids):
            swapped = np.arange(n)
            swapped[[i, j]] = j, i
            observed &= holds == holds[:, swapped][:, :, swapped]
    return observed
