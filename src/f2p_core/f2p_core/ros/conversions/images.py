# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Depth images, label images and camera intrinsics."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from f2p_core.camera import PinholeCamera
from f2p_core.errors import InvalidInputError

_ENCODINGS = {
    '32FC1': 'f4',
    '16UC1': 'u2',
    'mono16': 'u2',
    'mono8': 'u1',
    '8UC1': 'u1',
    '32SC1': 'i4',
}
_MILLIMETRES = frozenset({'16UC1', 'mono16'})


def depth_to_msg(header: Header, depth_m: NDArray[Any]) -> Image:
    """Packs a depth image (H, W) [m] as 32FC1; 0 or NaN where nothing was measured."""
    return _image(header, depth_m.astype('<f4'), '32FC1')


def labels_to_msg(header: Header, labels: NDArray[Any]) -> Image:
    """Packs a label image (H, W) as 16UC1; 0 is the background."""
    return _image(header, labels.astype('<u2'), '16UC1')


def msg_to_depth_m(message: Image) -> NDArray[np.float32]:
    """Unpacks a depth image (H, W) [m] from 32FC1 [m] or 16UC1 [mm].

    Raises:
        InvalidInputError: If the encoding or the sizes cannot be used.
    """
    pixels = _pixels(message, 'depth').astype(np.float32)
    return pixels * np.float32(0.001) if message.encoding in _MILLIMETRES else pixels


def msg_to_labels(message: Image) -> NDArray[np.int64]:
    """Unpacks a label image (H, W) of any integer encoding.

    Raises:
        InvalidInputError: If the encoding or the sizes cannot be used.
    """
    if message.encoding == '32FC1':
        raise InvalidInputError('the label image has the encoding 32FC1; labels are integers')
    return _pixels(message, 'label').astype(np.int64)


def intrinsics_to_msg(header: Header, camera: PinholeCamera) -> CameraInfo:
    """Returns camera information without distortion."""
    fx, fy, cx, cy = camera[2:]
    return CameraInfo(
        header=header,
        width=camera.width_px,
        height=camera.height_px,
        distortion_model='plumb_bob',
        d=[0.0] * 5,
        k=[fx, 0.0, cx, 0.0, fy, cy, 0.0, 0.0, 1.0],
        r=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
        p=[fx, 0.0, cx, 0.0, 0.0, fy, cy, 0.0, 0.0, 0.0, 1.0, 0.0],
    )


def msg_to_intrinsics(message: CameraInfo) -> PinholeCamera:
    """Reads the intrinsics of a rectified image.

    Raises:
        InvalidInputError: If a focal length is not positive or the image is distorted.
    """
    k = message.k
    if not (k[0] > 0 and k[4] > 0):
        raise InvalidInputError(
            f'camera_info has focal lengths {k[0]:g}, {k[4]:g} px; is the camera calibrated?'
        )
    if np.any(np.asarray(message.d) != 0):
        raise InvalidInputError('the depth image is distorted; remap to a rectified one')
    return PinholeCamera(
        int(message.width), int(message.height), float(k[0]), float(k[4]), float(k[2]), float(k[5])
    )


def _image(header: Header, pixels: NDArray[Any], encoding: str) -> Image:
    height, width = pixels.shape
    message = Image(
        header=header,
        height=height,
        width=width,
        encoding=encoding,
        is_bigendian=0,
        step=width * pixels.itemsize,
    )
    message.data = array('B', pixels.tobytes())  # bytes would be checked one by one
    return message


def _pixels(message: Image, what: str) -> NDArray[Any]:
    if message.encoding not in _ENCODINGS:
        raise InvalidInputError(
            f'the {what} image has the encoding {message.encoding!r}; '
            f'known: {", ".join(_ENCODINGS)}'
        )
    dtype = np.dtype(('>' if message.is_bigendian else '<') + _ENCODINGS[message.encoding])
    row_bytes = message.width * dtype.itemsize
    if message.step < row_bytes or len(message.data) < message.step * message.height:
        raise InvalidInputError(
            f'the {what} image says {message.width} x {message.height} {message.encoding}, '
            f'but carries {len(message.data)} bytes in rows of {message.step}'
        )
    raw = np.frombuffer(message.data, dtype=np.uint8, count=message.step * message.height)
    rows = raw.reshape(message.height, message.step)[:, :row_bytes]
    return np.ascontiguousarray(rows).view(dtype)
