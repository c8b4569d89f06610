# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""One self-contained HTML page about a demo or a learning run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from f2p_core.errors import InvalidInputError
from f2p_eval.report_run import LearningRun, read_learning_run, run_content
from f2p_eval.report_tasks import key_figures, summary_rows, task_content
from f2p_eval.story import read_story, Story, STORY_FILE

REPORT_FILE = 'report.html'


def write_report(directory: Path) -> Path:
    """Writes ``report.html`` about a demo's directory or a single learning run's.

    Returns:
        The page; it refers to no other file.

    Raises:
        InvalidInputError: If the directory holds neither a story nor a finished run.
        LibraryError: If a file of a run cannot be read.
    """
    if (directory / STORY_FILE).exists():
        content = _story_content(directory, read_story(directory))
    elif (directory / 'result.json').exists():
        content = _run_content(read_learning_run(directory))
    else:
        raise InvalidInputError(
            f'{directory} holds neither {STORY_FILE} nor result.json; give the directory of a '
            'demo or of a finished learning run'
        )
    path = directory / REPORT_FILE
    path.write_text(_page(content), encoding='utf-8')
    return path


def _page(content: dict[str, Any]) -> str:
    environment = Environment(
        loader=PackageLoader('f2p_eval'),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template('report.html.j2').render(**content)


def _story_content(directory: Path, story: Story) -> dict[str, Any]:
    runs = [read_learning_run(directory / name) for name in story.run_directories]
    tasks = [task_content(record) for record in story.tasks]
    # The runs stand between the tasks of the model that failed and those of the one that learned.
    before = sum(1 for record in story.tasks if not _is_after(record.model_version, runs))
    return {
        'title': _title(story, runs),
        'lead': 'Robot and learning simulator are both simulated; they differ in physics, time '
        'step and camera noise. The pictures of the tasks show the truth, those of the failure '
        'what the robot saw.',
        'figures': key_figures(story, runs),
        'tasks': tasks,
        'tasks_before': tasks[:before],
        'runs': [run_content(run) for run in runs],
        'tasks_after': tasks[before:],
        'summary': summary_rows(story.summary),
    }


def _run_content(run: LearningRun) -> dict[str, Any]:
    return {
        'title': 'What was learned from one failure',
        'lead': 'One failure was turned into simulated executions like it; a model was tuned on '
        'them and judged.',
        'figures': [],
        'tasks': [],
        'tasks_before': [],
        'runs': [run_content(run)],
        'tasks_after': [],
        'summary': [],
    }


def _title(story: Story, runs: list[LearningRun]) -> str:
    learned = sum(run.result.learned for run in runs)
    if learned:
        return f'A robot learned from {"one failure" if learned == 1 else f"{learned} failures"}'
    if runs:
        return 'A robot failed, and no new model passed the gate'
    if story.summary.get('failure_kind'):
        return 'A robot failed, and nothing was learned'
    return 'A robot and its goals'


def _is_after(version: int, runs: list[LearningRun]) -> bool:
    return any(run.result.learned and version >= run.result.model_version for run in runs)
