# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What learning works with; ``assemble`` puts it together for the node and for ``local_tools``."""

from __future__ import annotations

from typing import NamedTuple

from f2p_effects.data import ExecutionDataset
from f2p_effects.store import ModelStore
from f2p_learning.library import FailureLibrary
from f2p_learning.pretrain import OldData
from f2p_sim.protocol import Simulator
from f2p_svi.protocol import CallSampler, SceneSampler

__all__ = ['LearningTools', 'assemble']


class LearningTools(NamedTuple):
    """What the loop works with; each part can be exchanged for another of its Protocol.

    Attributes:
        simulator: Executes skill calls in generated scenes.
        scenes: Draws scenes like the failure's.
        calls: Chooses calls for them.
        store: Where models come from and go to.
        library: Keeps every failure and what was learned from it.
        replay: Old executions that are mixed in.
        held_out: Old executions the gate checks for forgetting; disjoint from ``replay``.
    """

    simulator: Simulator
    scenes: SceneSampler
    calls: CallSampler
    store: ModelStore
    library: FailureLibrary
    replay: ExecutionDataset
    held_out: ExecutionDataset


def assemble(
    simulator: Simulator,
    scenes: SceneSampler,
    calls: CallSampler,
    store: ModelStore,
    library: FailureLibrary,
) -> LearningTools:
    """Returns tools with the old executions that lie beside the models.

    Raises:
        EffectsError: If they cannot be read.
    """
    old = OldData(store.directory)
    return LearningTools(
        simulator=simulator,
        scenes=scenes,
        calls=calls,
        store=store,
        library=library,
        replay=old.replay(),
        held_out=old.held_out(),
    )
