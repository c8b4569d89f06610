# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Times one SVGD iteration against blackjax and numpyro on the same target.

``python -m f2p_svi.bench [--peer-python PYTHON]`` prints one JSON object. The peers run in an
interpreter of their own that has blackjax, numpyro and jax (for example
``python -m venv peers && peers/bin/pip install blackjax numpyro``), so that jax is no dependency
of this package. Every contestant runs on one thread, with Adam and an RBF kernel whose bandwidth
follows the median of the pairwise distances in every iteration, on a standard normal; jitted peers
are compiled first.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
import json
import os
from pathlib import Path
import subprocess
import sys
import time
from typing import Any

import torch

from f2p_svi.errors import SviError
from f2p_svi.stein.kernels import blackjax_bandwidth, RadialKernel
from f2p_svi.stein.optimizers import Adam
from f2p_svi.stein.svgd import Score, Svgd, SvgdState

__all__ = ['bench_own', 'bench_peers', 'compare', 'main', 'seconds_per_call']

PARTICLES = (20, 64, 256)
"""Numbers of particles that are timed: the default, a larger and a large one."""

DIMENSION = 30
"""Coordinates of a particle: five objects of six."""

_WARM_UP = 20
"""Calls that are not timed: caches fill, peers compile."""

_REPEATS = 60
"""Repeats of which the quickest counts: others are disturbed by the machine."""


def seconds_per_call(run: Callable[[], object], calls: int, clock: Callable[[], float]) -> float:
    """Returns the least mean time of a call over several repeats [s]: the one least disturbed."""
    for _ in range(_WARM_UP):
        run()
    best = float('inf')
    for _ in range(_REPEATS):
        start = clock()
        for _ in range(calls):
            run()
        best = min(best, (clock() - start) / calls)
    return best


def bench_own(
    n: int, d: int = DIMENSION, calls: int = 10, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Returns the time of one of our SVGD iterations with n particles in d dimensions [s]."""

    def standard_normal(x: torch.Tensor) -> Score:
        return Score(-0.5 * x.square().sum(-1), -x)

    svgd = Svgd(standard_normal, RadialKernel(bandwidth=blackjax_bandwidth), Adam(0.1))
    state: SvgdState = svgd.init(torch.randn(n, d, generator=torch.Generator().manual_seed(0)))

    def run() -> None:
        nonlocal state
        state, _ = svgd.step(state)

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return seconds_per_call(run, calls, clock)
    finally:
        torch.set_num_threads(threads)


def bench_peers(
    peer_python: str, particles: Sequence[int] = PARTICLES, d: int = DIMENSION
) -> dict[str, Any]:
    """Returns what another interpreter measures of blackjax and numpyro.

    Returns:
        ``versions`` and ``seconds``: name of the peer → number of particles → seconds.

    Raises:
        SviError: If that interpreter fails, with the last line it wrote.
    """
    script = Path(__file__).with_name('bench_peers.py')
    one_thread = {
        'OMP_NUM_THREADS': '1',
        'XLA_FLAGS': '--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1',
    }
    done = subprocess.run(
        [peer_python, str(script), str(d), *map(str, particles)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | one_thread,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f'exit status {done.returncode}'])[-1]
        raise SviError(f'{peer_python} could not time the peers: {last}')
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(peer_python: str | None = None) -> dict[str, Any]:
    """Returns all times [ms] and, per peer, its time divided by ours (> 1: ours is faster)."""
    own = {str(n): 1e3 * bench_own(n) for n in PARTICLES}
    report: dict[str, Any] = {'dimension': DIMENSION, 'ms': {'f2p_svi': own}}
    if peer_python is not None:
        peers = bench_peers(peer_python)
        report['versions'] = peers['versions']
        for name, seconds in peers['seconds'].items():
            report['ms'][name] = {n: 1e3 * s for n, s in seconds.items()}
            ratios = {n: 1e3 * s / own[n] for n, s in seconds.items()}
            report.setdefault('ratio_to_ours', {})[name] = ratios
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the comparison as JSON."""
    parser = argparse.ArgumentParser(prog='python -m f2p_svi.bench', description=__doc__)
    parser.add_argument('--peer-python', help='interpreter that has blackjax and numpyro')
    chosen = parser.parse_args(arguments)
    print(json.dumps(compare(chosen.peer_python), indent=2))
    return 0


if __name__ == '__main__':
    sys.exit(main())
