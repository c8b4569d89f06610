# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Parameters of the node ``world``, and the world they describe."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from f2p_core.batch import stack_scenes
from f2p_core.errors import InvalidInputError
from f2p_core.files import read_scene
from f2p_core.geometry.distance import pair_distance
from f2p_core.limits import Limits
from f2p_core.parameters import Config, parameter
from f2p_core.ros.labels import DEFAULT_LABEL_NAMES, LABEL_NAMES_HELP
from f2p_core.scene import Scene
from f2p_sim.errors import SimError
from f2p_sim.physics import reality_gap
from f2p_sim.world import SimulatedWorld, WorldOptions
from f2p_tasks import DEFAULT_TASK, take_up

_DEEPEST_M = 0.006
"""Scenes whose bodies overlap by more [m] are refused, as by the simulator."""


class WorldConfig(Config):
    """Parameters of the node."""

    scene_file: str = parameter('', 'Start scene (JSON); empty: one is drawn')
    task: str = parameter(DEFAULT_TASK, 'Task whose start scene is drawn')
    objects: int = parameter(3, 'Size of the drawn scene, as the task counts it', low=1, high=100)
    seed: int = parameter(
        0, 'Draws the scene, the physics, the motions and the noise', low=0, high=2**31
    )
    gap_scale: float = parameter(
        1.0,
        'Size of the Sim2Real gap: at 1, friction, mass and actuation are 20 % off the learning '
        "simulator's and the time step differs",
        low=0.0,
        high=3.0,
    )
    depth_noise_m: float = parameter(
        0.002, 'Standard deviation of each depth reading', unit='m', low=0.0, high=0.05
    )
    instance: bool = parameter(
        True, 'Whether clouds carry a label per point, as behind a segmenter'
    )
    label_names: tuple[str, ...] = parameter(DEFAULT_LABEL_NAMES, LABEL_NAMES_HELP)
    camera_rate_hz: float = parameter(
        2.0, 'Camera rate after something moved', unit='1/s', low=0.1, high=30.0
    )
    resting_rate_hz: float = parameter(
        0.5, 'Camera rate once nothing has moved for a while', unit='1/s', low=0.05, high=30.0
    )
    resting_after_s: float = parameter(10.0, 'How long a while is', unit='s', low=0.0, high=3600.0)
    real_time_factor: float = parameter(
        0.0,
        'Simulated seconds per second at most while a skill runs; 0: as fast as it goes',
        low=0.0,
        high=100.0,
    )
    skill_limit_s: float = parameter(
        40.0, 'Simulated time after which a skill is stopped', unit='s', low=1.0, high=300.0
    )
    limits: Limits = Limits()


def start_scene(config: WorldConfig, seed: int) -> Scene:
    """Returns the scene of the file, or one drawn by the seed.

    Raises:
        InvalidInputError: If the file cannot be read, the task or a relation it needs is not
            known, or it does not come in that size.
    """
    if config.scene_file:
        return read_scene(Path(config.scene_file))
    return take_up(config.task).seeded_scene(config.objects, seed)


def make_world(scene: Scene, config: WorldConfig, seed: int) -> SimulatedWorld:
    """Returns a world that starts at the scene.

    Raises:
        InvalidInputError: If objects of the scene interpenetrate or it cannot be simulated.
    """
    _check_apart(scene)
    options = WorldOptions(
        physics=reality_gap(config.gap_scale, seed),
        depth_noise_m=config.depth_noise_m,
        limit_s=config.skill_limit_s,
    )
    try:
        return SimulatedWorld(scene, options, seed)
    except (SimError, ValueError) as error:
        raise InvalidInputError(f'the scene cannot be simulated: {error}') from error


def _check_apart(scene: Scene) -> None:
    distance = np.asarray(pair_distance(stack_scenes([scene])))[0]
    movable = np.array([not o.fixed for o in scene.objects])
    distance = np.where(movable[:, None] | movable[None, :], distance, np.inf)
    np.fill_diagonal(distance, np.inf)
    a, b = np.unravel_index(int(np.argmin(distance)), distance.shape)
    if distance[a, b] < -_DEEPEST_M:
        raise InvalidInputError(
            f'{scene.object_ids[a]} and {scene.object_ids[b]} overlap by '
            f'{-1000 * distance[a, b]:.0f} mm; move them apart'
        )
