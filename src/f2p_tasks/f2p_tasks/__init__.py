# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Tasks: start scenes, goals, the acts of the story, and what the model is pretrained on."""

from f2p_tasks.definition import (
    Act,
    EndsClear,
    Execution,
    Exercise,
    Move,
    Pretraining,
    PretrainingEntry,
    Task,
)
from f2p_tasks.judging import goal_holds
from f2p_tasks.registry import DEFAULT_TASK, take_up, TASKS

__all__ = [
    'DEFAULT_TASK',
    'TASKS',
    'Act',
    'EndsClear',
    'Execution',
    'Exercise',
    'Move',
    'Pretraining',
    'PretrainingEntry',
    'Task',
    'goal_holds',
    'take_up',
]
