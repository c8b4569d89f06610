# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Settings of search, monitor and classification: the single source of defaults and bounds."""

from __future__ import annotations

from f2p_core.parameters import Config, parameter
from f2p_core.skill import SHIPPED_HAND


class PlannerConfig(Config):
    """How hard the planner searches and what it accepts.

    Raises:
        InvalidInputError: If a value is outside its bounds.
    """

    threshold: float = parameter(
        0.9, 'plan score from which a plan counts as confident', low=0.0, high=1.0
    )
    satisfied_score: float = parameter(
        0.95, 'plan score from which no longer plan is looked for', low=0.0, high=1.0
    )
    max_evaluations: int = parameter(
        20000, 'most predictions (state and call) of one search', low=1, high=10_000_000
    )
    max_time_s: float = parameter(30.0, 'time cap of one search', unit='s', low=0.01, high=3600.0)
    beam_width: int = parameter(16, 'states kept per plan length', low=1, high=10_000)
    samples: int = parameter(3, 'parameter samples per possible call', low=1, high=100)
    proposals: int = parameter(
        32, 'placements drawn per possible call to choose the samples from', low=1, high=1000
    )
    clearance_m: float = parameter(
        0.015,
        'least gap between a placed object and others, or a pushed one and the edge',
        unit='m',
        low=0.0,
        high=0.2,
    )
    hand_opening_m: float = parameter(
        SHIPPED_HAND.opening_m,
        'distance of the fingers when open: what is wider is not planned to be grasped',
        unit='m',
        low=0.0,
        high=1.0,
    )
    comfortable_clearance_m: float = parameter(
        0.05, 'gap beyond which more is not better', unit='m', low=0.0, high=0.5
    )
    refined_plans: int = parameter(3, 'best plans whose parameters are refined', low=0, high=100)
    refine_rounds: int = parameter(3, 'rounds of refinement', low=0, high=100)
    refine_variants: int = parameter(24, 'variants per plan and round', low=1, high=1000)


class MonitorConfig(Config):
    """When a difference between prediction and observation counts.

    Raises:
        InvalidInputError: If a value is outside its bounds.
    """

    confident: float = parameter(
        0.9,
        'probability p from which (and 1 − p down to which) a prediction binds',
        low=0.5,
        high=1.0,
    )
    hysteresis_m: float = parameter(
        0.01, 'observed margin a mismatch has to exceed', unit='m', low=0.0, high=0.5
    )
    frames: int = parameter(3, 'consecutive observations that must agree', low=1, high=100)


class ClassifyConfig(Config):
    """How replays decide on the kind of a failure.

    Raises:
        InvalidInputError: If a value is outside its bounds.
    """

    min_replays: int = parameter(20, 'fewest replays that may decide', low=1, high=10_000)
    frequent: float = parameter(
        0.6, 'share of the replays from which an outcome counts as frequent', low=0.5, high=1.0
    )
    moved_m: float = parameter(
        0.03, 'displacement from which an object counts as moved', unit='m', low=0.0, high=1.0
    )
    far_m: float = parameter(
        0.3,
        'distance from the action beyond which a change is no effect of it',
        unit='m',
        low=0.0,
        high=10.0,
    )
    rare: float = parameter(
        0.1, 'share of the replays below which a movement counts as unexplained', low=0.0, high=0.5
    )
