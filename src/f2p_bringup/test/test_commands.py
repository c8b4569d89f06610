# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the commands of ``f2p`` print, and what bad arguments get: a status and one sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import json
from pathlib import Path
import shutil
from typing import Any

import numpy as np
import pytest

from f2p_bringup import doctor
from f2p_bringup.cli import COMMANDS, main
from f2p_bringup.commands import learn
from f2p_bringup.settings import parse_settings
from f2p_core.errors import F2PError
from f2p_core.geometry.pairs import PairGeometry
from f2p_core.registry import Registry
from f2p_core.relations import Relation, RELATIONS
from f2p_effects.store import ModelStore
from f2p_eval.story import Story, write_story
from f2p_learning.loop import LearningRequest, LearningTools
from f2p_learning.results import GateReport, LearningResult
from f2p_learning.run_directory import RunDirectory
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig

ROOT = Path(__file__).parents[3]
FAILURE = ROOT / 'examples' / 'failure_filled_carry.json'
WITHOUT_ROS = sorted(name for name, command in COMMANDS.items() if '.ros.' not in command.module)
DONE, REFUSED, USAGE, NOT_LEARNED = 0, 1, 2, 3

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / 'models', tmp_path / 'models'))


def status(arguments: Sequence[object]) -> int:
    """Runs ``f2p`` and returns its exit status, as a shell would see it."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as stop:
        return int(stop.code or 0)


@pytest.mark.parametrize('command', WITHOUT_ROS)
def test_every_command_explains_itself(command: str, capsys: Printed) -> None:
    assert status([command, '--help']) == DONE
    assert f'usage: f2p {command}' in capsys.readouterr().out


def test_relations_of_a_scene_are_printed(tmp_path: Path, capsys: Printed) -> None:
    scene = sample_tabletop(TabletopConfig(inside=1), np.random.default_rng(1))
    (tmp_path / 'scene.json').write_text(scene.model_dump_json())
    assert status(['relations', tmp_path / 'scene.json']) == DONE
    assert 'inside' in json.dumps(json.loads(capsys.readouterr().out))


def test_relations_are_known_with_their_meaning_also_those_of_packages(
    tmp_path: Path, capsys: Printed, register: Callable[[Registry[Any], Any], None]
) -> None:
    def margin(geometry: PairGeometry) -> Any:
        return 0.01 - abs(geometry.offset_m[..., 2])

    register(RELATIONS, Relation('level_with', margin, 'the centres of a and b are level'))
    assert status(['relations']) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert lines[-1].split(maxsplit=1) == ['level_with', 'the centres of a and b are level']
    scene = sample_tabletop(TabletopConfig(inside=1), np.random.default_rng(1))
    (tmp_path / 'scene.json').write_text(scene.model_dump_json())
    assert status(['relations', tmp_path / 'scene.json']) == DONE
    found = json.loads(capsys.readouterr().out)
    assert found['relation_names'][-1] == 'level_with'
    tables = {'subject': 'table_a', 'relation': 'level_with', 'object': 'table_b'}
    assert any(tables.items() <= fact.items() for fact in found['holds'])


def test_models_are_listed_shown_and_activated(models: Path, capsys: Printed) -> None:
    assert status(['models', '--models', models, 'list']) == DONE
    (line,) = capsys.readouterr().out.splitlines()
    mark, version, digest, state, origin = line.split()
    assert (mark, version, state, origin) == ('*', '1', 'active', 'pretrained')
    assert status(['models', '--models', models, 'show', '1']) == DONE
    assert json.loads(capsys.readouterr().out)['digest'].startswith(digest)
    assert status(['models', '--models', models, 'activate', '1']) == DONE
    assert capsys.readouterr().out == f'version 1 ({digest}) is active\n'


def test_an_owner_decides_with_name_and_reason(models: Path, capsys: Printed) -> None:
    store = ModelStore(models)
    second = store.save(store.load(1)).version
    for action, wanted in (('activate', 'active'), ('rollback', 'active'), ('reject', 'rejected')):
        version = 1 if action == 'rollback' else second
        words = ['--who', 'Ada', '--why', 'a test']
        assert status(['models', '--models', models, action, version, *words]) == DONE
        said = store.standing(version).decision
        assert (store.standing(version).state, said and said.who) == (wanted, 'Ada')
    assert 'rejected' in capsys.readouterr().out
    assert status(['models', '--models', models, 'rollback', second]) != DONE


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path, capsys: Printed) -> None:
    assert status(['models', '--models', tmp_path, 'list']) == DONE
    assert 'f2p pretrain' in capsys.readouterr().out


def test_a_missing_version_changes_nothing(models: Path, capsys: Printed) -> None:
    active = (models / 'active.json').read_bytes()
    assert status(['models', '--models', models, 'activate', '99']) == REFUSED
    assert capsys.readouterr().err.startswith('f2p models: no model version 99 in ')
    assert (models / 'active.json').read_bytes() == active


@pytest.mark.parametrize(('learned', 'expected'), [(True, DONE), (False, NOT_LEARNED)])
def test_learn_prints_the_result_and_says_whether_it_learned(
    learned: bool, expected: int, models: Path, tmp_path: Path, capsys: Printed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def loop(
        request: LearningRequest, tools: LearningTools, run: RunDirectory, **_: object
    ) -> LearningResult:
        assert (request.seed, request.config.n_calls, request.activate) == (7, 1, False)
        assert tools.store.directory == models
        gate = GateReport.model_validate(
            dict.fromkeys(GateReport.model_fields, 0) | {'accepted': learned, 'reason': 'none',
                                                         'failure_explained': True}
        )  # fmt: skip
        return LearningResult(
            run_id=run.path.name, failure_id=request.failure.failure_id, learned=learned,
            model_version=1, model_digest='d', rounds=1, executions=20, gate=gate,
            like_failure_executions=0, like_failure_share=None,
            seconds_by_stage={},
        )  # fmt: skip

    monkeypatch.setattr(learn, 'learn_from_failure', loop)
    arguments = ['learn', FAILURE, '--models', models, '--runs', tmp_path, '--run-id', 'one',
                 '--library', tmp_path / 'failures', '--seed', 7, '--calls', 1,
                 '--no-activate']  # fmt: skip
    assert status(arguments) == expected
    result = LearningResult.model_validate_json(capsys.readouterr().out)
    assert (result.run_id, result.learned) == ('one', learned)


def test_a_cut_failure_file_leaves_nothing_behind(
    models: Path, tmp_path: Path, capsys: Printed
) -> None:
    cut = tmp_path / 'cut.json'
    cut.write_bytes(FAILURE.read_bytes()[:5000])
    runs, library = tmp_path / 'runs', tmp_path / 'failures'
    arguments = ['learn', cut, '--models', models, '--runs', runs, '--library', library]
    assert status(arguments) == REFUSED
    (message,) = capsys.readouterr().err.splitlines()
    assert message.startswith(f'f2p learn: {cut}: it does not have the SHA-256 it states')
    assert not runs.exists()
    assert not library.exists()


def test_report_prints_where_the_page_is(tmp_path: Path, capsys: Printed) -> None:
    write_story(tmp_path, Story(tasks=(), run_directories=(), summary={'seed': 1}))
    assert status(['report', tmp_path]) == DONE
    page = Path(capsys.readouterr().out.rstrip('\n'))
    assert page == tmp_path / 'report.html'
    assert '<html' in page.read_text()


def test_doctor_says_when_nothing_is_missing(
    capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, 'diagnose', lambda machine: [])
    assert status(['doctor']) == DONE
    assert capsys.readouterr().out.startswith('Everything the set-up needs is here')


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['relations', 'missing.json'], 'missing.json: cannot be read: No such file'),
        (['models', '--models', 'nowhere', 'activate', '1'], 'no model version 1 in nowhere'),
        (['models', 'show', '99', '--models', str(ROOT / 'models')], 'unrecognized arguments'),
        (['models', 'activate', 'x'], "argument version: invalid int value: 'x'"),
        (['models'], 'required: ACTION'),
        (['learn', 'missing.json'], 'missing.json: cannot be read: No such file'),
        (['learn', FAILURE, '--models', 'nowhere'], 'nowhere/replay.safetensors'),
        (['learn', FAILURE, '--scenes', '0'], 'n_scenes = 0 is outside [1, 1000]'),
        (['learn', FAILURE, '--seed', '-1'], "'-1' is no whole number from 0"),
        (['learn', FAILURE, '--run-id', '../x'], "'../x' is not the name of a directory"),
        (['report', 'missing'], 'missing holds neither story.json nor result.json'),
        (['bench', '--only', 'nothing'], "no benchmark 'nothing'; there are: learning"),
        (['pretrain', '--executions', '0'], 'executions = 0 is outside [100,'),
        (['pretrain', '--workers', '0'], 'workers = 0 is outside [1,'),
        (['doctor', '--nothing'], 'unrecognized arguments: --nothing'),
        (['nothing'], "invalid choice: 'nothing'"),
    ],
    ids=lambda value: ' '.join(str(v) for v in value) if isinstance(value, list) else '',
)
def test_bad_arguments_get_one_sentence(
    arguments: list[object], message: str, tmp_path: Path, capsys: Printed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    code = status(arguments)
    *usage, sentence = capsys.readouterr().err.splitlines()
    assert message in sentence
    assert sentence.startswith('f2p')
    assert code == (USAGE if usage else REFUSED)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('entry', ['objects=5', 'nobody.objects=5', 'world.objects', 'world.=5'])
def test_a_setting_that_names_no_node_is_refused(entry: str) -> None:
    with pytest.raises(F2PError, match=r'node\.parameter=value; nodes: world, '):
        parse_settings([entry])


def test_later_settings_of_a_node_are_added() -> None:
    assert parse_settings(['world.objects=5', 'world.instance=false', 'planner.seed=1']) == {
        'world': {'objects': 5, 'instance': False},
        'planner': {'seed': 1},
    }
