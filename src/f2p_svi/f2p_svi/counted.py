# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Samplers of any package, held to what they promise: as many as are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.failure import Failure
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_effects.protocol import EffectModel
from f2p_svi.errors import SviError
from f2p_svi.protocol import CallSampler, SampledCalls, SampledScenes, SceneSampler

__all__ = ['CountedCalls', 'CountedScenes']


@dataclass(frozen=True)
class CountedScenes:
    """A scene sampler whose scenes are counted.

    Attributes:
        method: Name of the method it is part of, for the message.
        sampler: Draws the scenes.
    """

    method: str
    sampler: SceneSampler

    def sample_scenes(
        self, failure: Failure, n_scenes: int, *, seed: int, control: Control = UNCONTROLLED
    ) -> SampledScenes:
        """Draws scenes; see ``f2p_svi.protocol.SceneSampler``.

        Raises:
            SviError: If there are not as many, or not of the failure's objects, as well as what
                the sampler raises.
        """
        drawn = self.sampler.sample_scenes(failure, n_scenes, seed=seed, control=control)
        if len(drawn.scenes) != n_scenes:
            raise SviError(
                f'method {self.method!r} drew {len(drawn.scenes)} scenes; {n_scenes} were asked '
                'for'
            )
        wanted = failure.before.scene.object_ids
        for i, scene in enumerate(drawn.scenes):
            if scene.object_ids != wanted:
                raise SviError(
                    f'method {self.method!r} drew scene {i} of the objects '
                    f'{", ".join(scene.object_ids)}; the failure has {", ".join(wanted)}'
                )
        return drawn


@dataclass(frozen=True)
class CountedCalls:
    """A call sampler whose calls are counted.

    Attributes:
        method: Name of the method it is part of, for the message.
        sampler: Chooses the calls.
    """

    method: str
    sampler: CallSampler

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
        """Chooses calls; see ``f2p_svi.protocol.CallSampler``.

        Raises:
            SviError: If there are not as many in each scene, as well as what the sampler raises.
        """
        chosen = self.sampler.sample_calls(
            scenes, failed, model, n_calls, seed=seed, control=control
        )
        counts = [len(row) for row in chosen.by_scene]
        if counts != [n_calls] * len(scenes):
            raise SviError(
                f'method {self.method!r} chose {sum(counts)} calls in {len(counts)} scenes; '
                f'{n_calls} in each of {len(scenes)} were asked for'
            )
        return chosen
