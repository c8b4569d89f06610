# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What learning needs where no nodes run: everything in this process."""

from __future__ import annotations

from pathlib import Path

from f2p_effects.store import ModelStore
from f2p_learning.library import FailureLibrary
from f2p_learning.loop import LearningTools
from f2p_learning.pretrain import OldData
from f2p_sim.mujoco_backend import MujocoSimulator
from f2p_svi.generator import SvgdSceneGenerator


def local_tools(models: Path, library: Path) -> LearningTools:
    """Returns simulator, generator and stores of this process.

    Args:
        models: Model store, with the old executions beside it.
        library: Failure library.
    """
    simulator, old = MujocoSimulator(), OldData(models)
    return LearningTools(
        simulator=simulator,
        generator=SvgdSceneGenerator(simulator.settle),
        store=ModelStore(models),
        library=FailureLibrary(library),
        replay=old.replay(),
        held_out=old.held_out(),
    )
