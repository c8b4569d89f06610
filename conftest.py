# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What every test run of the workspace shares: a ROS domain of its own, or no ROS at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
import importlib.abc
import importlib.machinery
import os
from pathlib import Path
import signal
import sys
from types import ModuleType
from typing import Any

import pytest

from f2p_core.registry import Registry
from f2p_core.ros.network import own_network

_ROS_MODULES = ('rclpy', 'f2p_msgs', 'tf2_msgs', 'tf2_ros')


class _Absent(importlib.abc.MetaPathFinder):
    """Makes modules unfindable, as on a machine without ROS."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Raises for the modules of ROS, leaves all others to the next finder."""
        if fullname.partition('.')[0] in _ROS_MODULES:
            raise ModuleNotFoundError(f'No module named {fullname!r}', name=fullname)
        return None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option to run the cores' tests alone."""
    parser.addoption(
        '--without-ros', action='store_true',
        help='rclpy and the messages cannot be imported; test_ros_*.py are left out',
    )  # fmt: skip
    parser.addoption(
        '--long', action='store_true',
        help='tests marked long, too, and thousands of damaged inputs per edge instead of dozens',
    )  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is marked long unless it is asked for."""
    if config.getoption('--long'):
        return
    long = [item for item in items if item.get_closest_marker('long')]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


def pytest_configure(config: pytest.Config) -> None:
    """Hides ROS, or takes a free domain id that no other test session uses."""
    os.environ['F2P_HOME'] = str(config.rootpath)  # nothing goes to the user's data folder
    if config.getoption('--without-ros'):
        sys.meta_path.insert(0, _Absent())
        return
    # Begun in the background, this process ignores SIGINT, and so would those the tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Shared memory would leave files behind whenever a test kills a process.
    os.environ.setdefault('FASTDDS_BUILTIN_TRANSPORTS', 'UDPv4')
    network = ExitStack()
    network.enter_context(own_network())
    config.add_cleanup(network.close)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[[Registry[Any], Any], None]:
    """Returns a function that puts a definition into a table for the time of one test."""

    def add(table: Registry[Any], definition: Any) -> None:
        monkeypatch.setattr(table, '_definitions', {name: table[name] for name in table.names})
        table.register(definition)

    return add


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves out the tests that need ROS when ROS is hidden."""
    hidden = config.getoption('--without-ros')
    return True if hidden and collection_path.name.startswith('test_ros_') else None
