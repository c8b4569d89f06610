# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Runs programs with the package installed, or without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
import subprocess
import sys

DEADLINE_S = 600.0
"""Longest a command may take [s]: ten times what it takes on two cores."""

F2P = Path(sys.executable).parent / 'f2p'


def run(
    command: Sequence[str | Path], environment: Mapping[str, str], directory: Path
) -> subprocess.CompletedProcess[str]:
    """Runs a command in a directory."""
    return subprocess.run(
        list(map(str, command)), env=dict(environment), cwd=directory,
        capture_output=True, text=True, check=False, timeout=DEADLINE_S,
    )  # fmt: skip


def output_of(
    command: Sequence[str | Path], environment: Mapping[str, str], directory: Path
) -> str:
    """Returns the output of a command that must end well."""
    done = run(command, environment, directory)
    assert done.returncode == 0, f'{done.stdout}\n{done.stderr}'
    return done.stdout


def without_package(environment: Mapping[str, str]) -> dict[str, str]:
    """Returns the variables of a process that does not find the package."""
    return {key: value for key, value in environment.items() if key != 'PYTHONPATH'}
