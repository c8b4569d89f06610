# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Parameters of the node executor, and the robot they name."""

from __future__ import annotations

from pathlib import Path

from ament_index_python.packages import get_package_share_directory, PackageNotFoundError

from f2p_core.limits import Limits
from f2p_core.parameters import Config, parameter
from f2p_moveit.errors import RobotFileError


class ExecutorConfig(Config):
    """Parameters of the node."""

    robot_file: str = parameter(
        'f2p',
        'The robot: path of a robot file, or the name of one in config/robots of f2p_bringup',
    )
    limits: Limits = Limits()


def robot_path(robot_file: str) -> Path:
    """Returns the path of a robot file.

    Raises:
        RobotFileError: If there is none of that name.
    """
    path = Path(robot_file)
    if path.suffix:
        return path
    try:
        robots = Path(get_package_share_directory('f2p_bringup')) / 'config' / 'robots'
    except PackageNotFoundError as error:
        raise RobotFileError(
            f'robot_file = {robot_file!r} is looked up in f2p_bringup, which is not installed; '
            'install it or name a path'
        ) from error
    path = robots / f'{robot_file}.yaml'
    if not path.exists():
        known = ', '.join(sorted(p.stem for p in robots.glob('*.yaml')))
        raise RobotFileError(f'robot_file = {robot_file!r}: there is none; known: {known}')
    return path
