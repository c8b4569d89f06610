# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Physical parameters of a simulation, and how far the simulated world is from the learner's."""

from __future__ import annotations

import numpy as np

from f2p_core.parameters import Config, parameter

_GAP_AT_ONE = 0.2
"""Share by which the world's physics differs at scale 1; our definition of the gap."""

_TIMESTEP_GAP_S = 0.001
"""By how much its time step is shorter at scale 1 [s]."""

_SHORTEST_TIMESTEP_S = 0.002
"""No time step is shorter [s]: the simulation would only take longer."""


class PhysicsParameters(Config):
    """What may differ between two simulations of one scene; the defaults are the learner's."""

    timestep_s: float = parameter(
        0.004, 'Integration step; grasps hold up to 4 ms', unit='s', low=0.001, high=0.005
    )
    friction_scale: float = parameter(
        1.0, 'Factor on the friction of every object and of the pads', low=0.1, high=3.0
    )
    mass_scale: float = parameter(1.0, 'Factor on the mass of every object', low=0.1, high=5.0)
    actuation_scale: float = parameter(
        1.0, 'Factor on stiffness, damping and force limits of every servo', low=0.3, high=3.0
    )


LEARNER_PHYSICS = PhysicsParameters()


def reality_gap(scale: float, seed: int) -> PhysicsParameters:
    """Returns the physics of a world that differs from the learning simulator.

    This is our definition of the Sim2Real gap: at ``scale`` 1, friction, mass and actuation are
    each 20 % higher or lower (the signs drawn from ``seed``) and the time step is 3 ms, not 4 ms.

    Args:
        scale: 0 (same physics) and up; 3 is 60 %.
        seed: Chooses the three signs.

    Raises:
        InvalidInputError: If a parameter leaves its bounds.
    """
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=3)
    friction, mass, actuation = (1.0 + _GAP_AT_ONE * scale * signs).tolist()
    return PhysicsParameters(
        timestep_s=max(LEARNER_PHYSICS.timestep_s - _TIMESTEP_GAP_S * scale, _SHORTEST_TIMESTEP_S),
        friction_scale=friction,
        mass_scale=mass,
        actuation_scale=actuation,
    )
