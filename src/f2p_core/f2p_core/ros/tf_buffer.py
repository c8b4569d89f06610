# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A buffer of stamped transforms, for machines without tf2: pytransform3d does the geometry."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
import threading
from typing import NamedTuple

import numpy as np
from pytransform3d.transform_manager import NumpyTimeseriesTransform, TemporalTransformManager

from f2p_core.errors import F2PError, InvalidInputError
from f2p_core.pose import Pose
from f2p_core.ros.rotations import quaternion_from_matrix

BUFFER_S = 10.0
"""How long transforms are kept, the span tf2 keeps them [s]."""


MAX_FRAMES = 2000
"""Frames that are kept; names come from outside, and a lookup looks at all of them."""

_BUFFER_NS = round(BUFFER_S * 1e9)
"""The same length in [ns]."""


class TransformError(F2PError):
    """A transform is not known at the time that was asked for."""


class _Sample(NamedTuple):
    """Where a frame was at a time [ns]: its pose in a parent."""

    stamp_ns: int
    parent: str
    pose: Pose


class _Frame:
    """Samples of one frame, in the order of time; its parent may change from one to the next."""

    def __init__(self, is_static: bool) -> None:
        self.is_static = is_static
        self._samples: list[_Sample] = []

    @property
    def parents(self) -> set[str]:
        return {sample.parent for sample in self._samples}

    def add(self, sample: _Sample) -> None:
        samples, stamp_ns = self._samples, sample.stamp_ns
        is_anew = bool(samples) and stamp_ns < samples[-1].stamp_ns - _BUFFER_NS
        if self.is_static or is_anew:  # time jumped back: a replay began again
            samples.clear()
        place = bisect_left(samples, stamp_ns, key=_stamp)  # several senders overtake each other
        samples[place : bisect_right(samples, stamp_ns, key=_stamp)] = [sample]
        del samples[: bisect_left(samples, samples[-1].stamp_ns - _BUFFER_NS, key=_stamp)]

    def about(self, stamp_ns: int) -> tuple[_Sample, _Sample] | None:
        """Returns the samples before and after a time, of one parent; ``None``: it is not covered.

        Between two parents the earlier one holds, as in tf2.
        """
        samples = self._samples
        if self.is_static:
            return samples[0], samples[0]
        after = bisect_left(samples, stamp_ns, key=_stamp)
        if after == len(samples) or (after == 0 and samples[0].stamp_ns > stamp_ns):
            return None
        if samples[after].stamp_ns == stamp_ns:
            return samples[after], samples[after]
        one, other = samples[after - 1], samples[after]
        return (one, other) if one.parent == other.parent else (one, one)


def _stamp(sample: _Sample) -> int:
    return sample.stamp_ns


def _series(samples: tuple[_Sample, _Sample], stamp_ns: int) -> NumpyTimeseriesTransform:
    """Returns samples about a time as a series, with times in seconds from it."""
    times_s = np.array([(sample.stamp_ns - stamp_ns) * 1e-9 for sample in samples])
    if times_s[0] == times_s[1]:
        times_s[1] += 1e-9  # a series needs two times; both say the same
    poses = np.array([_position_wxyz(sample.pose) for sample in samples])
    return NumpyTimeseriesTransform(times_s, poses, time_clipping=True)


def _position_wxyz(pose: Pose) -> tuple[float, ...]:
    """Position and quaternion in the order of pytransform3d: x y z, w x y z."""
    x, y, z, w = pose.quaternion_xyzw
    return (*pose.position_m, w, x, y, z)


class TransformBuffer:
    """Stamped transforms of a tree of frames; safe to use from several threads."""

    def __init__(self) -> None:
        self._frames: dict[str, _Frame] = {}
        self._lock = threading.Lock()

    def add(self, parent: str, child: str, stamp_ns: int, pose: Pose, *, is_static: bool) -> None:
        """Adds the pose of frame ``child`` in frame ``parent`` at a time [ns].

        A frame has one parent at a time: the one that was said last.

        Raises:
            InvalidInputError: If it would be one frame too many.
        """
        with self._lock:
            frame = self._frames.get(child)
            if frame is None and len(self._frames) >= MAX_FRAMES:
                raise InvalidInputError(
                    f'frame {child!r} is one more than the {MAX_FRAMES} that are kept; do names '
                    'of frames change all the time?'
                )
            if frame is None or frame.is_static != is_static:
                frame = self._frames[child] = _Frame(is_static)
            frame.add(_Sample(stamp_ns, parent, pose))

    def clear(self) -> None:
        """Forgets the moving transforms; static ones hold at any time."""
        with self._lock:
            self._frames = {name: f for name, f in self._frames.items() if f.is_static}

    def lookup(self, target: str, source: str, stamp_ns: int) -> Pose:
        """Returns the pose of frame ``source`` in frame ``target`` at a time [ns].

        Raises:
            TransformError: If a frame is unknown, the two are not connected, or a transform on
                the way is not known at that time (nothing is extrapolated), or holds numbers
                too large to be used.
        """
        with self._lock:
            manager = TemporalTransformManager(check=False)
            for child, frame in self._frames.items():
                samples = frame.about(stamp_ns)
                if samples is not None:
                    series = _series(samples, stamp_ns)
                    manager.add_transform(child, samples[0].parent, series)
            parents = [frame.parents for frame in self._frames.values()]
            frames = sorted(set(self._frames).union(*parents))
        if target == source:
            return Pose(position_m=(0.0, 0.0, 0.0))
        try:
            with np.errstate(over='ignore', invalid='ignore'):
                matrix = manager.get_transform_at_time(source, target, 0.0)
        except (KeyError, ValueError) as error:
            raise TransformError(
                f'no transform from {source!r} to {target!r} at {stamp_ns * 1e-9:.3f} s; '
                f'known frames: {", ".join(frames) or "none"}'
            ) from error
        if not np.isfinite(matrix).all():
            raise TransformError(f'the transform from {source!r} to {target!r} is too large')
        x, y, z = (float(v) for v in matrix[:3, 3])
        return Pose(position_m=(x, y, z), quaternion_xyzw=quaternion_from_matrix(matrix[:3, :3]))
