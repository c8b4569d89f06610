# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Times SVGD iterations of blackjax and numpyro; run by ``f2p_svi.bench`` elsewhere.

This file is executed by an interpreter that has blackjax and numpyro, and imports nothing else of
this package. Arguments: dimension, then numbers of particles. Prints one line of JSON.
"""

from __future__ import annotations

from collections.abc import Callable
import json
import sys
import time
from typing import Any

WARM_UP, REPEATS, CALLS = 20, 60, 10


def seconds_per_step(step: Callable[[Any], Any], state: Any, ready: Callable[[Any], Any]) -> float:
    """Returns the least mean time of a jitted step over several repeats [s]."""
    for _ in range(WARM_UP):
        state = step(state)
    ready(state)
    best = float('inf')
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(CALLS):
            state = step(state)
        ready(state)
        best = min(best, (time.perf_counter() - start) / CALLS)
    return best


def main(dimension: int, particles: list[int]) -> dict[str, Any]:
    """Measures both peers."""
    import blackjax  # noqa: PLC0415  (only that interpreter has them)
    from blackjax.vi.svgd import rbf_kernel, update_median_heuristic  # noqa: PLC0415
    import jax  # noqa: PLC0415
    import jax.numpy as jnp  # noqa: PLC0415
    import numpyro  # noqa: PLC0415
    from numpyro.contrib.einstein import RBFKernel, SVGD  # noqa: PLC0415
    import optax  # noqa: PLC0415

    def model() -> None:
        normal = numpyro.distributions.Normal(jnp.zeros(dimension), 1.0)
        numpyro.sample('x', normal.to_event(1))

    def blackjax_seconds(n: int) -> float:
        sampler = blackjax.svgd(lambda x: -x, optax.adam(0.1), rbf_kernel, update_median_heuristic)
        start = sampler.init(jax.random.normal(jax.random.key(0), (n, dimension)))
        return seconds_per_step(jax.jit(sampler.step), start, jax.block_until_ready)

    def numpyro_seconds(n: int) -> float:
        svgd = SVGD(model, numpyro.optim.Adam(0.1), RBFKernel(), num_stein_particles=n)
        update = jax.jit(svgd.update)
        start = svgd.init(jax.random.key(0))
        return seconds_per_step(
            lambda s: update(s)[0], start, lambda s: jax.block_until_ready(s.optim_state)
        )

    return {
        'versions': {m.__name__: m.__version__ for m in (jax, blackjax, numpyro)},
        'seconds': {
            'blackjax': {str(n): blackjax_seconds(n) for n in particles},
            'numpyro': {str(n): numpyro_seconds(n) for n in particles},
        },
    }


if __name__ == '__main__':
    size, *counts = (int(argument) for argument in sys.argv[1:])
    print(json.dumps(main(size, counts)))
