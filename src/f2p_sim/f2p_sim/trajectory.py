# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Smooth joint trajectories through waypoints, and the servo commands that make them happen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from f2p_sim.robot import FloatVector, MAX_ACCELERATION, MAX_SPEED

Trajectory = NDArray[np.float64]
"""Robot configurations over time, shape (T, 13), one per physics step."""

_PEAK_SPEED = 1.875
"""Peak of a minimum-jerk move's speed over its mean: 15/8."""

_PEAK_ACCELERATION = 10.0 / np.sqrt(3.0)
"""Peak of its acceleration over length / duration²."""

_SHORTEST_S = 0.04
"""No move is shorter [s]: several steps of the physics."""


def duration_s(start: FloatVector, goal: FloatVector, speed: float = 1.0) -> float:
    """Returns the time a minimum-jerk move needs within the speed and acceleration limits [s].

    A minimum-jerk move of length d in time T peaks at 1.875 d/T and 10/√3 d/T².

    Args:
        start: Configuration (13,).
        goal: Configuration (13,).
        speed: Fraction of the limits that is used, 0 < speed.
    """
    distance = np.abs(goal - start)
    by_speed = _PEAK_SPEED * distance / (MAX_SPEED * speed)
    by_acceleration = np.sqrt(_PEAK_ACCELERATION * distance / (MAX_ACCELERATION * speed**2))
    return max(float(by_speed.max()), float(by_acceleration.max()), _SHORTEST_S)


def through(
    waypoints: Sequence[FloatVector], timestep_s: float, *, speed: float = 1.0, blend: float = 0.3
) -> Trajectory:
    """Returns a trajectory through waypoints that starts and ends at rest.

    Each leg is a minimum-jerk move. The next leg starts when the fraction ``blend`` of the
    shorter of the two is left, which rounds the corner; the sum of the legs stays smooth.

    Args:
        waypoints: At least two configurations (13,); the first is the start and is not repeated.
        timestep_s: Time between two rows [s].
        speed: Fraction of the joint limits that is used.
        blend: Overlap of consecutive legs, 0 (stop at each waypoint) to 0.5.
    """
    lengths = [duration_s(a, b, speed) for a, b in pairwise(waypoints)]
    starts = [0.0]
    for before, after in pairwise(lengths):
        starts.append(starts[-1] + before - blend * min(before, after))
    end = max(s + length for s, length in zip(starts, lengths, strict=True))
    steps = int(np.ceil(end / timestep_s - 1e-9))
    time = np.arange(1, steps + 1) * timestep_s
    rows = np.repeat(waypoints[0][None], steps, axis=0)
    for start, length, (a, b) in zip(starts, lengths, pairwise(waypoints), strict=True):
        phase = np.clip((time - start) / length, 0.0, 1.0)[:, None]
        rows += (b - a) * (phase**3 * (10 - 15 * phase + 6 * phase**2))
    return rows


def hold(configuration: FloatVector, time_s: float, timestep_s: float) -> Trajectory:
    """Returns a trajectory that stays where it is for ``time_s`` [s]."""
    return np.repeat(configuration[None], max(round(time_s / timestep_s), 1), axis=0)


def servo_commands(
    before: FloatVector, trajectory: Trajectory, timestep_s: float, lag_s: FloatVector
) -> Trajectory:
    """Returns the servo targets that make the joints follow a trajectory without lag.

    A position servo with damping kv trails a moving target by kv/kp times its speed; the target
    is put ahead by as much.

    Args:
        before: Reference configuration just before the first row (13,).
        trajectory: References (T, 13).
        timestep_s: Time between rows [s].
        lag_s: kv/kp per joint (13,) [s].
    """
    speed = np.diff(trajectory, axis=0, prepend=before[None]) / timestep_s
    return trajectory + lag_s * speed
