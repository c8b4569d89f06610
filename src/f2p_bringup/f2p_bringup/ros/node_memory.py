# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Benchmark: memory of all nodes together, when they wait and while they learn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from f2p_msgs.action import LearnFromFailure
from f2p_msgs.msg import ErrorCode, SceneObservation
import psutil

from f2p_bringup.ros.stack import Overrides, running_stack, Stack
from f2p_bringup.settings import merged, store_settings
from f2p_core.files import read_failure
from f2p_core.ros.action_client import ActionCaller, check_result
from f2p_core.ros.conversions.failure import failure_to_msg
from f2p_core.ros.qos import LATCHED
from f2p_core.ros.waiting import Latest
from f2p_eval.bench.figures import at_most, figure, Measurement
from f2p_eval.bench.settings import copy_models, Settings

MemoryMb = dict[str, float]
"""Proportional set size of each node [MB]."""

_SMALL_RUN = {
    'learning.n_scenes': 4,
    'learning.gate_scenes': 2,
    'learning.gate_calls': 1,
    'tuning.steps': 5,
}
_SAMPLE_S = 0.5
"""Time between two measurements [s]: short against every stage of learning."""

_SCENE_S = 60.0
"""For the first scene [s], on a machine that is busy."""

_LEARN_S = 540.0
"""For one learning run [s]: several times what it takes."""


def measure(settings: Settings) -> Measurement:
    """Measures the proportional set size (PSS) of the nodes' processes.

    PSS counts a page that k processes share as 1/k of a page in each, so that the sum over
    processes is the memory they take together. The peak is sampled during a learning run of 20
    executions, which uses every node but planner and failure detector.

    Raises:
        BringupError: If a node does not start.
        NodeError: If the run fails for another reason than the gate's refusal.
    """
    with (
        workplace(settings) as overrides,
        running_stack(settings.logs, overrides=overrides) as stack,
    ):
        _wait_for_scene(stack)
        idle = memory_mb(stack.group.pids)
        peak, node_peaks = _while_learning(stack, settings)
    return Measurement(
        figures=(
            figure('all_nodes_idle', [sum(idle.values())], 'MB'),
            figure('all_nodes_learning', [peak], 'MB', settings.judged(at_most(3000.0))),
            *(figure(f'{name}_idle', [value], 'MB') for name, value in idle.items()),
            *(figure(f'{name}_learning', [value], 'MB') for name, value in node_peaks.items()),
        ),
        conditions={'kind': 'PSS', 'nodes': len(idle), 'samples_every_s': _SAMPLE_S},
    )


def memory_mb(pids: Mapping[str, int]) -> MemoryMb:
    """Returns the proportional set size of processes, by name; nodes have no children."""
    return {
        name: float(psutil.Process(pid).memory_full_info().pss) / 1e6 for name, pid in pids.items()
    }


@contextmanager
def workplace(settings: Settings) -> Iterator[Overrides]:
    """Yields parameters that keep all files in a temporary folder, and learning short."""
    learner = {
        'learning.n_calls': 1,
        'learning.max_rounds': 1,
        **settings.amount({}, _SMALL_RUN),
    }
    with TemporaryDirectory(prefix='f2p-bench-') as name:
        models = copy_models(settings, Path(name))
        yield merged(store_settings(models, Path(name)), {'learner': learner})


def _wait_for_scene(stack: Stack) -> None:
    """Waits until a cloud went all the way through perception."""
    scene: Latest[Any] = Latest()
    stack.client.create_subscription(SceneObservation, 'scene', scene.put, LATCHED)
    scene.wait(lambda _: True, _SCENE_S, 'a scene')


def _while_learning(stack: Stack, settings: Settings) -> tuple[float, MemoryMb]:
    """Learns once and returns the largest sum and the largest value of each node [MB]."""
    goal = LearnFromFailure.Goal(
        failures=[failure_to_msg(read_failure(settings.failure))], seed=1, publish=False
    )
    learn = ActionCaller(stack.client, LearnFromFailure, 'learn_from_failure')
    samples = []
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(learn.call, goal, timeout_s=_LEARN_S)
        result = None
        while result is None:
            stack.group.check()
            samples.append(memory_mb(stack.group.pids))
            try:
                result = running.result(timeout=_SAMPLE_S)
            except TimeoutError:
                continue
    if result.error_code != ErrorCode.LEARNER_NOT_LEARNED:
        check_result(result, 'learn_from_failure')
    peaks = {name: max(sample[name] for sample in samples) for name in samples[0]}
    return max(sum(sample.values()) for sample in samples), peaks
