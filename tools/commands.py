# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where the set-up keeps things, and how it runs commands.

Standard library only, syntax of Python 3.8.
"""

from __future__ import annotations

from collections.abc import Sequence
import os
from pathlib import Path
import subprocess

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / '.venv'
PYTHON = VENV / 'bin' / 'python3'
STAMPS = VENV / 'f2p'
BUILD = ROOT / 'build'
LOG = BUILD / 'set_up.log'
OVERLAY = BUILD / 'overlay'

# Whatever another ROS installation or environment left in the shell must not leak into this one.
FOREIGN_VARIABLES = (
    'AMENT_PREFIX_PATH', 'CMAKE_PREFIX_PATH', 'COLCON_DEFAULTS_FILE', 'COLCON_PREFIX_PATH',
    'LD_LIBRARY_PATH', 'PIP_TARGET', 'PIP_USER', 'PYTHONHOME', 'PYTHONPATH',
    '_ROS_WHEELS_BOOTSTRAP_COMPLETE',
)  # fmt: skip


class SetUpError(Exception):
    """Set-up cannot go on; the message says what to do."""


def environment() -> dict[str, str]:
    """Returns the environment that pip and colcon run in."""
    clean = {k: v for k, v in os.environ.items() if k not in FOREIGN_VARIABLES}
    clean['PATH'] = os.pathsep.join([str(VENV / 'bin'), clean.get('PATH', os.defpath)])
    clean['COLCON_HOME'] = str(BUILD / 'colcon')  # not the user's own defaults
    clean['AMENT_PREFIX_PATH'] = clean['CMAKE_PREFIX_PATH'] = str(VENV)
    return clean


def run(command: Sequence[str | Path]) -> None:
    """Runs a command from the root with its output in the log.

    Raises:
        SetUpError: If it fails; the message holds the end of its output.
    """
    with LOG.open('a') as log:
        log.write('$ {}\n'.format(' '.join(map(str, command))))
        log.flush()
        done = subprocess.run(
            list(map(str, command)), cwd=ROOT, env=environment(), stdout=log,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    if done.returncode:
        tail = '\n'.join(LOG.read_text(errors='replace').splitlines()[-25:])
        status = done.returncode  # negative: the signal that killed it
        raise SetUpError(
            f'{tail}\n\n{command[0]} ended with status {status}; all of its output is in {LOG}.'
        )


def pip_install(*arguments: str | Path) -> None:
    """Runs ``pip install`` in the environment."""
    run([PYTHON, '-m', 'pip', 'install', '--disable-pip-version-check', *arguments])
