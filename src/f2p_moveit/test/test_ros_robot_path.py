# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Robots by name: the files that are installed with f2p_bringup."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip('rclpy')

from f2p_moveit.errors import RobotFileError
from f2p_moveit.robot_description import read_robot
from f2p_moveit.ros.executor_config import ExecutorConfig, robot_path


def test_the_default_robot_is_installed_with_its_description() -> None:
    assert read_robot(robot_path(ExecutorConfig().robot_file)).file.name == 'f2p'


def test_a_path_is_taken_as_it_is() -> None:
    assert robot_path('robots/mine.yaml') == Path('robots/mine.yaml')


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(RobotFileError, match=r"'r2d2': there is none; known: .*f2p, fetch_like"):
        robot_path('r2d2')
