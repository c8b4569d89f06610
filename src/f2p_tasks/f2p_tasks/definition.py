# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a task is: everything that trials, story, world, report and pretraining ask of one.

A task is one value in the table ``f2p_tasks.TASKS``. Whoever needs to know something of a task
asks its definition; no other package names one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.errors import InvalidInputError
from f2p_core.scene import Scene, SceneObject
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal

EndsClear = Callable[
    [Scene, str, str, str, NDArray[np.float64], float], NDArray[np.bool_]
]
"""Tells for which of K sets of parameters the planned end of a call touches nothing.

Arguments: scene, skill, acted object, target, parameters (K, P), least sideways gap [m]; the
result has shape (K,).
"""


class Act(NamedTuple):
    """One goal of the task's story.

    Attributes:
        name: Short name, unique in the task.
        title: What it shows.
        scene_number: Which of the seed's start scenes it begins in.
        goal: Name of the goal that is pursued.
        may_learn: Whether a failure in it is learned from.
        after_learning: Whether it makes sense only once something was learned.
    """

    name: str
    title: str
    scene_number: int
    goal: str
    may_learn: bool = False
    after_learning: bool = False


class Move(NamedTuple):
    """A stretch of a plan of one class, in one scene.

    Attributes:
        words: Its class, for example ``pick_place content>table_a``.
        steps: Skill, acted object and target of each call, in order.
    """

    words: str
    steps: tuple[tuple[str, str, str], ...]


class Execution(NamedTuple):
    """One skill in one scene.

    Attributes:
        scene: The scene before.
        call: What is executed.
        end_scene: The scene afterwards; ``None`` while it has not been executed.
    """

    scene: Scene
    call: SkillCall
    end_scene: Scene | None = None


class PretrainingEntry(NamedTuple):
    """A kind of execution the model is pretrained on.

    Attributes:
        name: Name in summaries.
        share: Its share, in proportion to the shares of the other entries.
        scene: Draws a scene.
        call: Draws a call in it, or ``None`` where the scene allows none.
    """

    name: str
    share: float
    scene: Callable[[np.random.Generator], Scene]
    call: Callable[[Scene, np.random.Generator, EndsClear], SkillCall | None]


class Pretraining(NamedTuple):
    """What the model sees before the first failure, and what it must not have seen.

    Attributes:
        entries: The kinds of executions.
        covers: Whether an execution shows what the task's failure is about. What is covered is
            left out of pretraining: else the failure would be none of the model's.
    """

    entries: tuple[PretrainingEntry, ...]
    covers: Callable[[Execution], bool]


class Exercise(NamedTuple):
    """A kind of execution that skills, perception and monitor are measured with.

    Attributes:
        name: Name in tables.
        scene: Draws a scene.
        call: Draws a call in it.
        carrier: Id of the object whose content shall come along; ``None``: nothing is carried.
    """

    name: str
    scene: Callable[[np.random.Generator], Scene]
    call: Callable[[Scene, np.random.Generator], SkillCall]
    carrier: str | None = None


@dataclass(frozen=True, eq=False)
class Task:
    """A task: where it starts, what is wanted, and what its story tells.

    Attributes:
        name: Name in the table of tasks, a word.
        long_name: What stories and results call it.
        sizes: Sizes it comes in.
        size_meaning: What a size counts, for help texts.
        acts: The acts of the story in their order.
        furniture: Returns the fixed objects, which the robot knows of.
        start_scene: Draws a start scene of a size.
        goals: Makes the goal of that name of what is observed at the start.
        role: Returns what an object is to a plan (classes of plans, colours, reports), whatever
            its id; of furniture its id.
        moves: Returns the classes of plan that are tabulated, as moves.
        pretraining: What the model is pretrained on, and what it must not have seen.
        exercises: What skills and monitor are measured with.
        relations: Names of relations it needs beyond the nine, which must be known.
        label_names: What a segmenter's instance labels stand for, as ``label:name``; label k is
            object_k unless it is named here.

    Raises:
        InvalidInputError: If acts share a name or name an unknown goal, or none may learn.
    """

    name: str
    long_name: str
    sizes: tuple[int, ...]
    size_meaning: str
    acts: tuple[Act, ...]
    furniture: Callable[[], tuple[SceneObject, ...]]
    start_scene: Callable[[int, np.random.Generator], Scene]
    goals: Mapping[str, Callable[[Scene], Goal]]
    role: Callable[[Scene, str], str]
    moves: Callable[[Scene], tuple[Move, ...]]
    pretraining: Pretraining
    exercises: tuple[Exercise, ...] = ()
    relations: tuple[str, ...] = ()
    label_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [act.name for act in self.acts]
        if len(set(names)) != len(names):
            raise InvalidInputError(f'{self.name}: acts share a name: {", ".join(names)}')
        for act in self.acts:
            if act.goal not in self.goals:
                raise InvalidInputError(
                    f'{self.name}: act {act.name!r} pursues {act.goal!r}; its goals are '
                    f'{", ".join(self.goals)}'
                )
        if not any(act.may_learn for act in self.acts):
            raise InvalidInputError(f'{self.name}: no act may learn from its failure')

    @property
    def learning_act(self) -> Act:
        """The first act whose failure is learned from: the one the story is about."""
        return next(act for act in self.acts if act.may_learn)

    def goal(self, name: str, observed: Scene) -> Goal:
        """Returns a goal made of what is observed at the start.

        Raises:
            InvalidInputError: If there is no goal of that name, or the scene is no start of the
                task.
        """
        if name not in self.goals:
            raise InvalidInputError(
                f'{self.name} has no goal {name!r}; its goals are {", ".join(self.goals)}'
            )
        return self.goals[name](observed)

    def seeded_scene(self, size: int, seed: int) -> Scene:
        """Returns the start scene of a size and seed.

        Raises:
            InvalidInputError: If the task does not come in that size.
        """
        if size not in self.sizes:
            raise InvalidInputError(
                f'{self.name} has no size {size} ({self.size_meaning}); it has '
                f'{", ".join(map(str, self.sizes))}'
            )
        return self.start_scene(size, np.random.default_rng(seed))
