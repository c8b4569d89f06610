# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Runs one controller in one scene after another on ``mujoco.batch``.

A motion is stepped from end to end in one call, with a new servo command in every step; the
controller looks at the state between motions. Its callers run several of these, one per thread,
so that one plans while another steps physics. That is faster than stepping scenes in lockstep: the
state of one scene stays in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from mujoco.batch import Batch, SimulationError

from f2p_core.control import Control
from f2p_sim.errors import SkillError
from f2p_sim.robot import FloatVector, JOINT_COUNT
from f2p_sim.scene_model import initial_qpos, SceneModel
from f2p_sim.skills.base import Motion
from f2p_sim.track import Track


class MotionEnd(NamedTuple):
    """What became of one controller: last state (nq,), error if any, simulated time [s]."""

    qpos: FloatVector
    error: SkillError | None
    duration_s: float


def run(
    scenes: Sequence[SceneModel],
    start: Callable[[int], Motion],
    *,
    limit_s: float,
    control: Control,
) -> list[MotionEnd]:
    """Runs one controller in each scene to its end.

    Args:
        scenes: Models of one layout.
        start: Makes the controller of scene i.
        limit_s: Simulated time after which a controller is stopped with ``timeout`` [s].
        control: Polled before every motion.

    Raises:
        CancelledError: If ``control`` said stop.
    """
    batch = Batch(scenes[0].model, len(scenes), nthread=1, persistent=True)
    batch.set_models([s.model for s in scenes])
    qpos, ctrl = batch.bind('qpos'), batch.bind('ctrl')
    motion_ends = []
    for i, compiled in enumerate(scenes):
        qpos[i] = initial_qpos(compiled)
        ctrl[i] = qpos[i, :JOINT_COUNT]
        track = Track(compiled.model, start(i), ctrl[i].copy())
        while not track.done:
            control.check('simulation')
            _step(batch, i, track, limit_s)
            if not track.done:
                track.advance(qpos[i])
        motion_ends.append(MotionEnd(qpos[i].copy(), track.error, track.time_s))
    return motion_ends


def _step(batch: Batch, scene: int, track: Track, limit_s: float) -> None:
    """Steps a scene through the motion its controller asked for."""
    commands = track.take()
    try:
        batch.rollout(len(commands), commands[None], record=(), ids=[scene])
    except SimulationError:
        track.fail(SkillError('diverged', batch.error(scene)))
        return
    if batch.warning[scene].any():
        track.fail(SkillError('diverged', 'the physics became unstable'))
    elif track.time_s > limit_s:
        track.fail(SkillError('timeout', f'not done after {limit_s:g} s'))
