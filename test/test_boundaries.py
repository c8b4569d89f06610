# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The architecture as a test: who may import whom, and where ROS may be imported."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from f2p_core.registry import Registry
import house as houses
import room_names
import rooms

TESTS = sorted(houses.SOURCES.glob('*/test/test_*.py'))


def name(path: Path) -> str:
    return str(path.relative_to(houses.SOURCES))


@pytest.fixture(scope='module')
def house() -> houses.House:
    return houses.read_house()


def made(folder: Path, files: dict[str, str]) -> houses.House:
    """Returns a house of packages with these files, named by module."""
    for module, content in files.items():
        path = folder / houses.package(module) / f'{module.replace(".", "/")}.py'
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return houses.read_house(folder)


def test_the_floors_name_every_package() -> None:
    assert {path.parent.name for path in houses.SOURCES.glob('*/setup.py')} == set(rooms.FLOOR_OF)


def test_the_house_is_read(house: houses.House) -> None:
    packages = rooms.arrows(house, houses.package)
    assert set(packages) == set(rooms.FLOOR_OF)
    assert not packages['f2p_core']
    assert packages['f2p_bringup']['f2p_core'] > 0


def test_a_room_names_what_another_defines_only_where_it_says_why(house: houses.House) -> None:
    assert list(room_names.complaints(house, room_names.tables(house))) == []


def test_nothing_goes_in_circles(house: houses.House) -> None:
    assert list(rooms.circles(house)) == []


def test_imports_go_down(house: houses.House) -> None:
    assert list(rooms.arrows_not_down(house)) == []


def test_ros_stays_in_ros_folders(house: houses.House) -> None:
    assert list(rooms.ros_outside(house)) == []


@pytest.mark.parametrize('path', TESTS, ids=name)
def test_only_tests_of_ros_import_it(path: Path) -> None:
    if path.name.startswith('test_ros_'):
        return
    names = [imported for _, imported in houses.imported_names(path)]
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
    rooms.main([])
    assert capsys.readouterr().out.count('imports from') == len(rooms.FLOOR_OF)
    rooms.main(['--folders'])
    assert '\nf2p_svi.stein imports from\n' in capsys.readouterr().out
    rooms.main(['--files'])
    assert 'f2p_core.registry imports from' in capsys.readouterr().out
    rooms.main(['--dot'])
    assert '  "f2p_eval" -> "f2p_core" [label=' in capsys.readouterr().out


def test_names_of_definitions_are_found_outside_of_their_room(tmp_path: Path) -> None:
    house = made(
        tmp_path,
        {
            'f2p_core.registry.__init__': "NAME = 'push'\n",
            'f2p_core.other': '"""push"""\nif skill == "push":\n    kinds = ["pushed", "pull"]\n',
            'f2p_sim.a': 'def f():\n    from f2p_core.registry import Registry, D\n',
        },
    )
    tables = [room_names.Table('skill', 'f2p_core.registry', {'push': 1, 'pull': Registry})]
    named = list(room_names.namings(house, tables))
    assert named == [
        ('f2p_core.other', 2, 'skill', 'push'),
        ('f2p_core.other', 3, 'skill', 'pull'),
        ('f2p_sim.a', 2, 'skill', 'pull'),
    ]
    allowed = [
        room_names.Allowed('f2p_core', 'skill', 'x'),
        room_names.Allowed('f2p_sim.b', 'skill', 'x'),
    ]
    why_not = 'ask its definition, or say in tools/room_names.py why not'
    assert list(room_names.complaints(house, tables, allowed)) == [
        f"f2p_sim.a:2 names the skill 'pull': {why_not}"
    ]
    assert list(room_names.needless(house, tables, allowed)) == [
        'f2p_sim.b names no skill any more: take it from tools/room_names.py',
    ]


def test_asking_for_the_class_of_a_definition_names_it(tmp_path: Path) -> None:
    ask = 'from f2p_core.registry import Registry\nisinstance(x, (int, Registry))\n'
    house = made(
        tmp_path,
        {
            'f2p_core.registry.__init__': '',
            'f2p_sim.asks': ask,
            'f2p_sim.makes': 'from f2p_core.registry import Registry\nRegistry()\n',
        },
    )
    kind = SimpleNamespace(shape=Registry)
    tables = [room_names.Table('shape', 'f2p_core.registry', {'register': kind})]
    assert list(room_names.namings(house, tables)) == [('f2p_sim.asks', 1, 'shape', 'register')]


def test_the_registries_of_the_house_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    things = Registry('skill', 'none', (3, 4), lambda n: f'n{n}')
    monkeypatch.setattr('f2p_core.registry.THINGS', things, raising=False)
    source = 'THINGS: Registry[int] = Registry("thing", "none", (3, 4), name_of)\n'
    house = made(tmp_path, {'f2p_core.registry': source})
    (table,) = room_names.tables(house)
    assert (table.what, table.room, list(table.definitions)) == ('skill', 'f2p_core', ['n3', 'n4'])
    sentences = list(room_names.lines(house, [table]))
    assert sentences == ['f2p_core defines each skill: n3, n4']
