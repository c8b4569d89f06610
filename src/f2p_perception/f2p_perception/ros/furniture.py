# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What furniture the node knows of."""

from __future__ import annotations

from pathlib import Path

from f2p_core.files import read_scene
from f2p_core.scene import SceneObject
from f2p_core.tabletop import tables

TWO_TABLES = 'two_tables'
FIND = 'find'
FURNITURE_HELP = (
    'Supports: two_tables (the workspace of the demo), find (look for planes in the cloud), '
    'or the path of a scene file whose fixed objects they are'
)


def load_furniture(choice: str) -> tuple[SceneObject, ...]:
    """Returns the furniture; empty if it is to be found in the cloud.

    Raises:
        InvalidInputError: If the scene file cannot be read.
    """
    if choice == TWO_TABLES:
        return tables()
    if choice == FIND:
        return ()
    return tuple(o for o in read_scene(Path(choice)).objects if o.fixed)
