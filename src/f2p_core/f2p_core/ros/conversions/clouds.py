# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Point clouds: PointCloud2 with x y z and, where a segmenter gives it, an instance per point."""

from __future__ import annotations

from array import array
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import PointCloud2, PointField
from std_msgs.msg import Header

from f2p_core.errors import InvalidInputError

INSTANCE_FIELD = 'instance'
MAX_POINTS = 4_000_000
"""A cloud with more points than this is refused before it is unpacked."""

_DTYPES = {
    PointField.INT8: 'i1',
    PointField.UINT8: 'u1',
    PointField.INT16: 'i2',
    PointField.UINT16: 'u2',
    PointField.INT32: 'i4',
    PointField.UINT32: 'u4',
    PointField.FLOAT32: 'f4',
    PointField.FLOAT64: 'f8',
}


class Points(NamedTuple):
    """An unpacked cloud.

    Attributes:
        xyz: Points in the sensor's frame, shape (P, 3) [m], float32; may hold NaN.
        instance: Segment label per point, shape (P,), or ``None`` if the cloud has no such field.
    """

    xyz: NDArray[np.float32]
    instance: NDArray[np.int64] | None


def cloud_to_msg(
    header: Header, xyz: NDArray[Any], instance: NDArray[Any] | None = None
) -> PointCloud2:
    """Packs points (P, 3) [m] and, if given, their labels (P,) into an unordered cloud."""
    names = [('x', '<f4'), ('y', '<f4'), ('z', '<f4')]
    fields = [
        PointField(name=n, offset=4 * i, datatype=PointField.FLOAT32, count=1)
        for i, n in enumerate('xyz')
    ]
    if instance is not None:
        names.append((INSTANCE_FIELD, '<u4'))
        fields.append(
            PointField(name=INSTANCE_FIELD, offset=12, datatype=PointField.UINT32, count=1)
        )
    packed = np.empty(len(xyz), dtype=names)
    for i, name in enumerate('xyz'):
        packed[name] = xyz[:, i]
    if instance is not None:
        packed[INSTANCE_FIELD] = instance
    message = PointCloud2(
        header=header,
        height=1,
        width=len(xyz),
        fields=fields,
        is_bigendian=False,
        point_step=packed.dtype.itemsize,
        row_step=packed.dtype.itemsize * len(xyz),
        is_dense=bool(np.isfinite(xyz).all()),
    )
    message.data = array('B', packed.tobytes())  # bytes would be checked one by one
    return message


def msg_to_points(message: PointCloud2) -> Points:
    """Unpacks a cloud.

    Raises:
        InvalidInputError: If x, y or z is missing or not a float, the sizes do not agree, or the
            cloud is larger than ``MAX_POINTS``.
    """
    dtype = _dtype(message)
    count = message.width * message.height
    if count > MAX_POINTS:
        raise InvalidInputError(f'the cloud has {count} points; at most {MAX_POINTS} are taken')
    row_bytes = message.width * message.point_step
    if message.row_step < row_bytes or len(message.data) < message.row_step * message.height:
        raise InvalidInputError(
            f'the cloud says {message.width} x {message.height} points of {message.point_step} '
            f'bytes, but carries {len(message.data)} bytes in rows of {message.row_step}'
        )
    raw = np.frombuffer(message.data, dtype=np.uint8, count=message.row_step * message.height)
    rows = raw.reshape(message.height, message.row_step)[:, :row_bytes]
    packed = np.ascontiguousarray(rows).reshape(-1).view(dtype)
    xyz = np.stack([packed[n].astype(np.float32) for n in 'xyz'], axis=-1)
    has_instance = INSTANCE_FIELD in (dtype.names or ())
    return Points(xyz, packed[INSTANCE_FIELD].astype(np.int64) if has_instance else None)


def _dtype(message: PointCloud2) -> np.dtype[Any]:
    wanted = {f.name: f for f in message.fields if f.name in ('x', 'y', 'z', INSTANCE_FIELD)}
    order = '>' if message.is_bigendian else '<'
    for name in 'xyz':
        if name not in wanted:
            got = ', '.join(f.name for f in message.fields) or 'none'
            raise InvalidInputError(f'the cloud has no field {name!r}; it has: {got}')
        if wanted[name].datatype not in (PointField.FLOAT32, PointField.FLOAT64):
            raise InvalidInputError(f'the cloud field {name!r} is not FLOAT32 or FLOAT64')
    for f in wanted.values():
        if f.datatype not in _DTYPES:
            raise InvalidInputError(f'the cloud field {f.name!r} has the type {f.datatype}')
        if f.offset + np.dtype(_DTYPES[f.datatype]).itemsize > message.point_step:
            raise InvalidInputError(
                f'the cloud field {f.name!r} at offset {f.offset} does not fit into a point of '
                f'{message.point_step} bytes'
            )
    return np.dtype(
        {
            'names': list(wanted),
            'formats': [order + _DTYPES[f.datatype] for f in wanted.values()],
            'offsets': [f.offset for f in wanted.values()],
            'itemsize': message.point_step,
        }
    )
