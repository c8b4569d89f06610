# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""From executed skills (simulated or real) to rows of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from f2p_core.geometry.parts import dimensions_of
from f2p_core.geometry.prisms import kind_indices
from f2p_core.relations import CONTACT
from f2p_core.scene import Scene
from f2p_core.skill import padded, parameter_count, SkillCall, SKILLS
from f2p_effects.data import concatenate, ExecutionDataset
from f2p_effects.errors import EffectsError


class LabelledEnd(Protocol):
    """What is needed of a rollout or of a watched execution."""

    @property
    def end_scene(self) -> Scene:
        """The scene after the skill: the same objects in the same order."""

    @property
    def relation_names(self) -> tuple[str, ...]:
        """Names of the R labelled relations."""

    @property
    def margins(self) -> NDArray[np.float64]:
        """Their margins in ``end_scene``, (R, N, N) [m]."""

    @property
    def motion_succeeded(self) -> bool:
        """Whether the robot did what it was told."""


def execution_from_rollout(
    scene: Scene,
    call: SkillCall,
    rollout: LabelledEnd,
    *,
    seed: int = 0,
    labelled: Sequence[bool] | None = None,
) -> ExecutionDataset:
    """Returns one execution as a data set of length 1.

    Args:
        scene: The scene before.
        call: What was executed in it.
        rollout: What came of it.
        seed: Names the scene, so that splits keep its executions together.
        labelled: Per object whether its pose afterwards was seen; all by default.

    Raises:
        EffectsError: If the objects before and after differ, or contact was not labelled.
    """
    if scene.object_ids != rollout.end_scene.object_ids:
        raise EffectsError(
            f'objects before {scene.object_ids} and after {rollout.end_scene.object_ids} differ'
        )
    n, skills = len(scene.objects), SKILLS.names
    if CONTACT.name not in rollout.relation_names:
        raise EffectsError(
            f'the execution has no label {CONTACT.name!r}; it has: '
            f'{", ".join(rollout.relation_names)}'
        )
    contact = rollout.margins[rollout.relation_names.index(CONTACT.name)] >= 0
    known = np.ones(n, dtype=np.bool_) if labelled is None else np.array(labelled, dtype=np.bool_)
    before, after = _poses(scene), _poses(rollout.end_scene)
    return ExecutionDataset(
        before_position_m=before[0],
        before_rotation=before[1],
        after_position_m=after[0],
        after_rotation=after[1],
        dimensions=_row([dimensions_of(o.shape) for o in scene.objects], np.float32),
        kind=_row(kind_indices([o.shape.kind for o in scene.objects]), np.int8),
        fixed=_row([o.fixed for o in scene.objects], np.bool_),
        skill=_row(skills.index(call.skill), np.int16),
        object_index=_row(scene.index(call.object_id), np.int16),
        target_index=_row(scene.index(call.target_id), np.int16),
        parameters=padded([call.parameters], parameter_count(skills)).astype(np.float32),
        succeeded=_row(rollout.motion_succeeded, np.bool_),
        labelled=known[None],
        contact=np.asarray(contact)[None],
        seed=_row(seed, np.int64),
        skill_names=skills,
    )


def executions_from_rollouts(
    scenes: Sequence[Scene],
    calls: Sequence[SkillCall],
    rollouts: Sequence[LabelledEnd],
    seeds: Sequence[int],
) -> ExecutionDataset:
    """Returns many executions as one data set; see ``execution_from_rollout``."""
    rows = zip(scenes, calls, rollouts, seeds, strict=True)
    return concatenate(
        [execution_from_rollout(s, c, r, seed=int(seed)) for s, c, r, seed in rows]
    )


def _poses(scene: Scene) -> tuple[NDArray[Any], NDArray[Any]]:
    return (
        _row([o.pose_map.position_m for o in scene.objects], np.float32),
        _row([o.pose_map.quaternion_xyzw for o in scene.objects], np.float32),
    )


def _row(value: object, dtype: type) -> NDArray[Any]:
    return np.array([value], dtype=dtype)
