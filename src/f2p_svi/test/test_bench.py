# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The benchmark measures what it says; no time is asserted."""

from __future__ import annotations

from pathlib import Path
import sys

import pytest
import torch

from f2p_svi.bench import bench_own, bench_peers, compare, PARTICLES, seconds_per_call
from f2p_svi.errors import SviError


def test_the_least_mean_of_all_repeats_counts() -> None:
    now = 0.0

    def clock() -> float:
        return now

    lengths = iter([9.0] * 20 + [2.0, 2.0, 1.0, 1.0] + [5.0] * 200)

    def run() -> None:
        nonlocal now
        now += next(lengths)

    assert seconds_per_call(run, 2, clock) == 1.0


def test_our_iteration_is_timed_on_one_thread_and_threads_are_given_back() -> None:
    torch.set_num_threads(2)
    assert bench_own(4, 3, calls=1) > 0.0
    assert torch.get_num_threads() == 2


def test_without_peers_only_ours_is_reported() -> None:
    report = compare()
    assert set(report['ms']) == {'f2p_svi'}
    assert set(report['ms']['f2p_svi']) == {str(n) for n in PARTICLES}
    assert 'ratio_to_ours' not in report


def test_an_interpreter_without_the_peers_is_named_with_its_error(tmp_path: Path) -> None:
    bare = tmp_path / 'python'
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    bare.chmod(0o755)
    with pytest.raises(SviError, match=r'could not time the peers: .*No module named'):
        bench_peers(str(bare))
