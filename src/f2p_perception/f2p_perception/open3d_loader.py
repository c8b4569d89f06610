# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Imports Open3D; the USB library it links to comes from a wheel where the system has none."""

from __future__ import annotations

import ctypes
from functools import cache
import importlib
from typing import Any

from f2p_perception.errors import PerceptionCode, PerceptionError


@cache
def open3d() -> Any:
    """Returns the module ``open3d``, imported on first use (about a second).

    Open3D's binary wants ``libusb-1.0.so.0`` at import although no camera is driven here. Where
    the system lacks it, the copy inside the wheel ``libusb-package`` is loaded beforehand.

    Raises:
        PerceptionError: If Open3D cannot be imported, naming what to install.
    """
    try:
        return importlib.import_module('open3d')
    except (ImportError, OSError):
        _load_usb_library()
    try:
        return importlib.import_module('open3d')
    except (ImportError, OSError) as error:
        raise PerceptionError(
            PerceptionCode.UNKNOWN,
            f'Open3D cannot be imported ({error}); install it with: pip install open3d-cpu',
        ) from error


def _load_usb_library() -> None:
    try:
        path = importlib.import_module('libusb_package').get_library_path()
        ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
    except (ImportError, OSError) as error:
        raise PerceptionError(
            PerceptionCode.UNKNOWN,
            f'Open3D needs libusb-1.0 ({error}); install it with: pip install libusb-package',
        ) from error
