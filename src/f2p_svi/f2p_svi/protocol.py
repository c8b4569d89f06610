# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The two halves of a method: scenes like a failure's, and skill calls worth trying in scenes.

They are asked apart: whoever classifies a failure needs scenes alone, and the loop asks for the
calls of its training scenes and of its held-out scenes one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.failure import Failure
from f2p_core.models import Value
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_effects.protocol import EffectModel


class SampledScenes(NamedTuple):
    """Pre-skill scenes, and figures about them: JSON values by name (``f2p_svi.diagnostics``)."""

    scenes: tuple[Scene, ...]
    figures: dict[str, Any]


class SampledCalls(NamedTuple):
    """Per scene its calls, and figures about all of them: JSON values by name."""

    by_scene: tuple[tuple[SkillCall, ...], ...]
    figures: dict[str, Any]


class SceneSampler(Protocol):
    """Turns a failure into scenes like the one before it."""

    def sample_scenes(
        self, failure: Failure, n_scenes: int, *, seed: int, control: Control = UNCONTROLLED
    ) -> SampledScenes:
        """Draws ``n_scenes`` scenes.

        Args:
            failure: Only what was known before the skill is used.
            n_scenes: Scenes wanted, at least 1.
            seed: Of everything random; same seed, same scenes.
            control: Stops the work and is told of it.

        Returns:
            Exactly ``n_scenes`` scenes of the failure's objects, in their order.

        Raises:
            SviError: If no scene like the failure's can be found, saying what resists.
            CancelledError: If ``control`` said stop.
        """


class CallSampler(Protocol):
    """Chooses skill calls that would teach a model most."""

    def sample_calls(
        self,
        scenes: Sequence[Scene],
        failed: SkillCall,
        model: EffectModel,
        n_calls: int,
        *,
        seed: int,
        control: Control = UNCONTROLLED,
    ) -> SampledCalls:
        """Chooses ``n_calls`` calls for each scene.

        Args:
            scenes: At least one scene; all of the same objects.
            failed: The call that failed.
            model: The effect model that predicted wrongly.
            n_calls: Calls per scene, at least 1.
            seed: Of everything random; same seed, same calls.
            control: Stops the work and is told of it.

        Raises:
            CancelledError: If ``control`` said stop.
        """


class GeneratedData(Value):
    """What both halves drew for one failure, as it is kept.

    Attributes:
        scenes: Pre-skill scenes.
        calls: Per scene its skill calls; scenes may have different numbers of them.
        diagnostics: Named figures of both samplers, JSON values.
    """

    scenes: tuple[Scene, ...]
    calls: tuple[tuple[SkillCall, ...], ...]
    diagnostics: dict[str, Any]
