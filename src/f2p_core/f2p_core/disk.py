# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Writing to a disk that may be full, read-only or forbidden, and tidying up after the killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
import errno
import fcntl
from getpass import getuser
import logging
import os
from pathlib import Path
import shutil
import tempfile
import time
import uuid

from f2p_core.errors import StorageError

MEGABYTE = 2**20
"""Bytes per megabyte, as parameters and messages count them."""

ROOM_BYTES = 100 * MEGABYTE
"""What must be free before work begins: a learning run writes about 10 MB [bytes]."""

DAMAGED_FOLDER = 'damaged'
"""Where damaged files are put, beside the place where they were found."""

_UNFINISHED_AFTER_S = 1.0
"""A temporary file that nobody holds is left over once it is this old [s]: a writer takes its lock
within microseconds of making it."""

_MENDS = {
    errno.ENOSPC: 'make room on that disk',
    errno.EDQUOT: 'the disk quota of this user is used up; make room',
    errno.EROFS: 'that disk is mounted read-only; mount it writable, or name another folder',
    errno.EFBIG: 'files may not become that large here; raise the limit (ulimit -f)',
    errno.ENOENT: 'its folder does not exist; make it',
    errno.ENOTDIR: 'a file lies where a folder should; move it away',
    errno.EISDIR: 'a folder lies where the file should; move it away',
    errno.EEXIST: 'something else lies at that place; move it away',
    errno.ELOOP: 'its links lead in a circle; remove them',
    errno.ENAMETOOLONG: 'choose a shorter name',
}

_LOG = logging.getLogger(__name__)


@contextmanager
def storing(path: str | os.PathLike[str]) -> Iterator[None]:
    """Tells what goes wrong while something is written as an error of ours.

    Args:
        path: What is written, for the message.

    Raises:
        StorageError: In place of any ``OSError`` of the block: names the path and what mends it.
    """
    try:
        yield
    except OSError as error:
        raise StorageError(
            f'{Path(path).absolute()}: cannot be written: {error.strerror}; {_mend(error)}'
        ) from error
    except ValueError as error:
        if '\0' not in os.fspath(path):
            raise
        raise StorageError(f'{os.fspath(path)!r}: a path cannot hold NUL') from error


def _mend(error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM):
        return f'give the user {_user()} write permission, or name another folder'
    return _MENDS.get(error.errno or 0, 'look after that disk')


def _user() -> str:
    with suppress(OSError, KeyError):
        return getuser()
    return str(os.geteuid())


def write_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """Writes a file so that readers and crashes see the old content or the new, never a part.

    Args:
        path: The file; its folder must exist.
        content: The whole content.

    Raises:
        StorageError: If the file cannot be written; the old one is then untouched.
    """
    target = Path(path)
    with storing(target):
        temporary = target.with_name(f'.{target.name}.{uuid.uuid4().hex}.tmp')
        try:
            with temporary.open('xb') as stream:
                with suppress(OSError):  # some network disks have no locks
                    fcntl.flock(stream, fcntl.LOCK_EX)
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
                temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        flush(target.parent)


def flush(path: Path) -> None:
    """Puts a file or the names in a folder on the disk.

    Raises:
        OSError: If that fails.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep_temporaries(folder: Path) -> tuple[Path, ...]:
    """Removes what killed writers of ``write_atomically`` left in a folder and below it.

    What another process is writing stays: it holds a lock on it.

    Returns:
        What was removed.
    """
    return tuple(path for path in sorted(folder.rglob('.*.tmp')) if _removed(path))


def _removed(path: Path) -> bool:
    with suppress(OSError):
        handle = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - os.fstat(handle).st_mtime < _UNFINISHED_AFTER_S:
                return False
            path.unlink()
            return True
        finally:
            os.close(handle)
    return False


def set_aside(path: Path, why: object) -> Path:
    """Moves a damaged file into the folder ``damaged`` beside it, and says so in the log.

    Args:
        path: The file, or whatever lies in its place.
        why: What is wrong with it, a clause.

    Returns:
        Where it is now; what was there before stays.

    Raises:
        StorageError: If it cannot be moved.
    """
    with storing(path):
        folder = path.parent / DAMAGED_FOLDER
        folder.mkdir(exist_ok=True)
        place = folder / path.name
        count = 1
        while os.path.lexists(place):
            count += 1
            place = folder / f'{path.stem}_{count}{path.suffix}'
        path.rename(place)
    _LOG.error('%s; it is set aside as %s', why, place)
    return place


def require_room(folder: Path, needed_bytes: int = ROOM_BYTES) -> None:
    """Refuses to begin where a file could not be written: asked before work, not after it.

    Args:
        folder: Where files shall go; made when missing.
        needed_bytes: What must be free there [bytes].

    Raises:
        StorageError: If nothing can be written there or too little is free.
    """
    with storing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise StorageError(
            f'{folder.absolute()}: {free / MEGABYTE:.0f} MB are free on that disk and '
            f'{needed_bytes / MEGABYTE:.0f} MB are needed before work begins; make room'
        )
