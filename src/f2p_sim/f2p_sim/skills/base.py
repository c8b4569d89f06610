# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What every skill controller is made of.

A controller is a generator. It yields references (T, 13), a piece of motion one row per physics
step, and receives the state ``qpos`` (nq,) in which that motion ended. It returns when the skill
is done and raises ``SkillError`` when it cannot go on. The same controllers run in batches in the
simulator and alone in the world.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np

from f2p_sim.cell import Cell, CellGeometry
from f2p_sim.collision import CollisionChecker
from f2p_sim.robot import (
    FINGER_STIFFNESS_N_PER_M,
    FINGERS,
    FloatVector,
    JOINT_COUNT,
    LIFT,
    WRIST_ROLL,
)
from f2p_sim.trajectory import hold, through, Trajectory

Motion = Generator[Trajectory, FloatVector, None]
"""Yields references, receives states."""

_BLENDS = (0.4, 0.2, 0.0)
"""Shares of the legs that are rounded at corners, tried from smooth to none."""

_STILL_M = 2e-4
"""Things that move less than this in one chunk [m] are at rest."""

_SETTLE_CHUNK_S = 0.06
"""Time between two looks whether all is at rest [s]."""

_SETTLE_AT_MOST_S = 0.72
"""What is not at rest after this [s] is left to roll."""

_CLOSE_S = 0.2
"""Time the fingers take to close [s]: slow enough not to push what they grasp."""

_OPEN_S = 0.2
"""Time the fingers take to open [s]."""


class Operator:
    """Drives the robot of one scene: what was last asked of it and what state it is in.

    Attributes:
        cell: The scene.
        qpos: State (nq,) after the last motion.
        reference: Configuration (13,) last asked for.
    """

    def __init__(self, cell: Cell, qpos: FloatVector):
        self.cell = cell
        self.qpos = qpos
        self.reference: FloatVector = qpos[:JOINT_COUNT].copy()

    def look(self) -> CellGeometry:
        """Returns the geometry now."""
        return self.cell.look(self.qpos)

    def follow(self, references: Trajectory) -> Motion:
        """Follows references (T, 13)."""
        self.qpos = yield references
        self.reference = references[-1]

    def move(
        self,
        waypoints: Sequence[FloatVector],
        speed: float = 1.0,
        checker: CollisionChecker | None = None,
    ) -> Motion:
        """Moves from the reference through waypoints.

        Args:
            waypoints: Configurations (13,); the legs between them are free of collision.
            speed: Fraction of the joint limits that is used.
            checker: Corners are rounded as far as it finds nothing in the way; ``None``: the
                robot stops at each waypoint.
        """
        path = [self.reference, *waypoints]
        for blend in _BLENDS if checker and len(waypoints) > 1 else (0.0,):
            rows = through(path, self.cell.timestep_s, speed=speed, blend=blend)
            if blend == 0.0 or checker is None or checker.rows_free(rows):
                yield from self.follow(rows)
                return

    def close(self, width_m: float, force_n: float) -> Motion:
        """Closes the fingers on something about ``width_m`` wide and presses with a force."""
        pressed = self.reference.copy()
        pressed[FINGERS] = width_m / 2 - force_n / FINGER_STIFFNESS_N_PER_M
        yield from self.follow(self._ramp(pressed, _CLOSE_S))
        yield from self.follow(hold(pressed, _CLOSE_S / 2, self.cell.timestep_s))
        pressed[FINGERS] = self.qpos[FINGERS].mean() - force_n / FINGER_STIFFNESS_N_PER_M
        yield from self.follow(self._ramp(pressed, _CLOSE_S / 4))

    def open(self, opening_m: float) -> Motion:
        """Opens the fingers gently."""
        opened = self.reference.copy()
        opened[FINGERS] = opening_m
        yield from self.follow(self._ramp(opened, _OPEN_S))

    def wait(self, time_s: float) -> Motion:
        """Holds still for a time [s]."""
        yield from self.follow(hold(self.reference, time_s, self.cell.timestep_s))

    def settle(self) -> Motion:
        """Holds still until no object moves any more, for at most 0.78 s."""
        chunk = hold(self.reference, _SETTLE_CHUNK_S, self.cell.timestep_s)
        yield from self.follow(chunk)
        for _ in range(round(_SETTLE_AT_MOST_S / _SETTLE_CHUNK_S)):
            before = self.qpos
            yield from self.follow(chunk)
            if np.abs(self.qpos - before)[JOINT_COUNT:].max(initial=0.0) < _STILL_M:
                break

    def _ramp(self, goal: FloatVector, time_s: float) -> Trajectory:
        rows = max(round(time_s / self.cell.timestep_s), 1)
        return self.reference + (goal - self.reference) * np.linspace(0.0, 1.0, rows)[:, None]


def shifted(
    configuration: FloatVector,
    *,
    by_m: Sequence[float] | FloatVector = (0.0, 0.0, 0.0),
    turn_rad: float = 0.0,
) -> FloatVector:
    """Returns the configuration whose hand is moved in ``map`` and turned about z.

    The base, which faces map x, moves the hand sideways, the lift up and the wrist turns it: exact
    for a hand that points down.
    """
    q = configuration.copy()
    q[:2] += by_m[:2]
    q[LIFT] += by_m[2]
    q[WRIST_ROLL] -= turn_rad
    return q
