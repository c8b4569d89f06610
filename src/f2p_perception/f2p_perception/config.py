# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Settings of perception, one description for plain Python and for ROS parameters."""

from __future__ import annotations

from functools import partial

from f2p_core.parameters import Config, parameter
from f2p_core.relations import EVERY_RELATION, RELATIONS_HELP

threshold = partial(parameter, live=True)
"""A number that may be set between two clouds, while one looks at what comes of it."""


class PerceptionConfig(Config):
    """How clouds become objects; lengths in metres."""

    max_range_m: float = threshold(
        6.0, 'Points farther from the sensor than this are dropped', unit='m', low=0.1, high=100.0
    )
    max_points: int = threshold(
        4_000_000, 'Clouds with more points are refused', low=1000, high=100_000_000
    )
    height_above_support_m: float = threshold(
        0.5,
        'Objects are looked for up to this height above a support',
        unit='m',
        low=0.05,
        high=3.0,
    )
    max_support_error_m: float = threshold(
        0.05,
        'A support found farther than this from its configured height is an error',
        unit='m',
        low=0.001,
        high=0.5,
    )
    surface_band_m: float = threshold(
        0.008,
        'Without labels, points nearer than this to a support belong to it',
        unit='m',
        low=0.001,
        high=0.05,
    )
    min_seen_points: int = threshold(
        30, 'An object counts as seen with at least this many points', low=5, high=10_000
    )
    min_piece_points: int = threshold(
        10, 'Without labels, smaller groups of points are taken for noise', low=3, high=10_000
    )
    depth_sigma_m: float = threshold(
        0.003, 'Standard deviation of a point from its surface', unit='m', low=0.0002, high=0.05
    )
    voxel_m: float = threshold(
        0.004, 'Grid the cloud is thinned to before clustering', unit='m', low=0.001, high=0.05
    )
    cluster_gap_m: float = threshold(
        0.011,
        'Without labels, points farther apart than this are of two objects',
        unit='m',
        low=0.002,
        high=0.2,
    )
    small_width_min_m: float = threshold(
        0.030, 'Usual width of a small object, from', unit='m', low=0.005, high=0.5
    )
    small_width_max_m: float = threshold(
        0.060, 'Usual width of a small object, to', unit='m', low=0.005, high=0.5
    )
    small_height_min_m: float = threshold(
        0.030, 'Usual height of a small object, from', unit='m', low=0.005, high=0.5
    )
    small_height_max_m: float = threshold(
        0.090, 'Usual height of a small object, to', unit='m', low=0.005, high=0.5
    )
    container_width_min_m: float = threshold(
        0.18,
        'Anything wider than this both ways is taken for a container, which is usually this '
        'wide, from',
        unit='m',
        low=0.05,
        high=2.0,
    )
    container_width_max_m: float = threshold(
        0.50, 'Usual width of a container, to', unit='m', low=0.05, high=2.0
    )
    container_height_min_m: float = threshold(
        0.06, 'Usual height of a container, from', unit='m', low=0.02, high=2.0
    )
    container_height_max_m: float = threshold(
        0.16, 'Usual height of a container, to', unit='m', low=0.02, high=2.0
    )
    container_wall_m: float = threshold(
        0.006, 'Thickness of a container wall and floor', unit='m', low=0.001, high=0.1
    )
    container_handle_m: float = threshold(
        0.12,
        'Usual height of the handle bar above the rim; 0: containers have no handle',
        unit='m',
        low=0.0,
        high=1.0,
    )
    relation_samples: int = threshold(
        24, 'Poses drawn per object for the probability of a relation', low=1, high=1000
    )
    relations: tuple[str, ...] = parameter(EVERY_RELATION, RELATIONS_HELP)


USUAL_CONFIG = PerceptionConfig()
