# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""One controller in execution: the motion it asked for, handed out as servo commands."""

from __future__ import annotations

import mujoco
import numpy as np

from f2p_sim.errors import SkillError
from f2p_sim.robot import FloatVector, JOINT_COUNT
from f2p_sim.skills.base import Motion
from f2p_sim.trajectory import servo_commands, Trajectory

_BRAKE_S = 0.3
"""Time in which a motion that is stopped comes to rest [s]: within the joints' limits."""


class Track:
    """Feeds a controller with states and the servos with its motion.

    Attributes:
        done: Whether the controller has returned or failed.
        error: Why it failed, if it did.
        now: Reference configuration (13,) of the last command handed out.
        time_s: Simulated time of the commands handed out [s].
    """

    def __init__(self, model: mujoco.MjModel, motion: Motion, reference: FloatVector):
        self.done = False
        self.error: SkillError | None = None
        self.now = reference
        self.time_s = 0.0
        self._motion = motion
        self._timestep_s = float(model.opt.timestep)
        self._lag_s: FloatVector = -model.actuator_biasprm[:, 2] / model.actuator_gainprm[:, 0]
        self._references: Trajectory = np.empty((0, JOINT_COUNT))
        self._commands = self._references
        self._cursor = 0
        self._resume(None)

    @property
    def ended(self) -> bool:
        """Whether the motion asked for has been handed out whole."""
        return self._cursor >= len(self._commands)

    def take(self, steps: int | None = None) -> Trajectory:
        """Returns the servo commands of the next physics steps (≤ steps, 13); all that are left.

        Args:
            steps: How many at most, ``None``: to the end of the motion.
        """
        first = self._cursor
        last = len(self._commands) if steps is None else min(first + steps, len(self._commands))
        self._cursor = last
        self.time_s += (last - first) * self._timestep_s
        self.now = self._references[last - 1]
        return self._commands[first:last]

    def advance(self, qpos: FloatVector) -> None:
        """Hands the state (nq,) after the motion to the controller and takes its next motion."""
        self._resume(qpos.copy())

    def brake(self) -> None:
        """Comes to rest within 0.3 s on the way that was asked for, and forgets the rest of it."""
        steps = max(round(_BRAKE_S / self._timestep_s), 1)
        rate = 1.0 - (np.arange(steps) + 0.5) / steps
        place = np.minimum(self._cursor - 1 + np.cumsum(rate), len(self._references) - 1)
        low = place.astype(np.int64)
        high = np.minimum(low + 1, len(self._references) - 1)
        part = (place - low)[:, None]
        rows = self._references[low] * (1.0 - part) + self._references[high] * part
        self._set(rows)

    def fail(self, error: SkillError) -> None:
        """Ends the track with an error."""
        self.error, self.done = error, True

    def _resume(self, qpos: FloatVector | None) -> None:
        try:
            rows = next(self._motion) if qpos is None else self._motion.send(qpos)
        except StopIteration:
            self.done = True
            return
        except SkillError as error:
            self.fail(error)
            return
        self._set(rows)

    def _set(self, rows: Trajectory) -> None:
        self._references = rows
        self._commands = servo_commands(self.now, rows, self._timestep_s, self._lag_s)
        self._cursor = 0
