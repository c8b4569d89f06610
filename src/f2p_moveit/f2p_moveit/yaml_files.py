# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""YAML from outside, within bounds: no aliases, which may unfold to any size, no endless depth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from f2p_moveit.errors import RobotFileError

MAX_BYTES = 2_000_000
"""Larger files are refused before they are read: a URDF takes about 100 kB, YAML much less."""


class _PlainLoader(yaml.SafeLoader):  # type: ignore[misc]
    """Reads plain values; an alias is an error."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.composer.ComposerError(
                None, None, 'aliases (*name) are not taken; write the value itself', mark
            )
        return super().compose_node(parent, index)


def read_yaml(path: Path, mend: str) -> Any:
    """Returns the content of a YAML file.

    Args:
        path: The file.
        mend: What to do when it cannot be read, as a clause.

    Raises:
        RobotFileError: If it cannot be read, is too large or is no YAML of plain values.
    """
    try:
        return _PlainLoader(read_text(path, mend)).get_single_data()
    except yaml.YAMLError as error:
        raise RobotFileError(f'{path} is not YAML: {" ".join(str(error).split())}') from None
    except RecursionError:
        raise RobotFileError(f'{path} is not YAML: it is nested too deeply') from None
    except ValueError as error:  # PyYAML lets the constructors of dates and numbers raise
        raise RobotFileError(f'{path} is not YAML: {error}') from None


def read_text(path: Path, mend: str) -> str:
    """Returns the text of a file; arguments and errors as of ``read_yaml``."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RobotFileError(
                f'{path} has {path.stat().st_size} bytes; at most {MAX_BYTES} are read'
            )
        return path.read_text(encoding='utf-8')
    except OSError as error:
        raise RobotFileError(f'{path} cannot be read ({error.strerror}); {mend}') from None
    except UnicodeDecodeError:
        raise RobotFileError(f'{path} is not text in UTF-8; write it anew') from None
