# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The launch file: made from the node table; read by the real launch where that is installed."""

from __future__ import annotations

from collections.abc import Iterator
import importlib
from pathlib import Path
import runpy
import sys
from typing import Any
from unittest.mock import MagicMock

import pytest

pytest.importorskip('rclpy')

from f2p_bringup.node_table import NODES
from f2p_bringup.settings import store_settings

FILE = Path(__file__).parents[1] / 'launch' / 'mobile_manipulator.launch.py'
LAUNCHING = 'f2p_bringup.ros.launching'
ARGUMENTS = [
    'sim', 'use_sim_time', 'config', 'models', 'points', 'namespace', 'autostart', 'log_level',
]  # fmt: skip
PARTS = {
    'launch': ('actions', 'conditions', 'launch_description', 'substitutions'),
    'launch_ros': ('actions', 'substitutions'),
}


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What the launch file asks launch_ros for, by executable; both packages only listen."""
    for package, parts in PARTS.items():
        monkeypatch.setitem(sys.modules, package, MagicMock())
        for part in parts:
            monkeypatch.setitem(sys.modules, f'{package}.{part}', MagicMock())
    monkeypatch.delitem(sys.modules, LAUNCHING, raising=False)
    runpy.run_path(str(FILE))['generate_launch_description']()
    asked = importlib.import_module('launch_ros.actions').Node.call_args_list
    yield {call.kwargs['executable']: call.kwargs for call in asked}
    sys.modules.pop(LAUNCHING)


def test_it_starts_the_nodes_of_the_table(nodes: dict[str, Any]) -> None:
    assert [(n['package'], n['executable'], n['name']) for n in nodes.values()] == [
        (spec.package, spec.executable, spec.executable) for spec in NODES
    ]


def test_only_what_stands_in_for_a_robot_is_left_out_with_one(nodes: dict[str, Any]) -> None:
    conditional = {name for name, node in nodes.items() if node['condition'] is not None}
    assert conditional == {spec.executable for spec in NODES if spec.is_simulated}


def test_overrides_are_those_of_the_table(nodes: dict[str, Any]) -> None:
    stored = store_settings(Path('models'), Path('out'))
    for spec in NODES:
        *files, overrides = nodes[spec.executable]['parameters']
        assert len(files) == 2
        assert ('use_sim_time' in overrides) != spec.is_simulated
        assert ('autostart' in overrides) == spec.is_managed
        assert ('models_directory' in overrides) == (spec.executable in stored)


def test_launch_reads_it() -> None:
    sources = pytest.importorskip('launch.launch_description_sources')
    pytest.importorskip('launch_ros.actions')
    context = importlib.import_module('launch').LaunchContext()
    source = sources.PythonLaunchDescriptionSource(str(FILE))
    description = source.get_launch_description(context)
    assert [a.name for a in description.get_launch_arguments()] == ARGUMENTS
    packages = [e.node_package for e in description.entities if hasattr(e, 'node_package')]
    assert packages == [spec.package for spec in NODES]
