# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A method: the failure's own scene again and again, and calls drawn blindly about the failed one.

What any method must beat. It needs no physics to settle in and no model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.failure import Failure
from f2p_core.scene import Scene
from f2p_core.skill import call_bounds, SkillCall
from f2p_effects.protocol import EffectModel
from f2p_svi.methods import Method, Parts
from f2p_svi.protocol import SampledCalls, SampledScenes

SPREAD = 0.05
"""Standard deviation of the calls about the failed one, as a share of their bounds."""


class CopiedScenes:
    """A ``SceneSampler``."""

    def sample_scenes(
        self, failure: Failure, n_scenes: int, *, seed: int, control: Control = UNCONTROLLED
    ) -> SampledScenes:
        """Returns the fitted scene ``n_scenes`` times."""
        del seed
        control.check('scenes')
        control.report('scenes', n_scenes, n_scenes)
        return SampledScenes((failure.before.scene,) * n_scenes, {'scene_sampler': COPIES.name})


class BlindCalls:
    """A ``CallSampler``."""

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
        """Draws calls about the failed one, whatever the model thinks of them."""
        del model
        control.check('actions')
        rng = np.random.default_rng(seed)
        low, high = call_bounds(scenes[0], failed.skill, failed.object_id, failed.target_id)
        noise = rng.normal(scale=SPREAD, size=(len(scenes), n_calls, len(low)))
        drawn = np.clip(np.array(failed.parameters) + noise * (high - low), low, high)
        by_scene = tuple(
            tuple(failed.model_copy(update={'parameters': tuple(p)}) for p in scene_calls)
            for scene_calls in drawn.tolist()
        )
        return SampledCalls(by_scene, {})


def _scenes(parts: Parts) -> CopiedScenes:
    del parts
    return CopiedScenes()


def _calls(parts: Parts) -> BlindCalls:
    del parts
    return BlindCalls()


COPIES = Method('copies', 'one scene copied, calls drawn blindly', _scenes, _calls)
