# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The MuJoCo backend of the ``Simulator`` Protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.errors import InvalidInputError
from f2p_core.parameters import Config, parameter
from f2p_core.relations import EVERY_RELATION, relations_asked
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_sim.cell import Cell
from f2p_sim.errors import SkillError
from f2p_sim.labels import End, end_of, refused, rollouts
from f2p_sim.physics import LEARNER_PHYSICS, PhysicsParameters
from f2p_sim.protocol import Rollout
from f2p_sim.runner import MotionEnd, run
from f2p_sim.scene_model import compile_scene, initial_qpos, SceneModel, state_sizes, StateSizes
from f2p_sim.skills.base import Motion, Operator
from f2p_sim.skills.recover import tidy
from f2p_sim.skills.registry import controller_of

_DEEPEST_START_M = 0.006
"""Scenes whose bodies overlap by more [m] are refused: they would fly apart."""


class MujocoOptions(Config):
    """How the backend runs."""

    threads: int = parameter(2, 'Threads, each with a batch of its own', low=1, high=64)
    chunk: int = parameter(
        8, 'Scenes in a batch; bounds memory to some MB for each', low=1, high=4096
    )
    limit_s: float = parameter(
        25.0, 'Simulated time after which a skill is stopped', unit='s', low=1.0, high=300.0
    )
    physics: PhysicsParameters = LEARNER_PHYSICS


class _Job(NamedTuple):
    """One scene to run: its place in the answer and how its controller is made."""

    place: int
    cell: Cell
    start: Callable[[], Motion]


class MujocoSimulator:
    """Runs skill calls in many scenes in parallel on the CPU; implements ``Simulator``.

    Args:
        options: How it runs.
        relations: Names of the relations that ends are labelled with.

    Raises:
        InvalidInputError: If a relation is not known.
    """

    def __init__(
        self, options: MujocoOptions | None = None, relations: Sequence[str] = EVERY_RELATION
    ) -> None:
        self.options = options or MujocoOptions()
        self.relation_names = relations_asked(relations)

    def simulate(
        self,
        scenes: Sequence[Scene],
        calls: Sequence[SkillCall],
        *,
        seed: int,
        first_index: int = 0,
        control: Control = UNCONTROLLED,
    ) -> tuple[Rollout, ...]:
        """Runs call i in scene i; see ``f2p_sim.protocol.Simulator``."""
        if len(scenes) != len(calls):
            raise InvalidInputError(f'{len(scenes)} scenes but {len(calls)} calls; give one each')

        def simulate_chunk(chunk: list[int]) -> dict[int, Rollout]:
            ends: dict[int, End] = {}
            jobs = []
            models: dict[int, SceneModel] = {}
            for i in chunk:
                control.check('simulation')
                try:
                    rng = np.random.default_rng([seed, first_index + i])
                    jobs.append(self._job(i, scenes[i], calls[i], rng, models))
                except SkillError as error:
                    ends[i] = refused(scenes[i], error)
            for job, motion_end in zip(jobs, self._run(jobs, control), strict=True):
                ends[job.place] = end_of(job.cell, motion_end)
            labelled = rollouts(tuple(ends.values()), self.relation_names)
            return dict(zip(ends, labelled, strict=True))

        done: dict[int, Rollout] = {}
        with ThreadPoolExecutor(self.options.threads) as pool:
            for labelled in pool.map(simulate_chunk, self._chunks(scenes)):
                done |= labelled
                control.report('simulate', len(done), len(scenes))
        return tuple(done[i] for i in range(len(scenes)))

    def settle(self, scenes: Sequence[Scene], *, duration_s: float = 0.5) -> tuple[Scene, ...]:
        """Lets objects come to rest under gravity without the robot moving.

        A scene that cannot be simulated comes back as it was.
        """
        settled = list(scenes)

        def settle_chunk(chunk: list[int]) -> None:
            # Waiting draws nothing.
            cells = [self._cell(scenes[i], np.random.default_rng(0), {}) for i in chunk]
            jobs = [
                _Job(i, cell, partial(_wait, cell, duration_s))
                for i, cell in zip(chunk, cells, strict=True)
            ]
            for job, motion_end in zip(jobs, self._run(jobs, UNCONTROLLED), strict=True):
                end = end_of(job.cell, motion_end)
                robot = scenes[job.place].robot
                settled[job.place] = end.scene.model_copy(update={'robot': robot})

        with ThreadPoolExecutor(self.options.threads) as pool:
            list(pool.map(settle_chunk, self._chunks(scenes)))
        return tuple(settled)

    def _chunks(self, scenes: Sequence[Scene]) -> Iterator[list[int]]:
        """Yields indices of scenes whose states are of one size, at most ``chunk`` at a time."""
        groups: dict[StateSizes, list[int]] = {}
        for i, scene in enumerate(scenes):
            groups.setdefault(state_sizes(scene), []).append(i)
        size = min(self.options.chunk, -(-len(scenes) // self.options.threads))
        for members in groups.values():
            for first in range(0, len(members), size):
                yield members[first : first + size]

    def _cell(self, scene: Scene, rng: np.random.Generator, models: dict[int, SceneModel]) -> Cell:
        """Returns the scene compiled; ``models`` keeps those of scenes that occur again."""
        if id(scene) not in models:
            models[id(scene)] = compile_scene(scene, self.options.physics)
        return Cell(models[id(scene)], rng)

    def _job(
        self,
        index: int,
        scene: Scene,
        call: SkillCall,
        rng: np.random.Generator,
        models: dict[int, SceneModel],
    ) -> _Job:
        """Returns what is to be run.

        Raises:
            SkillError: If the scene or the call cannot be.
        """
        controller = controller_of(call.skill).motion
        try:
            cell = self._cell(scene, rng, models)
        except ValueError as error:
            raise SkillError('bad_scene', str(error)) from error
        qpos = initial_qpos(cell.compiled)
        for a, b, depth in cell.depths(qpos):
            if depth > _DEEPEST_START_M:
                pair = f'{cell.name(a)} and {cell.name(b)} overlap by {1000 * depth:.0f} mm'
                raise SkillError('interpenetration', pair)
        return _Job(index, cell, lambda: tidy(cell, controller(cell, call, qpos), qpos))

    def _run(self, jobs: Sequence[_Job], control: Control) -> list[MotionEnd]:
        if not jobs:
            return []
        return run(
            [job.cell.compiled for job in jobs],
            lambda i: jobs[i].start(),
            limit_s=self.options.limit_s,
            control=control,
        )


def _wait(cell: Cell, duration_s: float) -> Motion:
    """Controller that lets time pass."""
    yield from Operator(cell, initial_qpos(cell.compiled)).wait(duration_s)
