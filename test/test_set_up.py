# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The set-up does again what has changed and nothing else, and takes no CUDA by surprise."""

from __future__ import annotations

import argparse
import ast
from pathlib import Path
import subprocess
import sys

import pytest

import commands
import set_up
import torch_build

TOOLS = Path(commands.__file__).parent
BEFORE_INSTALLATION = ('commands.py', 'set_up.py', 'torch_build.py')


def report(*requirements: str) -> dict[str, object]:
    return {'install': [{'metadata': {'name': 'torch', 'requires_dist': list(requirements)}}]}


@pytest.mark.parametrize(
    'requirement',
    [
        'nvidia-cudnn-cu13==9.20.0.48; platform_system == "Linux"',
        'triton==3.7.1; platform_system == "Linux"',
        'cuda-toolkit[cublas]==13.0.3; platform_system == "Linux"',
    ],
)
def test_a_cuda_build_is_recognised(requirement: str) -> None:
    assert torch_build.needs_cuda(report('sympy>=1.13.3', requirement))


def test_a_cpu_build_is_recognised() -> None:
    assert not torch_build.needs_cuda(report('sympy>=1.13.3', 'triton==3; extra == "gpu"'))
    assert not torch_build.needs_cuda({'install': []})  # it is installed already


def test_the_default_build_is_taken_only_when_asked_for() -> None:
    assert torch_build.install_arguments([], 'default', {}) == [torch_build.REQUIREMENT]


def test_no_suitable_build_is_an_error_that_names_the_ways_out() -> None:
    pip = [sys.executable, '-c', 'raise SystemExit(1)']
    with pytest.raises(torch_build.TorchBuildError, match='TORCH=default'):
        torch_build.install_arguments(pip, 'cpu', {})


def test_a_digest_follows_names_and_contents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_up, 'ROOT', tmp_path)
    one, other = tmp_path / 'one', tmp_path / 'other'
    one.write_text('content')
    other.write_text('content')
    first = set_up.digest(['x'], [one])
    assert first == set_up.digest(['x'], [one])
    assert len({first, set_up.digest(['y'], [one]), set_up.digest(['x'], [other])}) == 3
    one.write_text('changed')
    assert set_up.digest(['x'], [one]) != first


def test_a_step_depends_on_the_steps_before() -> None:
    cpu, default = (set_up.steps(torch, bench=True) for torch in ('cpu', 'default'))
    assert [s.name for s in cpu] == ['environment', 'interfaces', 'packages', 'bench']
    assert all(a.key != b.key for a, b in zip(cpu, default, strict=True))


def test_a_step_is_done_once_and_again_when_its_key_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def set_up_with(key: str) -> None:
        step = set_up.Step('packages', 'what it does', key, lambda: done.append(key))
        monkeypatch.setattr(set_up, 'steps', lambda torch, bench: [step])
        set_up.set_up(argparse.Namespace(torch=None, bench=False))

    monkeypatch.setattr(set_up, 'STAMPS', tmp_path)
    monkeypatch.setattr(set_up, 'discard_foreign_environment', lambda: None)
    for key in ('one', 'one', 'other'):
        set_up_with(key)
    assert done == ['one', 'other']


def test_an_environment_made_by_others_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / 'precious').touch()
    monkeypatch.setattr(set_up, 'VENV', tmp_path)
    monkeypatch.setattr(set_up, 'STAMPS', tmp_path / 'f2p')
    with pytest.raises(commands.SetUpError, match='move it away'):
        set_up.discard_foreign_environment()
    assert (tmp_path / 'precious').exists()


def test_an_environment_of_a_moved_checkout_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps, built = tmp_path / 'venv' / 'f2p', tmp_path / 'build' / 'wheels'
    stamps.mkdir(parents=True)
    built.mkdir(parents=True)
    (stamps / 'identity').write_text('/where/it/was\n(3, 11)')
    monkeypatch.setattr(set_up, 'BUILD', tmp_path / 'build')
    monkeypatch.setattr(set_up, 'VENV', tmp_path / 'venv')
    monkeypatch.setattr(set_up, 'STAMPS', stamps)
    set_up.discard_foreign_environment()
    assert not (tmp_path / 'venv').exists()
    assert not built.exists()


def test_a_failed_command_shows_its_last_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, 'LOG', tmp_path / 'log')
    with pytest.raises(commands.SetUpError, match='the reason'):
        commands.run([sys.executable, '-c', 'print("the reason"); raise SystemExit(2)'])


def test_nothing_of_another_installation_leaks_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PYTHONPATH', '/opt/ros/jazzy/lib/python3.12/site-packages')
    monkeypatch.setenv('AMENT_PREFIX_PATH', '/opt/ros/jazzy')
    environment = commands.environment()
    assert not any('/opt/ros' in value for key, value in environment.items() if key != 'PATH')


def test_a_script_runs_from_a_path_with_spaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / 'with some spaces'
    folder.mkdir()
    (folder / 'python3').symlink_to(sys.executable)
    script = folder / 'script'
    script.write_text(f'#!"{folder}/python3"\nimport sys\nprint(sys.argv[1])\n')
    script.chmod(0o755)
    monkeypatch.setattr(set_up, 'PYTHON', folder / 'python3')
    set_up.make_runnable(script)
    once = script.read_text()
    set_up.make_runnable(script)
    assert script.read_text() == once
    done = subprocess.run([script, 'an argument'], capture_output=True, text=True, check=True)
    assert done.stdout == 'an argument\n'


@pytest.mark.parametrize('name', BEFORE_INSTALLATION)
def test_the_tools_need_python_3_8_and_nothing_else(name: str) -> None:
    tree = ast.parse((TOOLS / name).read_text(), feature_version=(3, 8))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    own = {Path(tool).stem for tool in BEFORE_INSTALLATION}
    assert {module.partition('.')[0] for module in imported} <= set(sys.stdlib_module_names) | own
