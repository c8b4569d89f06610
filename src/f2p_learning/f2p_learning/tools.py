# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where what learning works with is put together: for commands, harness and nodes alike."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from f2p_effects.data import ExecutionDataset
from f2p_effects.store import ModelStore
from f2p_learning.library import FailureLibrary
from f2p_learning.pretrain import OldData
from f2p_sim.mujoco_backend import MujocoOptions, MujocoSimulator
from f2p_sim.protocol import Simulator
from f2p_svi.config import GeneratorConfig
from f2p_svi.methods import METHODS, PRODUCT_METHOD
from f2p_svi.protocol import CallSampler, SceneSampler

__all__ = ['LearningTools', 'assemble', 'local_tools']


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


def local_tools(
    models: Path,
    library: Path,
    *,
    method: str = PRODUCT_METHOD,
    options: MujocoOptions | None = None,
    config: GeneratorConfig | None = None,
) -> LearningTools:
    """Returns tools that all live in this process.

    Args:
        models: Model store, with the old executions beside it.
        library: Failure library.
        method: Name in ``f2p_svi.methods.METHODS``.
        options: Of the simulator.
        config: Settings of the samplers.

    Raises:
        InvalidInputError: If there is no such method, naming those there are.
        EffectsError: If the old executions cannot be read.
    """
    simulator = MujocoSimulator(options)
    samplers = METHODS[method].build(simulator.settle, config)
    return assemble(
        simulator, samplers.scenes, samplers.calls, ModelStore(models), FailureLibrary(library)
    )
