# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The table of tasks: ours, and those of installed packages (entry points of ``f2p.tasks``)."""

from __future__ import annotations

from f2p_core.errors import InvalidInputError
from f2p_core.registry import Registry
from f2p_core.relations import RELATIONS
from f2p_tasks.definition import Task
from f2p_tasks.organization import ORGANIZATION
from f2p_tasks.transport import TRANSPORT

TASKS: Registry[Task] = Registry(
    'task', 'f2p.tasks', (TRANSPORT, ORGANIZATION), lambda task: task.name, Task
)

DEFAULT_TASK = TRANSPORT.name
"""What is done where no task is named."""


def take_up(name: str) -> Task:
    """Returns the task of that name, to be done: all relations it needs are known.

    Raises:
        InvalidInputError: If the task is not known, or relations it needs are not; they are named.
    """
    task = TASKS[name]
    missing = [relation for relation in task.relations if relation not in RELATIONS]
    if missing:
        raise InvalidInputError(
            f'task {name!r} needs relations that are not known: {", ".join(missing)}; install the '
            'package that defines them'
        )
    return task
