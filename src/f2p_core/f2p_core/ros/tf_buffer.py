# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A buffer of stamped transforms, for machines without tf2: pytransform3d does the geometry."""

from __future__ import annotations

from collections import deque
import threading

import numpy as np
from pytransform3d.transform_manager import NumpyTimeseriesTransform, TemporalTransformManager

from f2p_core.errors import F2PError
from f2p_core.pose import Pose
from f2p_core.ros.rotations import quaternion_from_matrix

BUFFER_S = 10.0
"""How long transforms are kept, the span tf2 keeps them [s]."""


class TransformError(F2PError):
    """A transform is not known at the time that was asked for."""


class _Edge:
    """Samples of one transform child → parent over time."""

    def __init__(self, is_static: bool) -> None:
        self.is_static = is_static
        self.samples: deque[tuple[int, Pose]] = deque(maxlen=1 if is_static else None)

    def add(self, stamp_ns: int, pose: Pose) -> None:
        if self.samples and stamp_ns < self.samples[-1][0]:
            self.samples.clear()  # time jumped back: a replay began again
        if self.samples and stamp_ns == self.samples[-1][0]:
            self.samples.pop()
        self.samples.append((stamp_ns, pose))
        while stamp_ns - self.samples[0][0] > BUFFER_S * 1e9:
            self.samples.popleft()

    def covers(self, stamp_ns: int) -> bool:
        return self.is_static or self.samples[0][0] <= stamp_ns <= self.samples[-1][0]

    def series(self, origin_ns: int) -> NumpyTimeseriesTransform:
        """Returns the samples with times in seconds from ``origin_ns``."""
        samples = list(self.samples)
        if len(samples) == 1:  # a series needs two; both say the same
            samples = [(samples[0][0], samples[0][1]), (samples[0][0] + 1, samples[0][1])]
        times_s = np.array([(stamp - origin_ns) * 1e-9 for stamp, _ in samples])
        return NumpyTimeseriesTransform(
            times_s, np.array([_position_wxyz(pose) for _, pose in samples]), time_clipping=True
        )


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
