# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What was asked of the robot's joints and what they did, at the same times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.failure import Motion
from f2p_core.pose import Pose

RECORD_S = 0.05
"""Rows are this far apart, at least [s]."""


class Commanded(NamedTuple):
    """A trajectory that was sent: joints, times from its start (T,) [s], positions (T, J)."""

    joint_names: Sequence[str]
    time_s: NDArray[np.float64]
    position: NDArray[np.float64]


class MotionLog:
    """Records one execution.

    Args:
        joint_names: What is recorded, in order.
        clock: Steady time [s].
    """

    def __init__(self, joint_names: Sequence[str], clock: Callable[[], float]) -> None:
        self._names = tuple(joint_names)
        self._clock = clock
        self._started_s = clock()
        self._sent_s = self._started_s
        self._sent: Commanded | None = None
        self._asked: dict[str, float] = {}
        self._time_s: list[float] = []
        self._base: list[Pose] = []
        self._commanded: list[list[float]] = []
        self._achieved: list[list[float]] = []

    def command(self, trajectory: Commanded) -> None:
        """Notes a trajectory that begins now."""
        self._note_asked()
        self._sent, self._sent_s = trajectory, self._clock()

    def sample(self, positions: Mapping[str, float], base_map: Pose | None = None) -> None:
        """Notes where the joints and a base that moves are, unless it is too early."""
        now_s = self._clock() - self._started_s
        if self._time_s and now_s < self._time_s[-1] + RECORD_S:
            return
        self._note_asked()
        self._time_s.append(now_s)
        if base_map is not None:
            self._base.append(base_map)
        self._achieved.append([positions[name] for name in self._names])
        self._commanded.append([self._asked.get(name, positions[name]) for name in self._names])

    def motions(self) -> tuple[Motion, Motion]:
        """Returns what was commanded and what was achieved; the base is where it was, in both."""
        return self._motion(self._commanded), self._motion(self._achieved)

    def _note_asked(self) -> None:
        """Notes what the trajectory under way asks now; of the last one, its end."""
        if self._sent is None:
            return
        names, time_s, position = self._sent
        at = self._clock() - self._sent_s
        for column, name in enumerate(names):
            self._asked[name] = float(np.interp(at, time_s, position[:, column]))

    def _motion(self, rows: list[list[float]]) -> Motion:
        position = np.array(rows).reshape(-1, len(self._names))
        base = [[*pose.position_m, *pose.quaternion_xyzw] for pose in self._base]
        return Motion(
            joint_names=self._names,
            time_s=np.array(self._time_s),
            position=position,
            base_map=np.array(base),
        )
