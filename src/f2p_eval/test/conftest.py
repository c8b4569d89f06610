# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A small story on disk, with one learning run, as a demo leaves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import sys
from typing import Any

import pytest

from f2p_core.failure import Failure
from f2p_core.files import read_failure, write_failure
from f2p_core.skill import SkillCall
from f2p_eval.story import StepRecord, Story, TaskRecord, write_story
from f2p_learning.results import GateReport, LearningResult
from f2p_learning.run_directory import RunDirectory
from f2p_tasks.containers import goal_together
from f2p_tasks.transport import TRANSPORT

ROOT = Path(__file__).parents[3]
# The small effect model of another kind stands beside the tests of f2p_effects.
sys.path.insert(0, str(ROOT / 'src' / 'f2p_effects' / 'test'))
RUN = 'runs/run_1'
GATE = GateReport(
    accepted=True,
    reason='',
    family_executions=60,
    family_accuracy_before=0.125,
    family_accuracy_after=0.875,
    failure_explained=True,
    old_executions=600,
    old_f1_before=0.9953,
    old_f1_after=0.9947,
    old_position_error_before_m=0.00211,
    old_position_error_after_m=0.00222,
)
DIAGNOSTICS = {
    'scene_sampler': 'svgd',
    'iterations': 61,
    'ksd_end': 0.4567,
    'predictive_at_failed_call': 0.3141,
    'predictive_at_calls': 0.2718,
}
STAGES = {'generate': 11.5, 'simulate': 22.5, 'fine_tune': 3.5, 'gate': 1.5}

WriteStory = Callable[..., Path]


@pytest.fixture(scope='session')
def failure() -> Failure:
    return read_failure(ROOT / 'examples' / 'failure_filled_carry.json')


def write_run(directory: Path, failure: Failure, gate: GateReport) -> None:
    run = RunDirectory(directory)
    scene, call = failure.before.scene, failure.call
    generation = {
        'scenes': [scene.model_dump(mode='json')] * 2,
        'calls': [[call.model_dump(mode='json')]] * 2,
        'diagnostics': DIAGNOSTICS,
    }
    write_failure(directory / 'failure.json', failure)
    run.write_json('run.json', {'config': {'n_scenes': 1, 'min_family_accuracy': 0.85}})
    run.write_json('round_1/generation.json', generation)
    run.write_json('round_1/tuning.json', [3.0, 1.0, 0.5])
    result = LearningResult(
        run_id=directory.name,
        failure_id=failure.failure_id,
        learned=gate.accepted,
        model_version=2 if gate.accepted else 1,
        model_digest='d',
        rounds=1,
        executions=20,
        gate=gate,
        like_failure_executions=15,
        like_failure_share=0.8,
        seconds_by_stage=STAGES,
    )
    run.write_json('result.json', result.model_dump(mode='json'))


def task(name: str, failure: Failure, version: int, verdict: str) -> TaskRecord:
    scene = TRANSPORT.seeded_scene(1, seed=1)
    wrong = verdict == 'violated'
    violations = ('inside(object_1, container): predicted 0.02, observed true',) if wrong else ()
    push = SkillCall(
        skill='push', object_id='object_1', target_id='table_a', parameters=(0.0, 0.1, 0.0)
    )
    return TaskRecord(
        name=name,
        title=f'what {name} shows',
        goal=failure.goal if wrong else goal_together(scene),
        model_version=version,
        scene_before=scene,
        scene_after=scene,
        plan_score=0.9375,
        confident=not wrong,
        planned=(failure.call,),
        steps=(
            StepRecord(
                call=failure.call,
                verdict=verdict,
                violations=violations,
                seen_after=failure.after.scene,
            ),
            StepRecord(call=push, succeeded=False, reason='no_path: the arm is in the way'),
        ),
        success=not wrong,
    )


@pytest.fixture(scope='session')
def write_demo(failure: Failure) -> WriteStory:
    """Writes the directory of a demo: T1 fails, is learned from, T2 succeeds."""

    def write(directory: Path, *, title: str = 'a title', gate: GateReport = GATE) -> Path:
        first = task('T1', failure, 1, 'violated').model_copy(update={'title': title})
        second = task('T2', failure, 2, 'as_predicted')
        write_run(directory / RUN, failure, gate)
        summary: dict[str, Any] = {
            'seed': 7,
            'violated_relations': ['a', 'b'],
            'seconds_total': 39.0,
            'seconds_by_stage': STAGES,
            'failure_kind': None,
        }
        story = Story(tasks=(first, second), run_directories=(RUN,), summary=summary)
        write_story(directory, story)
        return directory

    return write
