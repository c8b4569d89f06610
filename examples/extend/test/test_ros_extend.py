# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The package over real ROS 2: the story, its bag, and the report."""

from __future__ import annotations

import json
from pathlib import Path

from extend_commands import output_of, run
from extend_environment import WORKSPACE
import pytest


@pytest.fixture(scope='module')
def demo(
    installed: Path, models: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a demo whose robot failed, learned and succeeded."""
    out = tmp_path_factory.mktemp('demo') / 'run'
    options = ['--task', 'clearing', '--objects', '1', '--budget', '20', '--models', models]
    method = ['--set', 'scene_generator.method=copies']
    lines = output_of(installed, ['f2p', 'demo', *options, '--out', out, *method], out.parent)
    told = json.loads(lines.splitlines()[-1])
    assert told['failure_kind'] == 'incorrect_symbolic_prediction'
    assert told['acts'] == {'clear': True, 'again': True}
    assert told['model_version'] == 2
    return out


@pytest.fixture(scope='module')
def bag(demo: Path) -> Path:
    """The bag of its one failure."""
    (found,) = {path.parent for path in demo.glob('failures/*/*.mcap')}
    return found


def test_the_report_shows_it(demo: Path) -> None:
    page = (demo / 'report.html').read_text()
    for word in ('shove', 'near(load, post)', 'The bridge away, its load stays', '(COPIES)'):
        assert word in page, f'the report does not show {word!r}'


def test_its_bag_is_replayed_with_another_method(
    bag: Path, installed: Path, models: Path, tmp_path: Path
) -> None:
    options = ['--models', models, '--budget', '20', '--out', tmp_path / 'replay']
    lines = output_of(installed, ['f2p', 'replay', bag, *options], tmp_path)
    assert json.loads(lines.splitlines()[-1])['learned']


def test_its_bag_is_refused_where_its_skill_is_unknown(
    bag: Path, tmp_path: Path
) -> None:
    command = ['f2p', 'replay', bag, '--out', tmp_path / 'replay']
    done = run(WORKSPACE, command, tmp_path)
    assert done.returncode != 0
    assert "unknown skill 'shove'; known: pick_place, push" in done.stderr
