# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a scene generator must offer: one failure in, targeted scenes and skill calls out."""

from __future__ import annotations

from typing import Any, Protocol

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.failure import Failure
from f2p_core.models import Value
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_effects.protocol import EffectModel


class GeneratedData(Value):
    """Scenes like the failure's and skill calls the model is unsure about.

    Attributes:
        scenes: n pre-skill scenes.
        calls: Per scene its m skill calls.
        diagnostics: Named figures of the run (see the generator's documentation), JSON values.
    """

    scenes: tuple[Scene, ...]
    calls: tuple[tuple[SkillCall, ...], ...]
    diagnostics: dict[str, Any]


class SceneGenerator(Protocol):
    """Turns one failure into scenes and skill calls."""

    def generate(
        self,
        failure: Failure,
        model: EffectModel,
        *,
        n_scenes: int,
        n_calls: int,
        seed: int,
        control: Control = UNCONTROLLED,
    ) -> GeneratedData:
        """Generates ``n_scenes`` scenes with ``n_calls`` calls each.

        Raises:
            SviError: If no scene like the failure's can be found, saying which relation resists.
            CancelledError: If ``control`` said stop.
        """
