# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The tasks of the story in their order, the same with and without ROS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from f2p_core.failure import Failure
from f2p_core.scene import Scene
from f2p_core.symbolic import Goal
from f2p_eval.transport import goal_t1, goal_t2, TASK


class Act(NamedTuple):
    """One task of the story.

    Attributes:
        name: Short name.
        title: What it shows.
        scene_number: Which of the seed's start scenes it begins in.
        goal_of: Makes the goal of a start scene.
        may_learn: Whether a failure in it is learned from.
        after_learning: Whether it makes sense only once something was learned.
    """

    name: str
    title: str
    scene_number: int
    goal_of: Callable[[Scene], Goal]
    may_learn: bool = False
    after_learning: bool = False


ACTS = (
    Act('T2 before', 'All objects to table_b in one trip, pre-trained model', 2, goal_t2),
    Act('T1', 'Container to table_b, objects stay on table_a', 0, goal_t1, may_learn=True),
    Act(
        'T1 fresh',
        'The same goal in a new scene, after learning',
        1,
        goal_t1,
        after_learning=True,
    ),
    Act(
        'T2 after',
        'All objects to table_b in one trip, after learning',
        2,
        goal_t2,
        after_learning=True,
    ),
)


def scene_seed(seed: int, number: int) -> int:
    """Returns the seed of one of a story's start scenes, unrelated to those of other stories."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def summarise(
    settings: Mapping[str, int],
    success: Mapping[str, bool],
    failure: Failure | None,
    model_version: int,
    seconds_total: float,
    seconds_by_stage: Mapping[str, float],
) -> dict[str, str | int | float | bool | list[str] | dict[str, float] | None]:
    """Returns the figures of a story's last line.

    Args:
        settings: ``objects`` and ``seed``.
        success: Whether each act's goal held in the true scene at its end, by the act's name.
        failure: The failure of T1 that was learned from, or its first; ``None``: it did not fail.
        model_version: The model in use at the end.
        seconds_total: From the failure's publication to the new model's [s].
        seconds_by_stage: Of the learning run [s].
    """
    recovered = success.get('T1', False)
    return {
        'task': TASK,
        **settings,
        'failure_kind': str(failure.kind) if failure else None,
        'violated_relations': [v.name for v in failure.violated] if failure else [],
        'success_before': recovered and failure is None,
        'success_after': recovered and success.get('T1 fresh', False),
        'success_recovered': recovered,
        'success_t2_before': success.get('T2 before', False),
        'success_t2_after': success.get('T2 after', False),
        'model_version': model_version,
        'seconds_total': round(seconds_total, 2),
        'seconds_by_stage': {name: round(value, 2) for name, value in seconds_by_stage.items()},
    }
