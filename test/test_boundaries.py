# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The architecture as a test: who may import whom, and where ROS may be imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parent.parent / 'src'
FLOORS = (
    {'f2p_core'},
    {'f2p_perception', 'f2p_effects', 'f2p_sim'},
    {'f2p_planner', 'f2p_svi', 'f2p_viz', 'f2p_moveit'},
    {'f2p_learning'},
    {'f2p_replay'},
    {'f2p_eval'},
    {'f2p_bringup'},
)
FLOOR_OF = {package: height for height, floor in enumerate(FLOORS) for package in floor}
FORBIDDEN = {'f2p_svi': {'f2p_sim'}}
ROS_PREFIXES = (
    'rclpy',
    'ament_index_python',
    'launch',
    'launch_ros',
    'tf2_ros',
    'tf_transformations',
    'moveit',
)
MODULES = sorted(SOURCES.glob('*/f2p_*/**/*.py'))
TESTS = sorted(SOURCES.glob('*/test/test_*.py'))


def imported_modules(path: Path) -> Iterator[str]:
    """Yields the dotted names a file imports, wherever in the file, as absolute names."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f'{path}:{node.lineno} imports by a relative name'
            yield from (f'{node.module}.{alias.name}' for alias in node.names)


def is_ros(module: str) -> bool:
    """Whether a module belongs to ROS: a client library or a message package."""
    root = module.partition('.')[0]
    return root.endswith(('_msgs', '_interfaces', '_srvs')) or root in ROS_PREFIXES


def name(path: Path) -> str:
    return str(path.relative_to(SOURCES))


def test_the_floors_name_every_package() -> None:
    assert {path.parent.name for path in SOURCES.glob('*/setup.py')} == set(FLOOR_OF)


@pytest.mark.parametrize('path', [*MODULES, *TESTS], ids=name)
def test_ros_stays_in_ros_folders(path: Path) -> None:
    if 'ros' in path.relative_to(SOURCES).parts or path.name.startswith('test_ros_'):
        return
    ros = [m for m in imported_modules(path) if is_ros(m) or '.ros.' in m or m.endswith('.ros')]
    assert not ros, f'{name(path)} is outside a ros/ folder and imports {ros}'


@pytest.mark.parametrize('path', MODULES, ids=name)
def test_imports_go_down(path: Path) -> None:
    own = path.relative_to(SOURCES).parts[0]
    for module in imported_modules(path):
        other = module.partition('.')[0]
        if other == own or other not in FLOOR_OF:
            continue
        assert FLOOR_OF[other] < FLOOR_OF[own], f'{name(path)} imports {module}, not below it'
        assert other not in FORBIDDEN.get(own, ()), f'{name(path)} may not import {module}'


def test_the_rules_catch_what_they_are_for(tmp_path: Path) -> None:
    source = tmp_path / 'module.py'
    source.write_text('def f():\n    from std_msgs.msg import String\n    import rclpy.node\n')
    assert [is_ros(m) for m in imported_modules(source)] == [True, True]
    assert not is_ros('numpy.linalg')
