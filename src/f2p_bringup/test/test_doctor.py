# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Each lack gives one sentence with the thing and a command; a complete machine gives none."""

from __future__ import annotations

import ast
import os
from pathlib import Path
import subprocess
import sys

import pytest

from f2p_bringup import doctor
from f2p_bringup.doctor import Machine, Python

PYTHON = Python('/usr/bin/python3', (3, 11), has_venv=True, has_headers=True)
COMPLETE = Machine(
    system='Linux',
    architecture='x86_64',
    libc=('glibc', '2.36'),
    pythons=[PYTHON],
    compiler='/usr/bin/gcc',
    cxx_compiler='/usr/bin/g++',
    cmake_version=(3, 25),
    disk_free_gb=50.0,
    shm_free_mb=64.0,
)
LACKS = [
    ({'architecture': 'aarch64'}, 'aarch64', 'colcon build'),
    ({'system': 'Darwin'}, 'Darwin', 'colcon build'),
    ({'libc': ('glibc', '2.31')}, 'glibc 2.31', 'docker run'),
    ({'libc': ('', '')}, 'not glibc', 'docker run'),
    ({'pythons': []}, 'found: none', 'sudo apt install python3.11'),
    ({'pythons': [PYTHON._replace(version=(3, 13))]}, 'found: 3.13', 'make PYTHON='),
    ({'pythons': [PYTHON._replace(has_venv=False)]}, 'venv', 'apt install python3.11-venv'),
    ({'pythons': [PYTHON._replace(has_headers=False)]}, 'headers', 'apt install python3.11-dev'),
    ({'compiler': None}, 'C compiler', 'apt install gcc'),
    ({'cxx_compiler': None}, 'C++ compiler', 'apt install g++'),
    ({'cmake_version': None}, 'cmake', 'apt install cmake'),
    ({'cmake_version': (3, 16)}, 'cmake is 3.16', 'pip install --user cmake'),
    ({'disk_free_gb': 1.25}, '1.2 GB', 'du -xh'),
    ({'shm_free_mb': None}, '/dev/shm is missing', 'mount'),
    ({'shm_free_mb': 3.0}, '3 MB', '--shm-size'),
]


def test_a_complete_machine_lacks_nothing() -> None:
    assert doctor.diagnose(COMPLETE) == []


@pytest.mark.parametrize(('change', 'thing', 'command'), LACKS)
def test_a_lack_gives_one_sentence(change: dict[str, object], thing: str, command: str) -> None:
    (sentence,) = doctor.diagnose(COMPLETE._replace(**change))
    assert thing in sentence
    assert command in sentence.partition('`')[2]
    assert sentence.endswith('.')
    assert '\n' not in sentence


def test_several_lacks_are_all_named() -> None:
    bare = COMPLETE._replace(compiler=None, cxx_compiler=None, cmake_version=None, pythons=[])
    assert len(doctor.diagnose(bare)) == 4


def test_the_first_complete_python_is_taken() -> None:
    old = PYTHON._replace(version=(3, 10))
    bare = PYTHON._replace(version=(3, 12), has_venv=False)
    assert doctor.usable_python(COMPLETE._replace(pythons=[old, bare, PYTHON])) == PYTHON


def test_a_named_python_is_the_only_candidate() -> None:
    found = doctor.find_pythons({'PYTHON': sys.executable})
    assert [python.version for python in found] == [sys.version_info[:2]]
    assert doctor.find_pythons({'PYTHON': '/no/such/python'}) == []


def test_it_runs_where_nothing_is_installed(tmp_path: Path) -> None:
    (tmp_path / 'python3').symlink_to(sys.executable)
    clean = {k: v for k, v in os.environ.items() if k not in ('LD_LIBRARY_PATH', 'PYTHON')}
    script = [str(tmp_path / 'python3'), '-I', '-S', str(doctor.__file__)]
    done = subprocess.run(
        script, env={**clean, 'PATH': str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert 'A C compiler is missing: `sudo apt install gcc`.' in done.stdout.splitlines()
    assert 'cmake is missing: `sudo apt install cmake`.' in done.stdout.splitlines()
    assert done.returncode == len(done.stdout.splitlines())
    assert done.stderr == ''


def test_the_source_is_python_3_8_of_the_standard_library() -> None:
    tree = ast.parse(Path(doctor.__file__).read_text(), feature_version=(3, 8))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {name.partition('.')[0] for name in imported} <= set(sys.stdlib_module_names)
