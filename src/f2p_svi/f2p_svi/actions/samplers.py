# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The call sampler of ours: informative calls sought round the failed one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_effects.protocol import EffectModel
from f2p_svi.actions.calls import CallKernel, CallRequest, choose_calls
from f2p_svi.config import ActionConfig
from f2p_svi.diagnostics import Stopwatch
from f2p_svi.errors import SviError
from f2p_svi.protocol import SampledCalls

__all__ = ['SoughtCalls']


@dataclass(frozen=True)
class SoughtCalls:
    """Calls that ascend what makes them informative, and the shares that do something else.

    Attributes:
        name: Name in the figures.
        kernel: How calls repel each other.
        config: Objective, shares of the kinds of calls, spreads and steps.
    """

    name: str
    kernel: CallKernel
    config: ActionConfig

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
            SviError: If no call or no scene is asked for.
            CancelledError: If ``control`` said stop.
        """
        if n_calls < 1 or not scenes:
            raise SviError(f'asked for {n_calls} calls in {len(scenes)} scenes; both must be ≥ 1')
        watch = Stopwatch(control.now_s)
        request = CallRequest(failed, n_calls, self.config, model.device)
        rng = np.random.default_rng(seed)
        chosen = choose_calls(scenes, model, request, rng, control, self.kernel)
        watch.lap('actions')
        ran = {'call_sampler': self.name, 'objective': self.config.objective}
        return SampledCalls(chosen.by_scene, ran | chosen.figures | watch.seconds)
