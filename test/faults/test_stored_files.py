# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""One bit flipped or the end cut off, in every kind of file we keep: never believed."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
import shutil

from damage import bounded, damaged
import pytest
from stored import FAILURE, Kind, KINDS

from f2p_core.disk import DAMAGED_FOLDER
from f2p_core.errors import F2PError, InvalidInputError
from f2p_core.files import parse_document, read_scene
from f2p_core.scene import Scene


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """What is set aside is said thousands of times here."""
    logging.getLogger('f2p_core.disk').setLevel(logging.CRITICAL)


def test_no_damage_is_believed(kind: Kind, tmp_path: Path, inputs: int) -> None:
    path = kind.make(tmp_path)
    whole, meant = path.read_bytes(), kind.read(tmp_path)
    refused = 0
    for i, content in enumerate(damaged(whole, inputs, 11)):
        _put(path, content)
        found = _read(kind, tmp_path)
        refused += isinstance(found, F2PError) or found == kind.gone
        assert found != meant, i
        assert not isinstance(found, F2PError) or path.stem in str(found), (i, found)
        shutil.rmtree(path.parent / DAMAGED_FOLDER, ignore_errors=True)
    assert refused == inputs
    _put(path, whole)
    assert kind.read(tmp_path) == meant


@pytest.mark.parametrize('what', ['fifo', 'loop', 'folder', 'zero', 'nowhere', 'nul', 'empty'])
def test_whatever_lies_in_its_place_is_refused_at_once(
    kind: Kind, tmp_path: Path, what: str
) -> None:
    path = kind.make(tmp_path)
    path.unlink()
    if what == 'fifo':
        os.mkfifo(path)
    elif what == 'folder':
        path.mkdir()
    elif what in ('nul', 'empty'):
        path.write_bytes(bytes(10_000) if what == 'nul' else b'')
    else:
        places = {'loop': path, 'zero': Path('/dev/zero'), 'nowhere': path.parent / 'none'}
        path.symlink_to(places[what])
    found = _read(kind, tmp_path)
    assert found == kind.gone or path.stem in str(found)


def test_a_scene_says_what_its_file_says(tmp_path: Path, inputs: int) -> None:
    """A person may write it, so it has no digest: what is accepted is what stands there."""
    whole = FAILURE.before.scene.model_dump_json(indent=1).encode()
    path, accepted = tmp_path / 'scene.json', 0
    for content in damaged(whole, inputs, 12):
        path.write_bytes(content)
        scene = _scene(path)
        if isinstance(scene, InvalidInputError):
            assert str(scene).startswith(str(path))
            continue
        accepted += 1
        assert json.loads(scene.model_dump_json()) == json.loads(content)
        assert parse_document(Scene, scene.model_dump_json().encode(), 'again') == scene
    assert 0 < accepted < inputs


def _read(kind: Kind, folder: Path) -> object:
    """What is read, or the refusal of ours."""
    try:
        with bounded():
            return kind.read(folder)
    except F2PError as error:
        return error


def _scene(path: Path) -> Scene | InvalidInputError:
    try:
        with bounded():
            return read_scene(path)
    except InvalidInputError as error:
        return error


def _put(path: Path, content: bytes) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.write_bytes(content)
