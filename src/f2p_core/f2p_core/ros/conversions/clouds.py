# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Point clouds: PointCloud2 with x y z and, where a segmenter gives it, an instance per point."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import PointCloud2, PointField
from std_msgs.msg import Header

from f2p_core.errors import InvalidInputError

INSTANCE_FIELD = 'instance'
_COORDINATES = ('x', 'y', 'z')
MAX_POINTS = 4_000_000
"""A cloud with more points than this is refused before it is unpacked."""

MAX_POINT_BYTES = 4096
"""Points of more bytes are refused: no sensor has so many fields."""

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
        InvalidInputError: If x, y or z is missing or not a float, a field that is read is there
            twice, overlaps another one or has not one number, the sizes do not agree, or the
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
    with np.errstate(over='ignore'):  # what is too large for float32 is infinite: no return
        xyz = np.stack([packed[n].astype(np.float32) for n in 'xyz'], axis=-1)
    has_instance = INSTANCE_FIELD in (dtype.names or ())
    return Points(xyz, _labels(packed[INSTANCE_FIELD]) if has_instance else None)


def _labels(values: NDArray[Any]) -> NDArray[np.int64]:
    """Returns labels as integers; what is no number stands for no object."""
    if values.dtype.kind == 'f':
        most = float(2**32)
        values = np.clip(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), -most, most)
    return values.astype(np.int64)


def _dtype(message: PointCloud2) -> np.dtype[Any]:
    if message.point_step > MAX_POINT_BYTES:
        raise InvalidInputError(
            f'the cloud has a point_step of {message.point_step} bytes; at most '
            f'{MAX_POINT_BYTES} are taken'
        )
    fields = [f for f in message.fields if f.name in (*_COORDINATES, INSTANCE_FIELD)]
    names = [f.name for f in fields]
    for name in _COORDINATES:
        if name not in names:
            got = ', '.join(f.name for f in message.fields) or 'none'
            raise InvalidInputError(f'the cloud has no field {name!r}; it has: {got}')
    for name in names:
        if names.count(name) > 1:
            raise InvalidInputError(f'the cloud has the field {name!r} twice')
    for field in fields:
        _check_field(field, message.point_step)
    _check_apart(fields)
    order = '>' if message.is_bigendian else '<'
    return np.dtype(
        {
            'names': names,
            'formats': [order + _DTYPES[f.datatype] for f in fields],
            'offsets': [f.offset for f in fields],
            'itemsize': message.point_step,
        }
    )


def _check_field(field: Any, point_step: int) -> None:
    """Checks type, count and place of one field."""
    if field.datatype not in _DTYPES:
        raise InvalidInputError(f'the cloud field {field.name!r} has the type {field.datatype}')
    is_float = field.datatype in (PointField.FLOAT32, PointField.FLOAT64)
    if field.name in _COORDINATES and not is_float:
        raise InvalidInputError(f'the cloud field {field.name!r} is not FLOAT32 or FLOAT64')
    if field.count != 1:
        raise InvalidInputError(
            f'the cloud field {field.name!r} has a count of {field.count}; it must be 1'
        )
    if field.offset + _bytes_of(field) > point_step:
        raise InvalidInputError(
            f'the cloud field {field.name!r} at offset {field.offset} does not fit into a point '
            f'of {point_step} bytes'
        )


def _check_apart(fields: Sequence[Any]) -> None:
    """Checks that no field reaches into another one."""
    in_order = sorted(fields, key=lambda field: int(field.offset))
    for field, after in pairwise(in_order):
        if field.offset + _bytes_of(field) > after.offset:
            raise InvalidInputError(
                f'the cloud field {field.name!r} at offset {field.offset} overlaps '
                f'{after.name!r} at offset {after.offset}'
            )


def _bytes_of(field: Any) -> int:
    return np.dtype(_DTYPES[field.datatype]).itemsize
