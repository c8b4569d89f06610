# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where a measurement was made: machine, versions, commit."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
import os
from pathlib import Path
import platform
import subprocess

from f2p_core.models import Value

_PACKAGES = (
    'torch', 'numpy', 'scipy', 'mujoco', 'mink', 'ompl', 'open3d-cpu', 'pydantic',
    'rclpy', 'jax', 'blackjax', 'numpyro',
)  # fmt: skip


class Machine(Value):
    """The machine and software of a measurement.

    Attributes:
        cpu: Model name of the processor.
        cores: Logical cores this process may use.
        memory_gb: Physical memory [GB].
        load: Load average of the last minute when the measurement began; well above 0 means that
            something else ran, and times say little.
        system: Operating system, kernel and architecture.
        python: Version of the interpreter.
        versions: Versions of the packages that matter, those that are installed.
        commit: Commit of the checkout, with ``+`` where files differ from it; ``None``: unknown.
    """

    cpu: str
    cores: int
    memory_gb: float
    load: float
    system: str
    python: str
    versions: dict[str, str]
    commit: str | None


def this_machine() -> Machine:
    """Describes the machine this runs on."""
    pages = os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE')
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(pages / 1e9, 1),
        load=round(os.getloadavg()[0], 2),
        system=f'{platform.system()} {platform.release()} {platform.machine()}',
        python=platform.python_version(),
        versions={name: found for name in _PACKAGES if (found := _version(name))},
        commit=_commit(Path(__file__).parent),
    )


def _cpu() -> str:
    path = Path('/proc/cpuinfo')
    lines = path.read_text(encoding='utf-8').splitlines() if path.exists() else []
    names = [line.partition(':')[2].strip() for line in lines if line.startswith('model name')]
    return names[0] if names else platform.processor() or 'unknown'


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _commit(directory: Path) -> str | None:
    def git(*arguments: str) -> str:
        command = ['git', '-C', str(directory), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        return done.stdout.strip()

    try:
        changed = git('status', '--porcelain', '--untracked-files=no')
        return git('rev-parse', 'HEAD') + ('+' if changed else '')
    except (OSError, subprocess.SubprocessError):
        return None
