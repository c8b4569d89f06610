# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Makes ``.venv``: Python packages, ROS 2 from wheels, and this workspace built into it.

Called by every ``make`` target; a step runs only when what it depends on has changed. Runs with
nothing installed: standard library only, syntax of Python 3.8.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
import fcntl
import hashlib
import importlib.util
import os
from pathlib import Path
import shutil
import sys
import time
from typing import Any, NamedTuple

from commands import (
    BUILD,
    environment,
    OVERLAY,
    pip_install,
    PYTHON,
    ROOT,
    run,
    SetUpError,
    STAMPS,
    VENV,
)
import torch_build


class Step(NamedTuple):
    """One step: what it is called, what it depends on, and how it is done."""

    name: str
    description: str
    key: str
    action: Callable[[], None]


def digest(parts: Iterable[str], files: Iterable[Path] = ()) -> str:
    """Returns a hash of strings, and of files by path and content."""
    total = hashlib.sha256('\0'.join(parts).encode())
    for path in sorted(files):
        total.update(str(path.relative_to(ROOT)).encode() + b'\0' + path.read_bytes() + b'\0')
    return total.hexdigest()


def load_doctor() -> Any:
    """Returns the doctor's module without importing the package it lives in."""
    path = ROOT / 'src' / 'f2p_bringup' / 'f2p_bringup' / 'doctor.py'
    spec = importlib.util.spec_from_file_location('doctor', path)
    assert spec is not None  # a path to an existing .py file
    assert spec.loader is not None
    doctor = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(doctor)
    return doctor


def healthy_python() -> str:
    """Returns the Python to make the environment with.

    Raises:
        SetUpError: If the machine lacks something, with one sentence per lack.
    """
    doctor = load_doctor()
    machine = doctor.inspect_machine(str(ROOT), dict(os.environ))
    sentences = doctor.diagnose(machine)
    if sentences:
        raise SetUpError('\n'.join(sentences))
    return str(doctor.usable_python(machine).path)


def identity() -> str:
    """Returns what an environment is bound to: this folder, and the Python asked for, if any."""
    asked = os.environ.get('PYTHON')
    python = load_doctor().probe_python(asked) if asked else None
    return f'{ROOT}\n{python.version if python else recorded("identity").partition(chr(10))[2]}'


def recorded(name: str) -> str:
    """Returns what an earlier run wrote down under a name, or nothing."""
    path = STAMPS / name
    return path.read_text() if path.exists() else ''


def discard_foreign_environment() -> None:
    """Removes an environment of another folder or Python version.

    Raises:
        SetUpError: If ``.venv`` was made by somebody else.
    """
    if not VENV.exists():
        return
    if not recorded('identity'):
        raise SetUpError(f'{VENV} was not made by this set-up: move it away, or `rm -rf` it.')
    if recorded('identity') != identity():
        shutil.rmtree(VENV)
        shutil.rmtree(BUILD / 'wheels', ignore_errors=True)  # it remembers the other Python


def make_environment(torch: str) -> None:
    """Creates ``.venv`` and installs the locked packages and torch into it."""
    python = healthy_python()
    STAMPS.mkdir(parents=True, exist_ok=True)
    version = load_doctor().probe_python(python).version
    (STAMPS / 'identity').write_text(f'{ROOT}\n{version}')
    (VENV / 'COLCON_IGNORE').touch()
    run([python, '-m', 'venv', VENV])
    pip = [str(PYTHON), '-m', 'pip']
    torch_arguments = torch_build.install_arguments(pip, torch, environment())
    lock = ROOT / 'requirements' / 'wheels.txt'
    pip_install('--no-compile', '--no-deps', '--require-hashes', '-r', lock)
    pip_install('--no-compile', *torch_arguments)
    (STAMPS / 'torch').write_text(torch)


def install_peers() -> None:
    """Installs what the benchmarks compare with."""
    pip_install('--no-deps', '--require-hashes', '-r', ROOT / 'requirements' / 'bench.txt')


def interface_files() -> list[Path]:
    """Returns the files the interfaces are generated from."""
    kinds = ('.msg', '.srv', '.action', '.cmake', '.xml', '.txt')
    files = [path for path in ROOT.glob('src/f2p_msgs/**/*') if path.suffix in kinds]
    return [*files, ROOT / 'tools' / 'tf2_overlay.py']


def packaging_files() -> list[Path]:
    """Returns the files that say how the Python packages are installed."""
    names = ('package.xml', 'setup.py', 'setup.cfg')
    return [path for name in names for path in ROOT.glob(f'src/*/{name}')]


def installed_names() -> list[str]:
    """Returns the names of launch and other data files: links, so their content may change."""
    files = (path for path in ROOT.glob('src/*/*/**/*') if path.is_file())
    names = (path.relative_to(ROOT / 'src').parts for path in files)
    return sorted('/'.join(parts) for parts in names if parts[1] not in (parts[0], 'test'))


def colcon_build(*arguments: str | Path) -> None:
    """Builds packages of the workspace and of the overlay into the environment."""
    run([
        VENV / 'bin' / 'colcon', '--log-base', BUILD / 'log', 'build',
        '--base-paths', 'src', OVERLAY, '--build-base', BUILD / 'wheels',
        '--merge-install', '--install-base', VENV, *arguments,
    ])  # fmt: skip


def build_interfaces() -> None:
    """Generates the messages, also tf2_msgs, which no wheel carries."""
    include = ROOT / 'src' / 'f2p_msgs' / 'cmake' / 'drop_missing_include_directories.cmake'
    run([PYTHON, ROOT / 'tools' / 'tf2_overlay.py', OVERLAY])
    colcon_build(
        '--packages-select', 'f2p_msgs', 'tf2_msgs', '--cmake-args', '-G', 'Ninja',
        '-DBUILD_TESTING=OFF', '-DF2P_MSGS_CPP=OFF', f'-DPython3_EXECUTABLE={PYTHON}',
        f'-DCMAKE_PROJECT_INCLUDE={include}',
    )  # fmt: skip


def build_packages() -> None:
    """Installs the Python packages as links to their sources: edits take effect at once."""
    colcon_build('--symlink-install', '--packages-skip', 'f2p_msgs', 'tf2_msgs')
    sources = sorted(path.parent for path in ROOT.glob('src/*/setup.py'))
    paths = [*sources, *(BUILD / 'wheels' / path.name for path in sources)]
    prefix = "import os, sys; os.environ.setdefault('AMENT_PREFIX_PATH', sys.prefix)"
    site_packages = next(VENV.glob('lib/python3.*/site-packages'))
    (site_packages / 'f2p_workspace.pth').write_text('\n'.join([*map(str, paths), prefix, '']))
    for script in (VENV / 'bin' / 'f2p', *VENV.glob('lib/f2p_*/*')):
        make_runnable(script)


def make_runnable(script: Path) -> None:
    """Starts a script by way of the shell, since ``#!`` allows no space in its path."""
    lines = script.read_text().splitlines(keepends=True)
    if lines[0].startswith('#!') and 'python' in lines[0]:
        lines[0] = f"#!/bin/sh\n'''exec' \"{PYTHON}\" \"$0\" \"$@\"\n' '''\n"
        script.write_text(''.join(lines))


def steps(torch: str, bench: bool) -> list[Step]:
    """Returns the steps in order, each with a key that changes when it must be done again."""
    locks = ROOT / 'requirements'
    base = digest([torch], [locks / 'wheels.txt', locks / 'torch.txt'])
    found = [
        Step(
            'environment', 'Python packages and ROS 2 into .venv', base,
            lambda: make_environment(torch),
        ),
        Step(
            'interfaces', 'messages, services and actions with rosidl',
            digest([base], interface_files()), build_interfaces,
        ),
        Step(
            'packages', 'the packages of this workspace',
            digest([base, *installed_names()], packaging_files()), build_packages,
        ),
    ]  # fmt: skip
    if bench:
        found.append(Step('bench', 'the peers to measure against',
                          digest([base], [locks / 'bench.txt']), install_peers))  # fmt: skip
    return found


def is_done(step: Step) -> bool:
    """Whether the step was completed with the same key."""
    return recorded(step.name) == step.key


@contextmanager
def exclusive() -> Iterator[None]:
    """Holds the lock of this checkout; a second set-up waits for the first."""
    BUILD.mkdir(exist_ok=True)
    (BUILD / 'COLCON_IGNORE').touch()
    with (BUILD / 'set_up.lock').open('w') as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print('Another set-up of this checkout is running; waiting for it.', flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up(options: argparse.Namespace) -> None:
    """Does what is left to do.

    Raises:
        SetUpError, TorchBuildError: If a step fails; what it says is all a user needs.
    """
    discard_foreign_environment()
    torch = options.torch or recorded('torch') or 'cpu'
    todo = [step for step in steps(torch, options.bench) if not is_done(step)]
    for i, step in enumerate(todo, 1):
        print(f'[set-up {i}/{len(todo)}] {step.description} ...', flush=True)
        begin = time.monotonic()
        step.action()
        (STAMPS / step.name).write_text(step.key)
        print(f'[set-up {i}/{len(todo)}] done in {time.monotonic() - begin:.0f} s', flush=True)


def main() -> int:
    """Sets up with the lock held; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--torch', choices=torch_build.BUILDS, help='kept once chosen; first: cpu')
    parser.add_argument('--bench', action='store_true', help='also the peers of the benchmarks')
    options = parser.parse_args()
    try:
        with exclusive():
            set_up(options)
    except (SetUpError, torch_build.TorchBuildError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
