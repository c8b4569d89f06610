# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What happened in a demo or trial, task by task; the report is made from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from f2p_core.disk import write_atomically
from f2p_core.errors import InvalidInputError, MissingFileError
from f2p_core.files import MAX_FILE_BYTES, parse_document, read_regular
from f2p_core.models import Value
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal
from f2p_eval.script import Summary

STORY_FILE = 'story.json'


class StepRecord(Value):
    """One executed skill of a plan.

    Attributes:
        call: What was executed.
        succeeded: Whether the motion went as commanded; ``reason`` says why not.
        verdict: ``as_predicted``, ``violated`` or ``undecided`` (see the monitor).
        violations: The differing relations in words.
        scene_after: The true scene afterwards, as the evaluator knows it; ``None``: not kept.
        seen_after: What the robot saw afterwards; ``None``: not kept.
    """

    call: SkillCall
    succeeded: bool = True
    reason: str = ''
    verdict: str = ''
    violations: tuple[str, ...] = ()
    scene_after: Scene | None = None
    seen_after: Scene | None = None


class TaskRecord(Value):
    """One goal that was pursued.

    Attributes:
        name: Short name, for example ``T1``.
        title: What the reader should know of it, one line.
        goal: The goal.
        model_version: Version of the effect model that planned first.
        scene_before, scene_after: The true scenes, as the evaluator knows them.
        plan_score: Score of the first plan (its least likely literal), in [0, 1]; 0: no plan.
        confident: Whether that score reached the planner's threshold.
        planned: The first plan; empty where the goal held from the start.
        steps: What was executed, over all plans.
        success: Whether the goal held in the true scene at the end.
    """

    name: str
    title: str
    goal: Goal
    model_version: int
    scene_before: Scene
    scene_after: Scene
    plan_score: Annotated[float, Field(ge=0.0, le=1.0)]
    confident: bool
    planned: tuple[SkillCall, ...]
    steps: tuple[StepRecord, ...]
    success: bool


class Story(Value):
    """A whole demo: its tasks in order, the learning runs, and the summary.

    Attributes:
        schema_version: Version of the JSON form.
        tasks: Tasks in the order they were pursued.
        run_directories: Learning runs, relative to the story's own directory.
        summary: The figures of the demo's last line.
    """

    schema_version: Literal[1] = 1
    tasks: tuple[TaskRecord, ...]
    run_directories: tuple[str, ...]
    summary: Summary


def write_story(directory: Path, story: Story) -> Path:
    """Writes ``story.json`` into the directory, whole or not at all, and returns its path."""
    path = directory / STORY_FILE
    write_atomically(path, story.model_dump_json(indent=1).encode())
    return path


def read_story(directory: Path) -> Story:
    """Reads the story of a directory.

    Raises:
        InvalidInputError: If there is none, it is cut short, or of another version.
    """
    path = directory / STORY_FILE
    try:
        return parse_document(Story, read_regular(path, MAX_FILE_BYTES), str(path))
    except MissingFileError as error:
        raise InvalidInputError(
            f'{path} does not exist; give the directory that `f2p demo --out` wrote'
        ) from error
