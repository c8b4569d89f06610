# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The loop on a recorded failure, with the shipped model, real physics and real SVGD."""

from __future__ import annotations

from collections.abc import Callable
import logging
from pathlib import Path
import shutil
from typing import Any

import numpy as np
import pytest

from f2p_core.control import Control, Progress
from f2p_core.errors import CancelledError, InvalidInputError
from f2p_core.files import read_failure
from f2p_core.geometry.pairs import PairGeometry
from f2p_core.registry import Registry
from f2p_core.relations import Relation, RELATION_NAMES, RELATIONS
from f2p_effects.model import EnsembleEffectModel
from f2p_effects.tuning import FineTuneConfig
from f2p_learning.config import LearningConfig
from f2p_learning.errors import LibraryError
from f2p_learning.family import failure_explained
from f2p_learning.library import FailureLibrary
from f2p_learning.local import local_tools
from f2p_learning.loop import learn_from_failure, LearningRequest
from f2p_learning.run_directory import read_run_json, RunDirectory
from f2p_learning.tools import LearningTools
from f2p_sim.mujoco_backend import MujocoSimulator

ROOT = Path(__file__).parents[3]
FAILURE = ROOT / 'examples' / 'failure_filled_carry.json'
SEED = 3
LEARNS = LearningConfig(n_calls=3, gate_scenes=18, gate_calls=4, max_rounds=1)
HOPELESS = LearningConfig(n_scenes=2, n_calls=1, gate_scenes=1, gate_calls=1, max_rounds=2)


@pytest.fixture
def tools(tmp_path: Path) -> LearningTools:
    shutil.copytree(ROOT / 'models', tmp_path / 'models')
    return local_tools(tmp_path / 'models', tmp_path / 'failures')


def request(config: LearningConfig, tuning: FineTuneConfig | None = None) -> LearningRequest:
    return LearningRequest(read_failure(FAILURE), config, tuning or FineTuneConfig(), SEED)


def test_a_failure_is_learned_without_forgetting(
    tools: LearningTools, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    stages: list[str] = []

    def watch(progress: Progress) -> None:
        if progress.stage not in stages:
            stages.append(progress.stage)

    failure = read_failure(FAILURE)
    before = tools.store.load_active()
    assert not failure_explained(failure, before, SEED)
    run = RunDirectory(tmp_path / 'run')
    result = learn_from_failure(request(LEARNS), tools, run, control=Control(on_progress=watch))
    assert result.learned, result.gate.reason
    after = tools.store.load_active()
    assert after.version == result.model_version == before.version + 1
    assert after.digest == result.model_digest
    assert failure_explained(failure, after, SEED)
    assert result.gate.family_accuracy_before < 0.2
    assert result.gate.family_accuracy_after >= 0.9
    assert result.executions == LEARNS.n_scenes * LEARNS.n_calls
    assert result.like_failure_share is not None
    assert result.like_failure_share > 0.5
    assert 0 < result.like_failure_executions <= 0.75 * result.executions
    assert {'simulate', 'fine-tune'} <= set(stages)
    assert set(result.seconds_by_stage) == {
        'generate', 'simulate', 'fine_tune', 'gate', 'publish',
    }  # fmt: skip
    assert read_run_json(run.path, 'result.json')['learned'] is True
    assert read_run_json(run.path, 'run.json')['model_digest'] == before.digest
    assert tools.library.ids() == (failure.failure_id,)
    assert len(tools.library.executions(except_for='another')) == 1
    told = [record.getMessage() for record in caplog.records if record.name.startswith('f2p_')]
    begun, *done, stored, published = told
    assert begun.startswith(f'run run: learning from failure {failure.failure_id} (pick_place')
    verdicts = [line for line in done if line.startswith('run run, round 1: accepted: ')]
    assert len(verdicts) == 1
    assert {line.split()[0] for line in done if ' done in ' in line} == {
        'generate', 'simulate', 'fine_tune', 'gate',
    }  # fmt: skip
    assert stored == 'run run: model version 2 is stored and goes live'
    assert published.startswith('publish done in ')


def test_too_little_evidence_is_refused_and_changes_nothing(
    tools: LearningTools, tmp_path: Path
) -> None:
    before = tools.store.load_active()
    quick = FineTuneConfig(steps=2)
    result = learn_from_failure(request(HOPELESS, quick), tools, RunDirectory(tmp_path / 'run'))
    assert not result.learned
    assert result.rounds == HOPELESS.max_rounds
    assert 'held-out executions' in result.gate.reason
    assert (result.model_version, result.model_digest) == (before.version, before.digest)
    assert tools.store.versions() == (before.version,)


def test_a_failure_about_a_registered_relation_is_learned_from_and_judged(
    tools: LearningTools, tmp_path: Path, register: Callable[[Registry[Any], Any], None]
) -> None:
    def margin(geometry: PairGeometry) -> Any:
        return 0.01 - abs(geometry.offset_m[..., 0] - geometry.offset_m[..., 1])

    register(RELATIONS, Relation('askew', margin, 'b is from a as far along x as along y'))
    simulator = MujocoSimulator()
    assert simulator.relation_names == (*RELATION_NAMES, 'askew')
    tools = tools._replace(simulator=simulator)
    failure = read_failure(FAILURE)
    about = failure.violated[0].model_copy(update={'relation': 'askew'})
    once = HOPELESS.model_copy(update={'max_rounds': 1})
    order = request(once, FineTuneConfig(steps=2))._replace(
        failure=failure.model_copy(update={'violated': (about,)})
    )
    with pytest.raises(InvalidInputError, match="about relation 'askew'; there is only left"):
        learn_from_failure(order, tools, RunDirectory(tmp_path / 'unknown'))
    known = tools.store.load_active()
    assert isinstance(known, EnsembleEffectModel)
    taught = known.predicting(('askew', *RELATION_NAMES))
    tools.store.activate(tools.store.save(taught).version)
    result = learn_from_failure(order, tools, RunDirectory(tmp_path / 'run'))
    assert 'held-out executions' in result.gate.reason
    after = tools.store.load_active()
    assert after.relation_names[0] == 'askew'
    assert failure_explained(order.failure, after, SEED) == (about.observed_margin < 0.0)


@pytest.mark.parametrize('stage', ['scenes', 'actions', 'simulate', 'fine-tune'])
def test_cancel_in_every_stage_leaves_the_store_as_it_was(
    tools: LearningTools, tmp_path: Path, stage: str
) -> None:
    seen: set[str] = set()
    versions = tools.store.versions()
    with pytest.raises(CancelledError):
        learn_from_failure(
            request(LearningConfig(n_scenes=3, n_calls=2, gate_scenes=1, gate_calls=1)),
            tools,
            RunDirectory(tmp_path / 'run'),
            control=Control(
                should_stop=lambda: stage in seen,
                on_progress=lambda progress: seen.add(progress.stage),
            ),
        )
    assert stage in seen
    assert tools.store.versions() == versions
    assert not list(tools.store.directory.glob('.partial*'))


@pytest.mark.parametrize(
    ('written', 'not_any_more'), [('tuning.json', 'gate.json'), ('gate.json', 'result.json')]
)
def test_cancel_between_stages_ends_the_run_there(
    tools: LearningTools, tmp_path: Path, written: str, not_any_more: str
) -> None:
    """The stage that was not cancelled had written its file; the next one has not."""
    run = RunDirectory(tmp_path / 'run')
    once = HOPELESS.model_copy(update={'max_rounds': 1})
    with pytest.raises(CancelledError):
        learn_from_failure(
            request(once, FineTuneConfig(steps=2)),
            tools._replace(held_out=tools.held_out.take(np.arange(20))),
            run,
            control=Control(should_stop=lambda: any(run.path.glob(f'**/{written}'))),
        )
    assert list(run.path.glob(f'**/{written}'))
    assert not list(run.path.glob(f'**/{not_any_more}'))


def test_the_library_refuses_another_failure_of_the_same_id(tmp_path: Path) -> None:
    library, failure = FailureLibrary(tmp_path), read_failure(FAILURE)
    library.add(failure)
    assert library.add(failure).exists()
    assert library.get(failure.failure_id).model_dump_json() == failure.model_dump_json()
    with pytest.raises(LibraryError, match='another failure'):
        library.add(failure.model_copy(update={'stamp_ns': failure.stamp_ns + 1}))
    with pytest.raises(LibraryError, match='no failure'):
        library.get('unknown')
