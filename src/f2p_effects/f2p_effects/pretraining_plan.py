# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Draws what the model is pretrained on: the entries of one task, or of several together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_effects.clearance import ends_clear
from f2p_effects.errors import EffectsError
from f2p_tasks import PretrainingEntry

_TRIES = 32
"""Scenes drawn to find one that allows a call of the entry."""


class PlannedExecution(NamedTuple):
    """One execution to simulate and the name of the entry it was drawn for."""

    entry: str
    scene: Scene
    call: SkillCall


def draw_execution(
    entries: Sequence[PretrainingEntry], rng: np.random.Generator
) -> PlannedExecution:
    """Draws a scene and a call in it by the shares of the entries.

    Raises:
        EffectsError: If no call is found in many scenes; the entry is then inconsistent.
    """
    shares = np.array([entry.share for entry in entries])
    entry = entries[int(rng.choice(len(shares), p=shares / shares.sum()))]
    return draw_from(entry, rng)


def draw_from(entry: PretrainingEntry, rng: np.random.Generator) -> PlannedExecution:
    """Draws an execution of one kind.

    Raises:
        EffectsError: If none is found in many scenes.
    """
    for _ in range(_TRIES):
        scene = entry.scene(rng)
        call = entry.call(scene, rng, ends_clear)
        if call is not None:
            return PlannedExecution(entry.name, scene, call)
    raise EffectsError(f'{entry.name}: no call found in {_TRIES} scenes; make more room in them')
