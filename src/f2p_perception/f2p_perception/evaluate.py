# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Measures perception against truth: ``python -m f2p_perception.evaluate --scenes 500``.

Random scenes of the two-table workspace are ray-cast with depth and label noise from the head
camera and perceived from one view each, with and without labels. Printed as JSON: the F1 score of
the relations, per relation and over all of them; what was missed; and the time per cloud.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
import json
import platform
import sys
import time
from typing import Any

import numpy as np

from f2p_core.scene import Scene
from f2p_perception.bench import bench, Clocks, Instant, label_names, milliseconds, now, view_of
from f2p_perception.config import PerceptionConfig
from f2p_perception.perceive import perceive
from f2p_perception.raycast import add_noise, DepthNoise, head_camera, ray_cast
from f2p_perception.relations import symbolic_state
from f2p_perception.scores import compare, no_counts, summary
from f2p_perception.tracks import TrackState
from f2p_tasks.tabletop import sample_tabletop, TABLE_A, TABLE_B, tables, TabletopConfig


def random_scene(rng: np.random.Generator) -> Scene:
    """Draws a scene: up to seven objects in the container, up to three beside it on each table."""
    config = TabletopConfig(
        inside=int(rng.integers(0, 8)),
        on_a=int(rng.integers(0, 4)),
        on_b=int(rng.integers(0, 4)),
        container_on=(TABLE_A, TABLE_B)[int(rng.integers(0, 2))],
    )
    return sample_tabletop(config, rng)


def evaluate(
    scenes: int, seed: int, config: PerceptionConfig, clocks: Clocks, report: Callable[[int], None]
) -> dict[str, Any]:
    """Perceives random scenes with and without labels.

    Args:
        scenes: How many.
        seed: Of scenes and noise.
        config: Settings of perception.
        clocks: For the times per cloud.
        report: Called with the number of scenes done.
    """
    counts = {True: no_counts(), False: no_counts()}
    spans: dict[bool, list[tuple[Instant, Instant]]] = {True: [], False: []}
    camera, camera_map = head_camera()
    for i in range(scenes):
        rng = np.random.default_rng([seed, i])
        scene = random_scene(rng)
        picture = add_noise(ray_cast(scene, camera, camera_map), DepthNoise(), rng)
        for labelled in (True, False):
            view = view_of(scene, picture, labelled)
            names = label_names(scene) if labelled else {}
            began = now(clocks)
            _, perceived = perceive(TrackState(), view, tables(), config, names)
            state = symbolic_state(perceived, rng, config.relation_samples)
            spans[labelled].append((began, now(clocks)))
            found = compare(scene, perceived.observation, state)
            counts[labelled] = counts[labelled].plus(found)
        report(i + 1)
    return {
        name: summary(counts[labelled]) | {'first_view_ms': milliseconds(spans[labelled])}
        for name, labelled in (('with_labels', True), ('without_labels', False))
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the measurements as JSON; progress goes to standard error."""
    parser = argparse.ArgumentParser(prog='python -m f2p_perception.evaluate', description=__doc__)
    parser.add_argument('--scenes', type=int, default=500, help='random scenes; 0: only time')
    parser.add_argument('--frames', type=int, default=25, help='clouds to time')
    parser.add_argument('--seed', type=int, default=0)
    options = parser.parse_args(arguments)
    config = PerceptionConfig()

    def report(done: int) -> None:
        if done % 25 == 0 or done == options.scenes:
            print(f'perceived {done} of {options.scenes} scenes', file=sys.stderr, flush=True)

    clocks = Clocks(time.perf_counter, time.process_time)
    result: dict[str, Any] = {'scenes': options.scenes, 'seed': options.seed}
    if options.scenes > 0:
        result |= evaluate(options.scenes, options.seed, config, clocks, report)
    if options.frames > 0:
        result['known_scene'] = bench(options.frames, options.seed, config, clocks)
    result['machine'] = {
        'processor': platform.processor() or platform.machine(),
        'python': platform.python_version(),
        'numpy': np.__version__,
    }
    print(json.dumps(result, indent=2))
    return 0


if __name__ == '__main__':
    sys.exit(main())
