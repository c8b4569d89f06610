# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Says what a machine lacks for the set-up without ROS, one sentence and one command each.

Runs with nothing installed: standard library only, syntax of Python 3.8. ``python3 doctor.py``
prints the sentences and exits with their number (0: everything is there).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import os
import platform
import re
import shutil
import subprocess
import sys
from typing import NamedTuple

PYTHONS = ((3, 11), (3, 12))
"""Versions that the lock files are made for."""

MIN_CMAKE = (3, 21)
"""What the build of the interfaces asks for."""

MIN_GLIBC = (2, 35)
"""What the ROS wheels are built against."""

MIN_DISK_GB = 5.0
"""What environment, build and a demo take [GB], rounded up."""

MIN_SHM_MB = 64.0
"""Shared memory of the nodes' DDS transport [MB]; with less they stop at their start."""

_PROBE = (
    'import os, sys, sysconfig\n'
    'from importlib.util import find_spec\n'
    'print(*sys.version_info[:2])\n'
    'print(int(bool(find_spec("venv") and find_spec("ensurepip"))))\n'
    'print(int(os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))))\n'
    'print(sys.executable)\n'
)


def _dotted(version: tuple[int, int]) -> str:
    return '.'.join(str(number) for number in version)


class Python(NamedTuple):
    """An interpreter: its path, version, and whether it can make environments and extensions."""

    path: str
    version: tuple[int, int]
    has_venv: bool
    has_headers: bool


class Machine(NamedTuple):
    """The facts the checks judge, gathered once so that they can be tested without the machine."""

    system: str
    architecture: str
    libc: tuple[str, str]
    pythons: list[Python]
    compiler: str | None
    cxx_compiler: str | None
    cmake_version: tuple[int, int] | None
    disk_free_gb: float
    shm_free_mb: float | None


def _output(command: Sequence[str]) -> str | None:
    """Returns what a command prints, or ``None`` when it cannot be run or fails."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors='replace')


def probe_python(command: str) -> Python | None:
    """Returns the interpreter behind a command, or ``None`` when there is none."""
    text = _output([command, '-c', _PROBE])
    lines = text.splitlines() if text else []
    if len(lines) != 4:
        return None
    major, minor = (int(part) for part in lines[0].split())
    return Python(lines[3], (major, minor), lines[1] == '1', lines[2] == '1')


def find_pythons(environment: dict[str, str]) -> list[Python]:
    """Returns the interpreters a set-up may use, the preferred one first.

    ``PYTHON`` in the environment names the only candidate.
    """
    named = environment.get('PYTHON')
    commands = [named] if named else ['python3', *(f'python{_dotted(v)}' for v in PYTHONS)]
    found = (probe_python(command) for command in commands)
    return [python for python in found if python is not None]


def _cmake_version() -> tuple[int, int] | None:
    match = re.search(r'version (\d+)\.(\d+)', _output(['cmake', '--version']) or '')
    return (int(match.group(1)), int(match.group(2))) if match else None


def _shm_free_mb(path: str = '/dev/shm') -> float | None:
    if not os.access(path, os.W_OK):
        return None
    return shutil.disk_usage(path).free / 2**20


def inspect_machine(directory: str, environment: dict[str, str]) -> Machine:
    """Gathers the facts about this machine; ``directory`` is where the set-up will write."""
    return Machine(
        system=platform.system(),
        architecture=platform.machine(),
        libc=platform.libc_ver(),
        pythons=find_pythons(environment),
        compiler=shutil.which('gcc') or shutil.which('cc'),
        cxx_compiler=shutil.which('g++') or shutil.which('c++'),
        cmake_version=_cmake_version(),
        disk_free_gb=shutil.disk_usage(directory).free / 2**30,
        shm_free_mb=_shm_free_mb(),
    )


def usable_python(machine: Machine) -> Python | None:
    """Returns the first complete interpreter of a supported version, or ``None``."""
    for python in machine.pythons:
        if python.version in PYTHONS and python.has_venv and python.has_headers:
            return python
    return None


def _check_platform(machine: Machine) -> list[str]:
    if (machine.system, machine.architecture) != ('Linux', 'x86_64'):
        return [
            'The set-up without ROS needs Linux on x86_64, and this is '
            f'{machine.system} on {machine.architecture}: install ROS 2 Jazzy and use '
            '`colcon build`.'
        ]
    name, version = machine.libc
    numbers = tuple(int(part) for part in re.findall(r'\d+', version)[:2])
    if name != 'glibc' or numbers < MIN_GLIBC:
        return [
            f'The C library is {" ".join(machine.libc).strip() or "not glibc"}, and Open3D needs '
            f'glibc {_dotted(MIN_GLIBC)}: use Debian 12, Ubuntu 22.04 or newer, for example '
            '`docker run -it ubuntu:24.04`.'
        ]
    return []


def _check_python(machine: Machine) -> list[str]:
    if usable_python(machine):
        return []
    supported = [python for python in machine.pythons if python.version in PYTHONS]
    if not supported:
        found = ', '.join(_dotted(python.version) for python in machine.pythons) or 'none'
        return [
            f'Python 3.11 or 3.12 is missing (found: {found}): `sudo apt install python3.11 '
            'python3.11-venv python3.11-dev`, or name one with `make PYTHON=/path/to/python3.12`.'
        ]
    sentences = []
    name = f'python{_dotted(supported[0].version)}'
    if not supported[0].has_venv:
        sentences.append(f'The venv module of {name} is missing: `sudo apt install {name}-venv`.')
    if not supported[0].has_headers:
        sentences.append(f'The headers of {name} are missing: `sudo apt install {name}-dev`.')
    return sentences


def _check_compilers(machine: Machine) -> list[str]:
    sentences = []
    if machine.compiler is None:
        sentences.append('A C compiler is missing: `sudo apt install gcc`.')
    if machine.cxx_compiler is None:
        sentences.append('A C++ compiler is missing: `sudo apt install g++`.')
    if machine.cmake_version is None:
        sentences.append('cmake is missing: `sudo apt install cmake`.')
    elif machine.cmake_version < MIN_CMAKE:
        sentences.append(
            f'cmake is {_dotted(machine.cmake_version)}, older than {_dotted(MIN_CMAKE)}: '
            '`python3 -m pip install --user cmake`.'
        )
    return sentences


def _check_room(machine: Machine) -> list[str]:
    sentences = []
    if machine.disk_free_gb < MIN_DISK_GB:
        sentences.append(
            f'Only {machine.disk_free_gb:.1f} GB are free on this disk, and the set-up needs '
            f'{MIN_DISK_GB:.0f} GB: find what can go with '
            '`du -xh --max-depth=2 ~ | sort -h | tail`.'
        )
    if machine.shm_free_mb is None:
        sentences.append(
            '/dev/shm is missing or not writable, so processes cannot share memory: `sudo mount '
            '-t tmpfs -o mode=1777,size=512m tmpfs /dev/shm`.'
        )
    elif machine.shm_free_mb < MIN_SHM_MB:
        sentences.append(
            f'Only {machine.shm_free_mb:.0f} MB are free in /dev/shm, and nodes need '
            f'{MIN_SHM_MB:.0f} MB: `rm -f /dev/shm/fastrtps_*` while nothing runs, or start the '
            'container with `docker run --shm-size=512m`.'
        )
    return sentences


def diagnose(machine: Machine) -> list[str]:
    """Returns one sentence per lack, naming it and the command that mends it."""
    checks = (_check_platform, _check_python, _check_compilers, _check_room)
    return [sentence for check in checks for sentence in check(machine)]


def _existing_directory(path: str) -> str:
    while not os.path.isdir(path):
        path = os.path.dirname(os.path.abspath(path))
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what is missing; returns the number of lacks."""
    parser = argparse.ArgumentParser(prog='f2p doctor', description=diagnose.__doc__)
    parser.add_argument('--directory', default='.', help='where the set-up will write')
    options = parser.parse_args(arguments)
    machine = inspect_machine(_existing_directory(options.directory), dict(os.environ))
    sentences = diagnose(machine)
    for sentence in sentences:
        print(sentence)
    python = usable_python(machine)
    if python is not None and not sentences:
        print(
            f'Everything the set-up needs is here: Python {_dotted(python.version)} '
            f'({python.path}), cmake {_dotted(machine.cmake_version or MIN_CMAKE)}, '
            f'{machine.disk_free_gb:.0f} GB free.'
        )
    return len(sentences)


if __name__ == '__main__':
    sys.exit(main())
