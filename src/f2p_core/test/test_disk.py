# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Files are written whole or not at all, and what prevents it is told with its mend."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from f2p_core.disk import require_room, set_aside, storing, sweep_temporaries, write_atomically
from f2p_core.errors import StorageError


def test_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / 'scene.json'
    write_atomically(target, b'old')

    def no_space(_: int) -> None:
        raise OSError(errno.ENOSPC, 'No space left on device')

    monkeypatch.setattr(os, 'fsync', no_space)
    with pytest.raises(StorageError, match=r'/scene\.json: .* No space .* make room'):
        write_atomically(target, b'new')
    assert target.read_bytes() == b'old'
    assert [p.name for p in tmp_path.iterdir()] == ['scene.json']


def test_write_replaces_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / 'a.json'
    for content in (b'one', b'two'):
        write_atomically(target, content)
        assert target.read_bytes() == content
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ('code', 'mend'),
    [
        (errno.EROFS, 'mounted read-only'),
        (errno.EACCES, 'give the user .* write permission'),
        (errno.EDQUOT, 'quota'),
        (errno.EIO, 'look after that disk'),
    ],
)
def test_every_refusal_of_the_system_has_a_mend(code: int, mend: str) -> None:
    with pytest.raises(StorageError, match=f'/tmp/x: cannot be written: .*; .*{mend}'), storing(
        '/tmp/x'
    ):
        raise OSError(code, os.strerror(code))


def test_a_path_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match='cannot hold NUL'):
        write_atomically(f'{tmp_path}/a\0b', b'')
    with pytest.raises(StorageError, match='its folder does not exist'):
        write_atomically(tmp_path / 'none' / 'a', b'')
    (tmp_path / 'folder').mkdir()
    with pytest.raises(StorageError, match='a folder lies where the file should'):
        write_atomically(tmp_path / 'folder', b'')


def test_only_what_nobody_writes_any_more_is_swept(tmp_path: Path) -> None:
    (tmp_path / 'run').mkdir()
    names = ('.a.json.0.tmp', 'run/.b.json.1.tmp', 'run/.held.2.tmp', 'kept.tmp', '.kept.json')
    for name in names:
        (tmp_path / name).write_bytes(b'half')
        os.utime(tmp_path / name, (0, 0))
    (tmp_path / '.new.3.tmp').write_bytes(b'just made')
    (tmp_path / '.link.4.tmp').symlink_to(tmp_path / 'kept.tmp')
    with (tmp_path / 'run/.held.2.tmp').open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        swept = sweep_temporaries(tmp_path)
    assert swept == (tmp_path / names[0], tmp_path / names[1])
    assert not any(path.exists() for path in swept)
    assert (tmp_path / 'kept.tmp').exists()


def test_what_is_set_aside_is_kept_beside_earlier_ones(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    places = []
    for content in ('one', 'two'):
        (tmp_path / 'a.json').write_text(content)
        places.append(set_aside(tmp_path / 'a.json', f'{content} is damaged'))
    assert [p.name for p in places] == ['a.json', 'a_2.json']
    assert [p.read_text() for p in places] == ['one', 'two']
    assert 'two is damaged; it is set aside as' in caplog.text
    os.mkfifo(tmp_path / 'a.json')
    assert set_aside(tmp_path / 'a.json', 'it is a FIFO').is_fifo()


def test_room_is_asked_for_before_work(tmp_path: Path) -> None:
    require_room(tmp_path / 'new' / 'folder')
    assert list((tmp_path / 'new' / 'folder').iterdir()) == []
    with pytest.raises(StorageError, match=r'MB are free .* MB are needed .* make room'):
        require_room(tmp_path, 2**60)
    (tmp_path / 'file').touch()
    with pytest.raises(StorageError, match='move it away'):
        require_room(tmp_path / 'file')
