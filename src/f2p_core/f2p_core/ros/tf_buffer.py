# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A buffer of stamped transforms, for machines without tf2: pytransform3d does the geometry."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
import threading

import numpy as np
from pytransform3d.transform_manager import NumpyTimeseriesTransform, TemporalTransformManager

from f2p_core.errors import F2PError
from f2p_core.pose import Pose
from f2p_core.ros.rotations import quaternion_from_matrix

BUFFER_S = 10.0
"""How long transforms are kept, the span tf2 keeps them [s]."""


_BUFFER_NS = round(BUFFER_S * 1e9)
"""The same length in [ns]."""


class TransformError(F2PError):
    """A transform is not known at the time that was asked for."""


class _Edge:
    """Samples of one transform child → parent, in the order of time."""

    def __init__(self, is_static: bool) -> None:
        self.is_static = is_static
        self._stamps_ns: list[int] = []
        self._poses: list[Pose] = []

    def add(self, stamp_ns: int, pose: Pose) -> None:
        is_anew = bool(self._stamps_ns) and stamp_ns < self._stamps_ns[-1] - _BUFFER_NS
        if self.is_static or is_anew:  # time jumped back: a replay began again
            self._stamps_ns, self._poses = [], []
        place = bisect_left(self._stamps_ns, stamp_ns)  # several senders may overtake each other
        end = bisect_right(self._stamps_ns, stamp_ns)
        self._stamps_ns[place:end], self._poses[place:end] = [stamp_ns], [pose]
        old = bisect_left(self._stamps_ns, self._stamps_ns[-1] - _BUFFER_NS)
        del self._stamps_ns[:old], self._poses[:old]

    def covers(self, stamp_ns: int) -> bool:
        return self.is_static or self._stamps_ns[0] <= stamp_ns <= self._stamps_ns[-1]

    def series(self, stamp_ns: int) -> NumpyTimeseriesTransform:
        """Returns the samples about a covered time, with times in seconds from it."""
        after = min(bisect_left(self._stamps_ns, stamp_ns), len(self._stamps_ns) - 1)
        about = [max(after - 1, 0), after]
        times_s = np.array([(self._stamps_ns[i] - stamp_ns) * 1e-9 for i in about])
        if times_s[0] == times_s[1]:
            times_s[1] += 1e-9  # a series needs two times; both say the same
        poses = np.array([_position_wxyz(self._poses[i]) for i in about])
        return NumpyTimeseriesTransform(times_s, poses, time_clipping=True)


def _position_wxyz(pose: Pose) -> tuple[float, ...]:
    """Position and quaternion in the order of pytransform3d: x y z, w x y z."""
    x, y, z, w = pose.quaternion_xyzw
    return (*pose.position_m, w, x, y, z)


class TransformBuffer:
    """Stamped transforms of a tree of frames; safe to use from several threads."""

    def __init__(self) -> None:
        self._edges: dict[tuple[str, str], _Edge] = {}
        self._lock = threading.Lock()

    def add(self, parent: str, child: str, stamp_ns: int, pose: Pose, *, is_static: bool) -> None:
        """Adds the pose of frame ``child`` in frame ``parent`` at a time [ns]."""
        with self._lock:
            edge = self._edges.setdefault((parent, child), _Edge(is_static))
            edge.add(stamp_ns, pose)

    def clear(self) -> None:
        """Forgets the moving transforms; static ones hold at any time."""
        with self._lock:
            self._edges = {pair: edge for pair, edge in self._edges.items() if edge.is_static}

    def lookup(self, target: str, source: str, stamp_ns: int) -> Pose:
        """Returns the pose of frame ``source`` in frame ``target`` at a time [ns].

        Raises:
            TransformError: If a frame is unknown, the two are not connected, or a transform on
                the way is not known at that time (nothing is extrapolated).
        """
        with self._lock:
            manager = TemporalTransformManager(check=False)
            for (parent, child), edge in self._edges.items():
                if edge.covers(stamp_ns):
                    manager.add_transform(child, parent, edge.series(stamp_ns))
            frames = sorted({frame for pair in self._edges for frame in pair})
        if target == source:
            return Pose(position_m=(0.0, 0.0, 0.0))
        try:
            matrix = manager.get_transform_at_time(source, target, 0.0)
        except (KeyError, ValueError) as error:
            raise TransformError(
                f'no transform from {source!r} to {target!r} at {stamp_ns * 1e-9:.3f} s; '
                f'known frames: {", ".join(frames) or "none"}'
            ) from error
        x, y, z = (float(v) for v in matrix[:3, 3])
        return Pose(position_m=(x, y, z), quaternion_xyzw=quaternion_from_matrix(matrix[:3, :3]))
