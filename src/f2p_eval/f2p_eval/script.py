# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The frame of every story, the same with and without ROS: its seeds and its last line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from f2p_core.failure import Failure
from f2p_tasks import Task

Summary = dict[
    str, str | int | float | bool | list[str] | dict[str, bool] | dict[str, float] | None
]
"""Figures by name, as in the last line of a story."""


class Learned(NamedTuple):
    """What was learned in a story.

    Attributes:
        model_version: The model in use at the end.
        seconds_total: From the failure's publication to the new model's [s].
        seconds_by_stage: Of the learning run [s].
    """

    model_version: int
    seconds_total: float
    seconds_by_stage: Mapping[str, float]


def scene_seed(seed: int, number: int) -> int:
    """Returns the seed of one of a story's start scenes, unrelated to those of other stories."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def summarise(
    task: Task,
    settings: Mapping[str, int],
    success: Mapping[str, bool],
    failure: Failure | None,
    learned: Learned,
) -> Summary:
    """Returns the figures of a story's last line.

    ``success_before``: the goal of the act that learns was reached without a failure.
    ``success_recovered``: it was reached in the end. ``success_after``: it was, and so it was in
    every act that pursues the same goal after learning. ``acts``: whether each act's goal held at
    its end; acts that were not played are false.

    Args:
        task: Whose story it is.
        settings: ``objects`` (the size) and ``seed``.
        success: Whether the goal held in the true scene at the end of each act that was played.
        failure: The failure of the learning act that was learned from, or its first; ``None``: it
            did not fail.
        learned: What was learned.
    """
    act = task.learning_act
    acts = {a.name: success.get(a.name, False) for a in task.acts}
    recovered = acts[act.name]
    again = [acts[a.name] for a in task.acts if a.after_learning and a.goal == act.goal]
    return {
        'task': task.long_name,
        **settings,
        'failure_kind': str(failure.kind) if failure else None,
        'violated_relations': [v.name for v in failure.violated] if failure else [],
        'success_before': recovered and failure is None,
        'success_after': recovered and all(again),
        'success_recovered': recovered,
        'acts': acts,
        'model_version': learned.model_version,
        'seconds_total': round(learned.seconds_total, 2),
        'seconds_by_stage': {
            name: round(value, 2) for name, value in learned.seconds_by_stage.items()
        },
    }
