# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where executables and share files of the workspace were installed."""

from __future__ import annotations

from pathlib import Path

from ament_index_python.packages import (
    get_package_prefix,
    get_package_share_directory,
    PackageNotFoundError,
)

from f2p_bringup.errors import BringupError
from f2p_bringup.first_model import supply_first_model
from f2p_bringup.home import home, HOME_VARIABLE

_MEND = 'run `make` once, or build the workspace and `source install/setup.bash`'


def executable(package: str, name: str) -> Path:
    """Returns the path of a node's executable.

    Raises:
        BringupError: If it is not installed.
    """
    try:
        path = Path(get_package_prefix(package)) / 'lib' / package / name
    except PackageNotFoundError as error:
        raise BringupError(f'the package {package} is not installed; {_MEND}') from error
    if not path.exists():
        raise BringupError(f'the executable {path} is missing; {_MEND}')
    return path


def supplied(models: Path) -> Path:
    """Returns a model store; that of ``home`` gets the installed first model at the first start.

    Raises:
        BringupError: If that is not installed, or cannot be written there.
    """
    if models.absolute() == home() / 'models':
        try:
            supply_first_model(models, share_file('models'))
        except OSError as error:
            raise BringupError(
                f'the first model cannot be put into {models}: {error}; name another folder '
                f'by {HOME_VARIABLE}'
            ) from error
    return models


def share_file(*parts: str) -> Path:
    """Returns a file that this package installed, for example ``config``, ``planner.yaml``.

    Raises:
        BringupError: If it is not installed.
    """
    try:
        path = Path(get_package_share_directory('f2p_bringup')).joinpath(*parts)
    except PackageNotFoundError as error:
        raise BringupError(f'the package f2p_bringup is not installed; {_MEND}') from error
    if not path.exists():
        raise BringupError(f'{path} is missing; {_MEND}')
    return path
