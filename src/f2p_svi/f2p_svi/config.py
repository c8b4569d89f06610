# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Settings of the inference; the single source of their defaults, bounds, units and meaning."""

from __future__ import annotations

import torch

from f2p_core.parameters import Config, parameter
from f2p_core.skill import SHIPPED_HAND
from f2p_svi.errors import SviError


class StateConfig(Config):
    """The prior and likelihood of pre-skill scenes, and how long particles move.

    Raises:
        InvalidInputError: If a value is outside its bounds.
    """

    likelihood_temperature: float = parameter(
        1000.0,
        'divides the log likelihood of the clouds: 1 gives copies of one scene, more gives spread',
        low=1.0,
        high=1e6,
    )
    cloud_noise_m: float = parameter(0.003, 'noise of seen points', unit='m', low=1e-4, high=0.1)
    relation_temperature_m: float = parameter(
        0.005, 'margin over which a relation turns from unlikely to likely', unit='m', low=1e-4
    )
    relation_weight: float = parameter(
        50.0, 'weight of the mean relation bit, per pair of objects that was seen', low=0.0
    )
    contact_std_m: float = parameter(
        0.002, 'spread of the gap of a seen contact, and softness of bodies', unit='m', low=1e-4
    )
    position_std_m: float = parameter(
        0.12, 'prior spread of a position about the fitted one', unit='m', low=1e-3, high=1.0
    )
    extent_range: float = parameter(
        0.2, 'prior range of each extent: up to this share larger or smaller', low=0.01, high=2.0
    )
    mass_range: float = parameter(
        0.5, 'prior range of masses: up to this share larger or smaller', low=0.0, high=5.0
    )
    friction_range: float = parameter(
        0.3, 'prior range of friction: up to this share larger or smaller', low=0.0, high=5.0
    )
    start_scale: float = parameter(
        0.3, 'spread of the start in units of the prior; unseen objects start at 1', low=0.0
    )
    iterations: int = parameter(60, 'SVGD steps', low=1, high=10000)
    step_size: float = parameter(
        0.12, 'first Adam step in units of the prior spread', low=1e-5, high=1.0
    )


class ActionConfig(Config):
    """Which skill calls are sought round the failed one.

    Raises:
        InvalidInputError: If a value is outside its bounds.
    """

    objective: str = parameter(
        'geometry',
        'what makes a call informative: entropy of the relations, mutual information with the '
        'model, or disagreement about where objects go',
        choices=('geometry', 'predictive', 'bald'),
    )
    temperature: float = parameter(
        0.5, 'temperature of the objective, in units of its spread over the start', low=1e-3
    )
    spread: float = parameter(
        0.25, 'std of calls about the failed one, as a share of the bounds', low=1e-3, high=10.0
    )
    trust_share: float = parameter(
        0.25, 'share of the calls kept close to the failed one', low=0.0, high=1.0
    )
    trust_spread: float = parameter(
        0.05, 'std of those calls, as a share of the bounds', low=0.0, high=1.0
    )
    other_share: float = parameter(
        0.25,
        'share of the calls that do something else with the same object',
        low=0.0,
        high=1.0,
    )
    hand_opening_m: float = parameter(
        SHIPPED_HAND.opening_m,
        'distance of the fingers when open: no call is sought that grasps what is wider',
        unit='m',
        low=0.0,
        high=1.0,
    )
    iterations: int = parameter(8, 'SVGD steps', low=0, high=10000)
    step_size: float = parameter(0.2, 'first Adam step', low=1e-5, high=1.0)


class GeneratorConfig(Config):
    """How scenes and calls are drawn.

    Raises:
        InvalidInputError: If a value is outside its bounds.
    """

    state: StateConfig = StateConfig()
    action: ActionConfig = ActionConfig()
    device: str = parameter(
        'auto',
        'where scenes are inferred; calls are where the model is',
        choices=('auto', 'cpu', 'cuda'),
    )
    oversampling: float = parameter(
        1.5, 'particles per scene wanted, since some do not survive settling', low=1.0, high=10.0
    )
    max_rounds: int = parameter(4, 'rounds of particles before giving up', low=1, high=100)
    relation_tolerance_m: float = parameter(
        0.01, 'a seen margin smaller than this binds no scene', unit='m', low=0.0
    )


def resolve_device(name: str) -> torch.device:
    """Returns the device of that name; ``auto`` takes CUDA where there is one.

    Raises:
        SviError: If CUDA is asked for and not there.
    """
    available = torch.cuda.is_available()
    if name == 'cuda' and not available:
        raise SviError("device 'cuda' is not available; choose 'auto' or 'cpu'")
    return torch.device('cuda' if available and name != 'cpu' else 'cpu')
