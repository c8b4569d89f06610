# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The first half of a round: scenes, calls for training and for the gate, their execution."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from f2p_core.control import Control
from f2p_core.failure import Failure
from f2p_effects.data import ExecutionDataset
from f2p_effects.executions import executions_from_rollouts
from f2p_effects.protocol import EffectModel
from f2p_learning.config import LearningConfig
from f2p_learning.family import like_failure, LikeFailure
from f2p_learning.gate import held_out_executions, HeldOut, MIN_FAMILY_EXECUTIONS
from f2p_learning.tools import LearningTools
from f2p_svi.protocol import GeneratedData

_TRAINING_CALLS, _HELD_OUT_CALLS, _FURTHER_CALLS = 1, 2, 3
"""Which draw of a round a seed is for, beside the scenes, which get the round's own seed."""


class Executed(NamedTuple):
    """Executions of one round.

    Attributes:
        training: What the model is tuned on.
        family: What the gate judges it by; shares no scene with ``training``.
        like_failure: How many training executions failed like the failure.
    """

    training: ExecutionDataset
    family: HeldOut
    like_failure: LikeFailure


def generate(
    failure: Failure,
    model: EffectModel,
    config: LearningConfig,
    tools: LearningTools,
    seed: int,
    control: Control,
) -> GeneratedData:
    """Draws scenes, for training first, then for the gate, and the calls of each part by itself.

    The parts are asked for apart, so that every kind of call has its share in each of them
    whatever the number of calls in the other.

    Args:
        failure: What is learned from.
        model: The model that failed.
        config: How many scenes and calls.
        tools: Have the samplers.
        seed: Of the round.
        control: Stops the work and is told of it.

    Returns:
        Scenes and calls; the figures of the calls are those of training.

    Raises:
        SviError: If no scene like the failure's can be found.
        CancelledError: If ``control`` said stop.
    """
    n = config.n_scenes
    drawn = tools.scenes.sample_scenes(failure, n + config.gate_scenes, seed=seed, control=control)
    training = tools.calls.sample_calls(
        drawn.scenes[:n], failure.call, model, config.n_calls,
        seed=_seed(seed, _TRAINING_CALLS), control=control,
    )  # fmt: skip
    held_out = tools.calls.sample_calls(
        drawn.scenes[n:], failure.call, model, config.gate_calls,
        seed=_seed(seed, _HELD_OUT_CALLS), control=control,
    )  # fmt: skip
    return GeneratedData(
        scenes=drawn.scenes,
        calls=(*training.by_scene, *held_out.by_scene),
        diagnostics=drawn.figures | training.figures,
    )


def execute(
    failure: Failure,
    config: LearningConfig,
    tools: LearningTools,
    data: GeneratedData,
    seed: int,
    control: Control,
) -> Executed:
    """Executes training and held-out calls in one batch.

    Args:
        failure: What is learned from.
        config: How many of the scenes are for training.
        tools: Have the simulator.
        data: What was generated.
        seed: Of the round.
        control: Stops the work and is told of it.

    Raises:
        CancelledError: If ``control`` said stop.
    """
    index = [i for i, row in enumerate(data.calls) for _ in row]
    scenes = [data.scenes[i] for i in index]
    calls = [call for row in data.calls for call in row]
    rollouts = tools.simulator.simulate(scenes, calls, seed=seed, control=control)
    n = sum(len(row) for row in data.calls[: config.n_scenes])
    return Executed(
        executions_from_rollouts(scenes[:n], calls[:n], rollouts[:n], index[:n]),
        held_out_executions(scenes[n:], calls[n:], rollouts[n:]),
        like_failure(failure, calls[:n], rollouts[:n]),
    )


def hold_out_more(
    failure: Failure,
    model: EffectModel,
    config: LearningConfig,
    tools: LearningTools,
    data: GeneratedData,
    executed: Executed,
    seed: int,
    control: Control,
) -> Executed:
    """Draws and executes further calls in the held-out scenes if too few motions succeeded.

    In crowded scenes most calls are in the way of something; the gate then knows too little, not
    the model.

    Args:
        failure: What is learned from.
        model: The model that failed.
        config: How many further calls per scene.
        tools: Have samplers and simulator.
        data: What was generated.
        executed: What it came to.
        seed: Of the round.
        control: Stops the work and is told of it.

    Raises:
        CancelledError: If ``control`` said stop.
    """
    family = executed.family
    if len(family.rollouts) >= MIN_FAMILY_EXECUTIONS or not config.gate_further_calls:
        return executed
    held_out = data.scenes[config.n_scenes :]
    draw = _seed(seed, _FURTHER_CALLS)
    further = tools.calls.sample_calls(
        held_out, failure.call, model, config.gate_further_calls, seed=draw, control=control
    )
    scenes = [scene for scene, row in zip(held_out, further.by_scene, strict=True) for _ in row]
    calls = [call for row in further.by_scene for call in row]
    rollouts = tools.simulator.simulate(scenes, calls, seed=draw, control=control)
    more = held_out_executions(scenes, calls, rollouts)
    joined = HeldOut(
        (*family.scenes, *more.scenes),
        (*family.calls, *more.calls),
        (*family.rollouts, *more.rollouts),
    )
    return executed._replace(family=joined)


def _seed(seed: int, draw: int) -> int:
    return int(np.random.SeedSequence([seed, draw]).generate_state(1)[0])
