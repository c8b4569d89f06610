# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Docker, CI and pixi name what exists. None of them can be run in a test."""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path
import re
import shlex
import subprocess
import tomllib
from typing import Any
import xml.etree.ElementTree as ET

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / 'docker' / 'Dockerfile').read_text()
ENTRYPOINT = ROOT / 'docker' / 'entrypoint.sh'
COMPOSE = yaml.safe_load((ROOT / 'docker' / 'compose.yaml').read_text())
WORKFLOW = yaml.safe_load((ROOT / '.github' / 'workflows' / 'ci.yml').read_text())
PIXI = tomllib.loads((ROOT / 'pixi.toml').read_text())
README = (ROOT / 'README.md').read_text()
INSTRUCTIONS = {
    'ARG', 'FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'STOPSIGNAL', 'ENTRYPOINT',
    'CMD',
}  # fmt: skip
STAGES = ('manifest', 'dependencies', 'builder', 'runtime', 'gpu')
SKIP_KEYS = re.compile(r'--skip-keys\s+\\?\s*"([^"]*)"')
CONDA_NAMES = {'matplotlib': 'matplotlib-base', 'torch': 'pytorch-cpu'}


def instructions() -> Iterator[tuple[str, str]]:
    """Yields instruction and arguments, with lines that go on joined and comments left out."""
    lines = [line for line in DOCKERFILE.splitlines() if not line.lstrip().startswith('#')]
    for line in re.sub(r'\\\n', ' ', '\n'.join(lines)).splitlines():
        if line.strip():
            name, _, rest = line.partition(' ')
            yield name, rest.strip()


def skip_keys(text: str) -> set[str]:
    """Returns the rosdep keys a text leaves out."""
    match = SKIP_KEYS.search(text)
    assert match
    return set(match[1].replace('\\', ' ').split())


def requirements(name: str) -> dict[str, str]:
    """Returns the packages of a requirements file in lower case, with what is said of versions."""
    lines = (ROOT / 'requirements' / name).read_text().splitlines()
    found = (re.match(r'([A-Za-z][\w.-]*)\s*([~=<>][^\s#;\\]*)?', line) for line in lines)
    return {m[1].lower(): m[2] or '' for m in found if m}


def steps() -> Iterator[dict[str, Any]]:
    """Yields the steps of all jobs of the workflow."""
    for job in WORKFLOW['jobs'].values():
        yield from job['steps']


def test_the_stages_of_the_image_build_on_each_other() -> None:
    known = {'${ROS_IMAGE}'}
    stages = [rest.split() for name, rest in instructions() if name == 'FROM']
    assert [name for _, _, name in stages] == list(STAGES)
    for base, word, name in stages:
        assert word == 'AS'
        assert base in known, f'{name} begins with {base}'
        known.add(name)
    assert 'ARG ROS_IMAGE=ros:jazzy-ros-base' in DOCKERFILE


def test_the_image_copies_what_exists() -> None:
    assert {name for name, _ in instructions()} <= INSTRUCTIONS
    for name, rest in instructions():
        if name == 'COPY':
            *sources, _ = [word for word in rest.split() if not word.startswith('--chown')]
            if sources[0].startswith('--from='):
                assert sources[0].removeprefix('--from=') in STAGES
                continue
            assert all((ROOT / source).exists() for source in sources), rest


def test_nobody_runs_the_image_as_root() -> None:
    users = [rest for name, rest in instructions() if name == 'USER']
    assert users == ['1000:1000', '0', '1000:1000']  # the second one installs


def test_the_image_is_built_by_the_recipe_of_the_readme() -> None:
    assert skip_keys(DOCKERFILE) == skip_keys(README)
    for words in (
        'python3 -m venv --system-site-packages .venv',
        '.venv/bin/python -m colcon build',
        '-r requirements/ros-machine.txt',
    ):
        assert words in DOCKERFILE
        assert words in README
    index = re.search(r'ARG TORCH_INDEX=(\S+)', DOCKERFILE)
    assert index
    assert index[1] in README


def test_rosdep_leaves_out_only_what_is_locked() -> None:
    declared = {e.text for p in ROOT.glob('src/*/package.xml') for e in ET.parse(p).getroot()}
    assert skip_keys(README) <= declared


@pytest.mark.parametrize('name', [*ROOT.glob('docker/*.sh'), *ROOT.glob('src/*/security/*.sh')])
def test_scripts_can_be_run(name: Path) -> None:
    assert os.access(name, os.X_OK)
    shell = name.read_text().splitlines()[0].removeprefix('#!')
    subprocess.run([shell, '-n', str(name)], check=True)


def test_the_entry_point_is_the_one_of_the_image() -> None:
    assert f'COPY docker/{ENTRYPOINT.name} /entrypoint.sh' in DOCKERFILE
    assert 'ENTRYPOINT ["/entrypoint.sh"]' in DOCKERFILE


def test_compose_lets_clouds_arrive() -> None:
    for service in COMPOSE['services'].values():
        assert (service['network_mode'], service['ipc']) == ('host', 'host')
        assert 'F2P_UID' in service['user']
        assert service['build']['target'] in STAGES
        assert (ROOT / 'docker' / service['build']['context']).resolve() == ROOT
        assert (ROOT / service['build']['dockerfile']).exists()
    assert 'share/f2p_bringup/config/fastdds.xml' in DOCKERFILE
    assert (ROOT / 'src' / 'f2p_bringup' / 'config' / 'fastdds.xml').exists()


def test_ci_runs_targets_that_exist() -> None:
    makefile = (ROOT / 'Makefile').read_text()
    runs = [step['run'] for step in steps() if 'run' in step]
    targets = [shlex.split(run)[1] for run in runs if run.startswith('make ')]
    assert targets == ['setup', 'lint', 'test-cores', 'test-ros']
    assert all(re.search(rf'^{target}:', makefile, re.MULTILINE) for target in targets)
    stages = [s for run in runs for s in re.findall(r'--target (\S+)', run)]
    assert stages
    assert set(stages) <= set(STAGES)


def test_ci_may_only_read_and_ends_by_itself() -> None:
    assert WORKFLOW['permissions'] == {'contents': 'read'}
    for job in WORKFLOW['jobs'].values():
        assert job['timeout-minutes'] <= 120
    assert all(('uses' in step) != ('run' in step) for step in steps())


def test_pixi_has_every_package_of_the_cores() -> None:
    conda, pypi = PIXI['dependencies'], PIXI['pypi-dependencies']
    wanted = {CONDA_NAMES.get(n, n) for n in (*requirements('cores.in'), 'torch', 'numpy')}
    assert not wanted - set(conda) - set(pypi)
    locked = requirements('wheels.txt')
    assert pypi == {name: locked[name] for name in pypi}
    assert set(PIXI['tasks']) == {'build', 'test', 'demo'}


def test_the_bots_look_at_folders_that_exist() -> None:
    bots = yaml.safe_load((ROOT / '.github' / 'dependabot.yml').read_text())
    for update in bots['updates']:
        assert (ROOT / update['directory'].lstrip('/')).is_dir()
