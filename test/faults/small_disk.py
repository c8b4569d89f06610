# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A program for a disk of its own: fills it, makes it read-only, and tries every writer.

Run in a namespace where a small tmpfs lies at the given folder. Prints a line per finding that is
not as it should be; the test expects none, and ``done`` as the last line.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import subprocess
import sys

from stored import FAILURE, REQUEST, SMALL, some_executions, WORD

from f2p_core.control import Control
from f2p_core.disk import require_room
from f2p_core.errors import StorageError
from f2p_core.files import write_scene
from f2p_effects.data import ExecutionDataset, save_dataset
from f2p_effects.model import new_model
from f2p_effects.store import ModelStore
from f2p_learning.arrivals import Arrivals
from f2p_learning.library import FailureLibrary
from f2p_learning.pending import PendingRequests
from f2p_learning.run_directory import RunDirectory

OTHER = FAILURE.model_copy(update={'failure_id': 'other'})
ANOTHER = FAILURE.model_copy(update={'failure_id': 'another'})


class Disk:
    """Everything that writes, on one disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = ModelStore(folder / 'models')
        self.library = FailureLibrary(folder / 'failures')
        self.pending = PendingRequests(folder / 'runs' / 'pending_requests.json')
        self.run = RunDirectory(folder / 'runs' / 'run')
        self.executions: ExecutionDataset = some_executions()
        self.store.save(new_model(SMALL, 1))
        self.store.activate(1)
        self.library.add(FAILURE)
        self.library.add_executions(FAILURE.failure_id, self.executions)
        self.pending.add(REQUEST)

    def content(self) -> dict[str, bytes]:
        """Every file that is kept, but locks and what fills the disk."""
        files = (p for p in self.folder.rglob('*') if p.is_file() and p.name[0] != '.')
        return {str(p): p.read_bytes() for p in files if p.name != 'filler'}

    def writers(self) -> dict[str, Callable[[], object]]:
        """What is tried."""
        library, failure_id = self.library, FAILURE.failure_id
        return {
            'save': lambda: self.store.save(new_model(SMALL, 2)),
            'activate': lambda: self.store.activate(1, who='Ada', why='x' * 5000),
            'add': lambda: library.add(OTHER),
            'correct': lambda: library.correct(failure_id, WORD),
            'learned': lambda: library.add_executions(failure_id, self.executions),
            'pending': lambda: self.pending.add(REQUEST.model_copy(update={'run_id': 'x' * 5000})),
            'run file': lambda: self.run.write_json('gate.json', ['x' * 5000]),
            'run': lambda: RunDirectory(self.folder / 'runs' / 'new').write_json('a', 'x' * 5000),
            'scene': lambda: write_scene(self.folder / 'scene.json', FAILURE.before.scene),
            'data set': lambda: save_dataset(self.executions, self.folder / 'data.safetensors'),
            'room': lambda: require_room(self.folder / 'runs'),
        }


def refused(disk: Disk, mend: str) -> None:
    """Prints every writer that does not say what mends it, or that changes what was there."""
    before = disk.content()
    for name, write in disk.writers().items():
        try:
            write()
            print(f'{name}: no error where {mend}')
        except StorageError as error:
            if mend not in str(error) or str(disk.folder) not in str(error):
                print(f'{name}: {error}')
        except Exception as error:
            print(f'{name}: {type(error).__name__}: {error}')
        if disk.content() != before:
            print(f'{name}: something else is kept now')
    if disk.store.load_active().version != 1:
        print('the active version is another one')


def fill(folder: Path) -> None:
    """Leaves no byte free."""
    with (folder / 'filler').open('wb', buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


def main(folder: Path) -> None:
    """Tries the full disk, then one with room again, then the read-only one."""
    disk = Disk(folder)
    arrivals = Arrivals(disk.library, lambda _: None)
    fill(folder)
    refused(disk, 'make room')
    arrivals.keep(ANOTHER)
    if (arrivals.held, 'another' in disk.library.ids()) != (1, False):
        print('a failure without room is not held')
    (folder / 'filler').unlink()
    arrivals.retry()
    if (arrivals.held, 'another' in disk.library.ids()) != (0, True):
        print('a failure is not kept once there is room')
    if disk.store.save(new_model(SMALL, 2)).version != 2:
        print('a version that had no room has left its number')
    with disk.store.turn(Control()):
        pass
    for options in (['--bind', str(folder)], ['-o', 'remount,bind,ro']):
        subprocess.run(['mount', *options, str(folder)], check=True)
    refused(disk, 'read-only')
    print('done')


if __name__ == '__main__':
    main(Path(sys.argv[1]))
