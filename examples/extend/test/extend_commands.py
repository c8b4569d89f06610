# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Runs programs of an environment, the one with the package or the one without it."""

from __future__ import annotations

from collections.abc import Sequence
import os
from pathlib import Path
import subprocess

DEADLINE_S = 600.0
"""Longest a command may take [s]: ten times what it takes on two cores."""

_OF_ANOTHER_ENVIRONMENT = (
    'AMENT_PREFIX_PATH',
    'LD_LIBRARY_PATH',
    'PYTHONPATH',
    '_ROS_WHEELS_BOOTSTRAP_COMPLETE',
)
"""Variables that lead to the environment of these tests."""


def run(
    prefix: Path, command: Sequence[object], directory: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs a program of an environment in a directory, with further variables."""
    inherited = {k: v for k, v in os.environ.items() if k not in _OF_ANOTHER_ENVIRONMENT}
    return subprocess.run(
        [str(prefix / 'bin' / str(command[0])), *map(str, command[1:])],
        env={**inherited, **variables}, cwd=directory,
        capture_output=True, text=True, check=False, timeout=DEADLINE_S,
    )  # fmt: skip


def output_of(
    prefix: Path, command: Sequence[object], directory: Path, **variables: str
) -> str:
    """Returns the output of a program that must end well."""
    done = run(prefix, command, directory, **variables)
    assert done.returncode == 0, f'{done.stdout}\n{done.stderr}'
    return done.stdout
