# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A fresh virtual environment that has what the workspace's has, made without downloading."""

from __future__ import annotations

from pathlib import Path
import sys
import venv

WORKSPACE = Path(sys.prefix)
"""The environment that these tests run in, of which the fresh one is made."""

_INTERPRETERS = 'python*'
"""Names of interpreters, of which every environment has its own."""


def make_environment(prefix: Path) -> None:
    """Makes an environment in which everything of the workspace's is installed.

    Folders into which packages are installed are made anew, so that what comes later stays here.
    Packages are links. Programs and nodes are copied: they name their interpreter.
    """
    venv.create(prefix, symlinks=True)
    nodes = [path for path in (WORKSPACE / 'lib').glob('f2p_*') if path.is_dir()]
    packages = Path(f'lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages')
    for folder in nodes:
        (prefix / folder.relative_to(WORKSPACE)).mkdir()
    for folder in (WORKSPACE / 'bin', *nodes):
        for program in folder.iterdir():
            if program.is_file() and not program.match(_INTERPRETERS):
                _copy_program(program, prefix)
    for folder in (WORKSPACE, WORKSPACE / 'lib', WORKSPACE / packages):
        for source in folder.iterdir():
            target = prefix / source.relative_to(WORKSPACE)
            if not target.exists():
                target.symlink_to(source)


def _copy_program(program: Path, prefix: Path) -> None:
    target = prefix / program.relative_to(WORKSPACE)
    content = program.read_bytes()
    target.write_bytes(content.replace(bytes(WORKSPACE), bytes(prefix)))
    target.chmod(program.stat().st_mode)
