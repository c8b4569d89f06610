# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a simulated execution says about the world: end scenes, contacts, relation margins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from f2p_core.batch import stack_scenes
from f2p_core.relations import relation_margins
from f2p_core.scene import Scene
from f2p_sim.cell import Cell
from f2p_sim.errors import SkillError
from f2p_sim.protocol import Rollout
from f2p_sim.runner import MotionEnd
from f2p_sim.scene_model import scene_at

Pairs = tuple[tuple[str, str], ...]


class End(NamedTuple):
    """How one execution ended: scene, touching pairs of ids, error, simulated time [s]."""

    scene: Scene
    contacts: Pairs
    error: SkillError | None
    duration_s: float


def refused(scene: Scene, error: SkillError) -> End:
    """Returns the end of a scene that was not simulated."""
    return End(scene, (), error, 0.0)


def end_of(cell: Cell, motion_end: MotionEnd) -> End:
    """Returns the end of a simulated scene; as it began when the physics broke down."""
    compiled, error = cell.compiled, motion_end.error
    if not np.isfinite(motion_end.qpos).all():
        error = error or SkillError('diverged', 'the state holds NaN')
    if error is not None and error.code == 'diverged':
        return End(compiled.scene, (), error, motion_end.duration_s)
    scene = scene_at(compiled, motion_end.qpos)
    return End(scene, _contacts(cell, motion_end), error, motion_end.duration_s)


def rollouts(ends: Sequence[End], relation_names: tuple[str, ...]) -> tuple[Rollout, ...]:
    """Labels ends with margins of relations, all scenes of the same objects at once.

    Raises:
        InvalidInputError: If a relation is not known, or gives no finite margins.
    """
    margins: list[np.ndarray] = [np.empty(0)] * len(ends)
    groups: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for i, end in enumerate(ends):
        key = tuple((o.object_id, o.shape.kind) for o in end.scene.objects)
        groups.setdefault(key, []).append(i)
    for members in groups.values():
        batch = stack_scenes([ends[i].scene for i in members])
        found = relation_margins(batch, relation_names)
        for i, margin in zip(members, found, strict=True):
            margins[i] = margin
    return tuple(
        Rollout(
            end_scene=end.scene,
            contacts=end.contacts,
            relation_names=relation_names,
            margins=margin,
            motion_succeeded=end.error is None,
            reason='' if end.error is None else str(end.error),
            duration_s=end.duration_s,
        )
        for end, margin in zip(ends, margins, strict=True)
    )


def _contacts(cell: Cell, motion_end: MotionEnd) -> Pairs:
    """Returns the pairs of objects the engine reports in contact, in scene order."""
    pairs = {(min(a, b), max(a, b)) for a, b, depth in cell.depths(motion_end.qpos) if depth >= 0}
    return tuple((cell.name(a), cell.name(b)) for a, b in sorted(pairs) if a != b)
