# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What learning works with where no nodes run, for commands and harness alike.

Apart from ``f2p_learning.tools``, so that the learner node, whose simulator is another process,
loads no physics.
"""

from __future__ import annotations

from pathlib import Path

from f2p_effects.store import ModelStore
from f2p_learning.library import FailureLibrary
from f2p_learning.tools import assemble, LearningTools
from f2p_sim.mujoco_backend import MujocoOptions, MujocoSimulator
from f2p_svi.config import GeneratorConfig
from f2p_svi.methods import METHODS, PRODUCT_METHOD

__all__ = ['local_tools']


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
