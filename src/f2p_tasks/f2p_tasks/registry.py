# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The table of tasks: ours, and those of installed packages (entry points of ``f2p.tasks``)."""

from __future__ import annotations

from f2p_core.registry import Registry
from f2p_tasks.definition import Task
from f2p_tasks.transport import TRANSPORT

TASKS: Registry[Task] = Registry('task', 'f2p.tasks', (TRANSPORT,), lambda task: task.name, Task)

DEFAULT_TASK = TRANSPORT.name
"""What is done where no task is named."""
