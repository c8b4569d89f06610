# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The report's content about tasks: goal, pictures, plan, what was executed, key figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from f2p_core.scene import Scene
from f2p_eval.embedding import png_url
from f2p_eval.pictures import scene_picture
from f2p_eval.report_run import LearningRun
from f2p_eval.story import StepRecord, Story, TaskRecord
from f2p_eval.words import call_in_words, goal_in_words, number_in_words

_VIOLATED = 'violated'


class KeyFigure(NamedTuple):
    """One figure at the head of the page; ``good`` colours it, ``None`` does not."""

    value: str
    label: str
    good: bool | None = None


def task_content(record: TaskRecord) -> dict[str, Any]:
    """Returns what the template says of a task."""
    failed = [step for step in record.steps if step.verdict == _VIOLATED]
    return {
        'name': record.name,
        'title': record.title,
        'goal': goal_in_words(record.goal),
        'version': record.model_version,
        'score': f'{record.plan_score:.3f}',
        'confident': record.confident,
        'planned': [call_in_words(call) for call in record.planned],
        'steps': [_step(step) for step in record.steps],
        'failed_steps': len(failed),
        'pictures': _pictures(record, failed),
        'success': record.success,
        'outcome': _outcome(record.success, len(failed)),
    }


def key_figures(story: Story, runs: Sequence[LearningRun]) -> list[KeyFigure]:
    """Returns what a reader wants to know first."""
    figures = []
    for record in story.tasks:
        failed = sum(step.verdict == _VIOLATED for step in record.steps)
        figures.append(KeyFigure(_outcome(record.success, failed), record.name, record.success))
    for run in runs:
        gate = run.result.gate
        before, after = gate.family_accuracy_before, gate.family_accuracy_after
        figures.append(
            KeyFigure(f'{before:.0%} → {after:.0%}', 'executions like the failure predicted right')
        )
    seconds = story.summary.get('seconds_total')
    if runs and isinstance(seconds, int | float):
        figures.append(KeyFigure(f'{seconds:.0f} s', 'from the failure to the new model'))
    return figures


def summary_rows(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the figures of the story's last line as text."""
    return [(name, _in_words(value)) for name, value in summary.items()]


def _outcome(success: bool, failures: int) -> str:
    if not success:
        return 'not reached'
    return 'reached' if failures == 0 else 'reached after a failure'


def _step(step: StepRecord) -> dict[str, Any]:
    said = [] if step.succeeded else [f'motion failed: {step.reason}']
    if step.verdict == _VIOLATED:
        count = len(step.violations)
        differ = 'relation differs' if count == 1 else 'relations differ'
        said.append(f'not as predicted: {count} {differ}')
    return {
        'call': call_in_words(step.call),
        'verdict': '; '.join(said or [step.verdict.replace('_', ' ')]),
        'failed': bool(said),
        'violations': step.violations,
    }


def _pictures(record: TaskRecord, failed: Sequence[StepRecord]) -> list[tuple[str, str]]:
    """Returns captions and pictures: before, at the first failure if there was one, after."""
    shown = [('before', record.scene_before)]
    for step in failed[:1]:
        call = call_in_words(step.call)
        if step.scene_after is not None:
            shown.append((f'at the failure: after {call}', step.scene_after))
        elif step.seen_after is not None:
            shown.append((f'at the failure: seen after {call}', step.seen_after))
    shown.append(('after', record.scene_after))
    return [(caption, _picture(scene)) for caption, scene in shown]


def _picture(scene: Scene) -> str:
    return png_url(scene_picture(scene))


def _in_words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ', '.join(f'{name} {_in_words(item)}' for name, item in value.items()) or '–'
    if isinstance(value, list | tuple):
        return ', '.join(_in_words(item) for item in value) or '–'
    return number_in_words(value)
