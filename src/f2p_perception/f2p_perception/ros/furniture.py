# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What furniture the node knows of."""

from __future__ import annotations

from pathlib import Path

from f2p_core.errors import InvalidInputError
from f2p_core.files import read_scene
from f2p_core.scene import SceneObject
from f2p_tasks import take_up, TASKS

FIND = 'find'
FURNITURE_HELP = (
    'Supports: the name of a task (its furniture), find (look for planes in the cloud), or the '
    'path of a scene file whose fixed objects they are'
)


def load_furniture(choice: str) -> tuple[SceneObject, ...]:
    """Returns the furniture; empty if it is to be found in the cloud.

    Raises:
        InvalidInputError: If the task needs relations that are not known, the scene file cannot be
            read, or nothing in it is fixed.
    """
    if choice == FIND:
        return ()
    if choice in TASKS:
        return take_up(choice).furniture()
    fixed = tuple(o for o in read_scene(Path(choice)).objects if o.fixed)
    if not fixed:
        raise InvalidInputError(
            f'furniture = {choice!r}: nothing in that scene is fixed; set "fixed": true for what '
            f'objects stand on, or take furniture = {FIND!r} to have it looked for'
        )
    return fixed
