# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Whether the place a call leads to is free, by the planned motion alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
import torch

from f2p_core.geometry.prisms import gaps, Prisms
from f2p_core.scene import Scene
from f2p_core.supports import contents
from f2p_effects.inputs import geometry_of
from f2p_effects.model import geometry_prisms
from f2p_effects.motion import planned_motion


def ends_clear(
    scene: Scene,
    skill: str,
    object_id: str,
    target_id: str,
    parameters: NDArray[np.float64],
    clearance_m: float,
) -> NDArray[np.bool_]:
    """Tells for which parameters the acted object's planned end is clear of other objects.

    The target does not count, nor does what stands in or on the acted object.

    Args:
        scene: The scene before the call.
        skill: Name of the skill.
        object_id: The acted object.
        target_id: Its target.
        parameters: K sets of its parameters, shape (K, P).
        clearance_m: Least sideways gap [m].

    Returns:
        Shape (K,).

    Raises:
        InvalidInputError: If the scene has no such object.
    """
    count = len(parameters)
    one = geometry_prisms(geometry_of([scene]))
    prisms = Prisms(*(field.expand(count, *field.shape[1:]) for field in one))
    acted_index = torch.full((count,), scene.index(object_id))
    target_index = torch.full((count,), scene.index(target_id))
    values = torch.tensor(parameters, dtype=torch.float32)
    skills = torch.zeros(count, dtype=torch.int64)
    planned = planned_motion(prisms, (skill,), skills, acted_index, target_index, values)
    acted = prisms.take(acted_index)
    between = gaps(prisms, acted.moved(planned.displacement_m, planned.turn_rad).unsqueeze(1))
    clear = (between.lateral > clearance_m) | (between.vertical > 0.0)
    own = [scene.index(i) for i in (object_id, target_id, *contents(scene, object_id))]
    clear[:, own] = True
    return np.asarray(clear.all(dim=1))
