# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A full disk, a read-only one and a folder without permission: our errors, with their mend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile

import pytest
from stored import FAILURE, SMALL

from f2p_core.disk import require_room
from f2p_core.errors import StorageError
from f2p_effects.model import new_model
from f2p_effects.store import ModelStore
from f2p_learning.arrivals import Arrivals
from f2p_learning.library import FailureLibrary

PROGRAM = Path(__file__).parent / 'small_disk.py'
MOUNTED = 'mount -t tmpfs -o size=8m none "$0" && exec "$@"'
"""Makes a disk of 8 MB at the first argument, which only this program sees, and goes on."""

NOBODY = 65534
"""A user who owns nothing."""


def on_small_disk(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    namespace = ['unshare', '-rm', 'sh', '-c', MOUNTED, str(folder)]
    return subprocess.run(
        [*namespace, *command], check=False, capture_output=True, text=True, timeout=120
    )


def test_full_and_read_only(tmp_path: Path) -> None:
    if shutil.which('unshare') is None or on_small_disk(tmp_path, 'true').returncode != 0:
        pytest.skip('no disk can be mounted here: unshare -rm and mount are not permitted')
    done = on_small_disk(tmp_path, sys.executable, str(PROGRAM), str(tmp_path))
    assert done.stdout.splitlines() == ['done'], done.stdout + done.stderr


@contextmanager
def forbidden_folder() -> Iterator[Path]:
    """A folder in which the current user may not write, whoever that is."""
    user = os.geteuid()
    new_model(SMALL, 1)  # what it imports may not be readable for everybody
    with tempfile.TemporaryDirectory(dir='/tmp') as name:
        folder = Path(name)
        ModelStore(folder / 'models').save(new_model(SMALL, 1))
        (folder / 'failures').mkdir()
        for path in (folder / 'models', folder / 'failures', folder):
            path.chmod(0o555)
        try:
            if user == 0:  # root may write anywhere
                os.seteuid(NOBODY)
            yield folder
        finally:
            os.seteuid(user)
            for path in (folder, *folder.iterdir()):
                path.chmod(0o755)


def test_without_permission(caplog: pytest.LogCaptureFixture) -> None:
    with forbidden_folder() as folder:
        store, library = ModelStore(folder / 'models'), FailureLibrary(folder / 'failures')
        assert store.load(1).version == 1
        arrivals = Arrivals(library, str)
        arrivals.keep(FAILURE)
        assert arrivals.held == 1
        for write in (
            lambda: store.save(new_model(SMALL, 2)),
            lambda: store.activate(1),
            lambda: library.add(FAILURE),
            lambda: require_room(folder / 'failures'),
            lambda: require_room(folder / 'new'),
        ):
            with pytest.raises(StorageError, match=f'{folder}.* give the user .* permission'):
                write()
    assert 'give the user' in caplog.text
