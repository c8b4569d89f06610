# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The benchmarks that need no ROS; whoever brings the nodes up adds those that do."""

from __future__ import annotations

from f2p_eval.bench.runner import Benchmark

CORE_BENCHMARKS = (
    Benchmark(
        'learning',
        'from a failure to a better model, whole and per stage',
        'f2p_eval.bench.learning',
    ),
    Benchmark(
        'rollouts',
        'simulated skills against raw mujoco.rollout on the same models',
        'f2p_eval.bench.rollouts',
    ),
    Benchmark(
        'svgd',
        'an SVGD iteration against blackjax and numpyro on the same target',
        'f2p_eval.bench.svgd',
    ),
    Benchmark(
        'relations',
        'relation margins of eight objects',
        'f2p_eval.bench.relations',
    ),
    Benchmark(
        'planning',
        'plans of the transport task: time, predictions, score, and whether they are true',
        'f2p_eval.bench.planning',
    ),
    Benchmark(
        'perception',
        'from a cloud of 300,000 points to relations',
        'f2p_eval.bench.perception',
    ),
)
