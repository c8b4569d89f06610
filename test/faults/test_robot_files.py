# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Damaged robot files: one sentence that names the file, or a robot that can be used."""

from __future__ import annotations

from collections.abc import Callable
import copy
from pathlib import Path
from typing import Any

from damage import bounded, damaged
import numpy as np
import pytest
import yaml

from f2p_moveit.errors import RobotFileError
from f2p_moveit.robot_file import read_robot_file, RobotFile

ROBOTS = Path(__file__).parents[2] / 'src' / 'f2p_bringup' / 'config' / 'robots'
OTHERS: tuple[Any, ...] = (
    None, '', 'x' * 5000, 0, -1, 1e308, float('nan'), float('inf'), True, [], {}, [None],
    ['a'] * 40, {'a': {'a': {}}}, '2026-01-01', 10**30,
)  # fmt: skip
"""What a field may be instead."""


def read(path: Path) -> RobotFile | None:
    with bounded():
        file = _file_or_problem(path)
    if isinstance(file, str):
        assert str(path) in file
        assert '\n' not in file
        return None
    again = RobotFile.model_validate_json(file.model_dump_json(), strict=True)
    assert again == file
    assert len(set(file.joint_names)) == len(file.joint_names)
    assert np.isfinite(list(file.gripper.positions(file.gripper.max_opening_m).values())).all()
    return file


def _file_or_problem(path: Path) -> RobotFile | str:
    try:
        return read_robot_file(path)
    except RobotFileError as error:
        return str(error)


@pytest.mark.parametrize('name', ['f2p', 'stretch_like', 'arm_on_bench'])
def test_damaged_bytes(name: str, inputs: int, tmp_path: Path) -> None:
    whole = (ROBOTS / f'{name}.yaml').read_bytes()
    path = tmp_path / 'damaged.yaml'
    found = []
    for data in damaged(whole, inputs // 3, 31):
        path.write_bytes(data)
        found.append(read(path))
    assert any(found)
    assert not all(found)


@pytest.mark.parametrize('name', ['f2p', 'stretch_like', 'arm_on_bench'])
def test_other_values(name: str, inputs: int, tmp_path: Path) -> None:
    whole = yaml.safe_load((ROBOTS / f'{name}.yaml').read_text())
    rng = np.random.default_rng(32)
    path = tmp_path / 'damaged.yaml'
    for _ in range(inputs // 3):
        content = copy.deepcopy(whole)
        change = _places(content)
        change[int(rng.integers(len(change)))](OTHERS[int(rng.integers(len(OTHERS)))])
        path.write_text(yaml.safe_dump(content))
        read(path)


def _places(content: Any) -> list[Callable[[Any], object]]:
    """Setters of every value in nested lists and dictionaries."""
    keys = content.keys() if isinstance(content, dict) else range(len(content))
    found: list[Callable[[Any], object]] = []
    for key in list(keys):
        found.append(lambda value, key=key: content.__setitem__(key, value))  # type: ignore[misc]
        if isinstance(content[key], dict | list):
            found += _places(content[key])
    return found


@pytest.mark.parametrize(
    'content',
    [
        b'a: &a [*a]',
        b'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n'
        b'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n'
        b'e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n'
        b'g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n'
        b'i: &i [*h,*h,*h,*h,*h,*h,*h,*h,*h]\n',
        b'[' * 10_000,
        b'{a: ' * 3_000,
        b'!!python/object/apply:os.system [true]',
        b'1: 2\n? [1, 2]\n: 3\n',
        b'x' * 3_000_000,
    ],
    ids=['loop', 'unfolding', 'deep list', 'deep map', 'code', 'keys that are no words', 'large'],
)
def test_yaml_that_is_made_to_hurt(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / 'hurting.yaml'
    path.write_bytes(content)
    assert read(path) is None
