# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Segments of dead processes go, those of living ones stay."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
import time

from f2p_core.shared_memory import MIN_AGE_S, sweep

DEAD, ALIVE, YOUNG = (f'fastrtps_{digit * 16}' for digit in '0af')


def segment(folder: Path, name: str, age_s: float) -> Path:
    for path in (folder / name, folder / f'{name}_el'):
        path.touch()
        os.utime(path, (time.time() - age_s,) * 2)
    return folder / f'{name}_el'


def test_only_segments_of_dead_processes_go(tmp_path: Path) -> None:
    old_s = 2 * MIN_AGE_S
    segment(tmp_path, DEAD, old_s)
    segment(tmp_path, 'fastdds_' + '1' * 16, old_s)
    segment(tmp_path, YOUNG, 0.0)
    other = segment(tmp_path, 'fastrtps_port7411', old_s)
    with segment(tmp_path, ALIVE, old_s).open('ab') as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert sweep(tmp_path) == 2
    left = {path.name.removesuffix('_el') for path in tmp_path.iterdir()}
    assert left == {ALIVE, YOUNG, other.name.removesuffix('_el')}
    assert sweep(tmp_path / 'none') == 0
