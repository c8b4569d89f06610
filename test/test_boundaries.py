# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The architecture as a test: who may import whom, and where ROS may be imported."""

from __future__ import annotations

from pathlib import Path

import pytest

import rooms

TESTS = sorted(rooms.SOURCES.glob('*/test/test_*.py'))


def name(path: Path) -> str:
    return str(path.relative_to(rooms.SOURCES))


@pytest.fixture(scope='module')
def house() -> rooms.House:
    return rooms.read_house()


def made(folder: Path, files: dict[str, str]) -> rooms.House:
    """Returns a house of packages with these files, named by module."""
    for module, content in files.items():
        path = folder / rooms.package(module) / f'{module.replace(".", "/")}.py'
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return rooms.read_house(folder)


def test_the_floors_name_every_package() -> None:
    assert {path.parent.name for path in rooms.SOURCES.glob('*/setup.py')} == set(rooms.FLOOR_OF)


def test_the_house_is_read(house: rooms.House) -> None:
    packages = rooms.arrows(house, rooms.package)
    assert set(packages) == set(rooms.FLOOR_OF)
    assert not packages['f2p_core']
    assert packages['f2p_bringup']['f2p_core'] > 0


def test_nothing_goes_in_circles(house: rooms.House) -> None:
    assert list(rooms.circles(house)) == []


def test_imports_go_down(house: rooms.House) -> None:
    assert list(rooms.arrows_not_down(house)) == []


def test_ros_stays_in_ros_folders(house: rooms.House) -> None:
    assert list(rooms.ros_outside(house)) == []


@pytest.mark.parametrize('path', TESTS, ids=name)
def test_only_tests_of_ros_import_it(path: Path) -> None:
    if path.name.startswith('test_ros_'):
        return
    names = [imported for _, imported in rooms.imported_names(path)]
    ros = [n for n in names if rooms.is_ros(n) or '.ros.' in n or n.endswith('.ros')]
    assert not ros, f'{name(path)} runs without ROS and imports {ros}'


def test_a_circle_of_files_is_found_even_inside_a_function(tmp_path: Path) -> None:
    house = made(
        tmp_path,
        {
            'f2p_core.a': 'from f2p_core import b\n',
            'f2p_core.b': 'def late():\n    from f2p_core.a import x\n',
        },
    )
    assert [s.partition(':')[0] for s in rooms.complaints(house)] == ['circle of files']


def test_a_circle_of_folders_without_one_of_files_is_found(tmp_path: Path) -> None:
    house = made(
        tmp_path,
        {
            'f2p_core.a.__init__': '',
            'f2p_core.b.__init__': '',
            'f2p_core.a.one': 'from f2p_core.b.two import x\n',
            'f2p_core.b.two': '',
            'f2p_core.b.three': 'import f2p_core.a.four\n',
            'f2p_core.a.four': '',
        },
    )
    assert [s.partition(':')[0] for s in rooms.complaints(house)] == ['circle of folders']


def test_an_arrow_upwards_makes_a_circle_or_not_and_is_found(tmp_path: Path) -> None:
    house = made(
        tmp_path,
        {
            'f2p_core.a': 'from f2p_effects.b import x\n',
            'f2p_effects.b': '',
            'f2p_sim.c': 'import f2p_effects.b\n',
            'f2p_svi.d': 'import f2p_sim.c, f2p_core.a\n',
        },
    )
    assert rooms.complaints(house) == [
        'f2p_core.a:1 imports f2p_effects.b.x, which is not below it',
        'f2p_sim.c:1 imports f2p_effects.b, which is not below it',
        'f2p_svi.d:1 may not import f2p_sim.c',
    ]


def test_ros_outside_its_folder_is_found(tmp_path: Path) -> None:
    program = 'def f():\n    from std_msgs.msg import String\n    import rclpy.node, numpy\n'
    house = made(
        tmp_path,
        {
            'f2p_core.a': program,
            'f2p_core.ros.b': program,
            'f2p_core.c': 'from f2p_core.ros.b import f\n',
        },
    )
    assert rooms.complaints(house) == [
        'f2p_core.a:2 imports std_msgs.msg.String outside a ros/ folder',
        'f2p_core.a:3 imports rclpy.node outside a ros/ folder',
        'f2p_core.c:1 imports f2p_core.ros.b.f outside a ros/ folder',
    ]


def test_a_package_on_no_floor_and_a_relative_import_are_refused(tmp_path: Path) -> None:
    house = made(tmp_path, {'f2p_new.a': ''})
    assert rooms.complaints(house) == ['f2p_new stands on no floor: name it in tools/rooms.py']
    with pytest.raises(ValueError, match='relative name'):
        made(tmp_path, {'f2p_new.b': 'from . import a\n'})


def test_the_graph_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert rooms.main([]) == 0
    assert capsys.readouterr().out.count('imports from') == len(rooms.FLOOR_OF)
    assert rooms.main(['--folders']) == 0
    assert '\nf2p_svi.stein imports from\n' in capsys.readouterr().out
    assert rooms.main(['--files']) == 0
    assert 'f2p_core.registry imports from' in capsys.readouterr().out
    assert rooms.main(['--dot']) == 0
    assert '  "f2p_eval" -> "f2p_core" [label=' in capsys.readouterr().out
