# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Choosing the skill calls of generated scenes: informative ones, and some like the failed one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
import torch

from f2p_core.control import Control
from f2p_core.scene import Scene
from f2p_core.skill import Hand, SkillCall, SKILLS
from f2p_effects.protocol import EffectModel, EffectPrediction
from f2p_svi.actions.alternatives import alternative_calls
from f2p_svi.actions.free_places import with_free_ends
from f2p_svi.actions.objectives import OBJECTIVES
from f2p_svi.actions.posterior import (
    ActionPosterior,
    build_action_posterior,
    scene_weights,
)
from f2p_svi.config import ActionConfig
from f2p_svi.stein.blocks import BlockKernel, blocks_of
from f2p_svi.stein.kernels import Kernel, no_kernel
from f2p_svi.stein.optimizers import Adam, Cooled
from f2p_svi.stein.svgd import run_svgd, score_of, Svgd

__all__ = [
    'CallKernel',
    'CallRequest',
    'Calls',
    'choose_calls',
    'lone_calls',
    'repelling_calls',
]

_TRUSTED, _SOUGHT, _OTHER = range(3)

CallKernel = Callable[[Sequence[Scene], ActionPosterior], Kernel]
"""Scenes and target over n calls → kernel over the n calls."""


def repelling_calls(scenes: Sequence[Scene], posterior: ActionPosterior) -> Kernel:
    """Returns a kernel on (scene, call) of which only the call moves.

    With many calls per scene they repel each other within it, with one per scene they still do
    across scenes that are alike.
    """
    rows, circular = posterior.rows, posterior.box.circular.tolist()
    blocks = blocks_of([range(len(circular))], circular, device=rows.device)
    return BlockKernel(blocks, scene_weights(scenes).to(rows.device)[rows[:, None], rows])


def lone_calls(scenes: Sequence[Scene], posterior: ActionPosterior) -> Kernel:
    """Returns the kernel under which every call ascends for itself."""
    del scenes, posterior
    return no_kernel


class CallRequest(NamedTuple):
    """What calls are wanted.

    Attributes:
        failed: The failed call.
        n_calls: Calls per scene.
        config: Objective, spreads and steps.
        device: Where the model computes.
    """

    failed: SkillCall
    n_calls: int
    config: ActionConfig
    device: torch.device


class Calls(NamedTuple):
    """Calls per scene, and figures about them (see ``f2p_svi.diagnostics``)."""

    by_scene: tuple[tuple[SkillCall, ...], ...]
    figures: dict[str, float]


def choose_calls(
    scenes: Sequence[Scene],
    model: EffectModel,
    request: CallRequest,
    rng: np.random.Generator,
    control: Control,
    kernel: CallKernel = repelling_calls,
) -> Calls:
    """Chooses ``n_calls`` calls for each scene.

    Args:
        scenes: S scenes of the same objects.
        model: The effect model that predicted wrongly.
        request: What is wanted.
        rng: Source of all randomness.
        control: Polled before every step; told of every step.
        kernel: How calls repel each other.

    Raises:
        CancelledError: If ``control`` said stop.
    """
    config, device = request.config, request.device
    total = len(scenes) * request.n_calls
    rows = torch.arange(len(scenes), device=device).repeat_interleave(request.n_calls)
    posterior = build_action_posterior(scenes, request.failed, rows, model, config, rng)
    parameters = posterior.box.draw(config.trust_spread, rng)
    start = posterior.box.draw(config.spread, rng)
    kinds = _kinds(total, config)
    free = torch.as_tensor(np.flatnonzero(kinds == _SOUGHT), device=device)
    if len(free):
        sought = posterior.take(free).scaled(start[free])
        rule = Cooled(Adam(config.step_size), config.iterations)
        svgd = Svgd(score_of(sought.log_density), kernel(scenes, sought), rule)
        moved = run_svgd(
            svgd, sought.box.encode(start[free]), config.iterations, 'actions',
            control,
        )  # fmt: skip
        parameters[free] = sought.box.decode(moved)
    calls = _calls(request.failed, parameters.cpu().double().numpy())
    others = np.flatnonzero(kinds == _OTHER)
    drawn = alternative_calls(
        scenes, (others // request.n_calls).tolist(), request.failed, model,
        OBJECTIVES[config.objective], Hand(config.hand_opening_m), rng, device,
    )  # fmt: skip
    for place, call in zip(others.tolist(), drawn, strict=True):
        calls[place] = call
    by_scene = tuple(
        with_free_ends(scene, calls[i * request.n_calls : (i + 1) * request.n_calls],
                       config.spread, rng)
        for i, scene in enumerate(scenes)
    )  # fmt: skip
    first = torch.arange(0, total, request.n_calls, device=device)
    once = posterior.take(first)
    figures = _figures('failed_call', once.predict, once.box.failed)
    return Calls(by_scene, figures | _figures('calls', posterior.predict, parameters))


def _kinds(total: int, config: ActionConfig) -> NDArray[np.int64]:
    """Which calls stay close to the failed one, which are sought, which do something else."""
    kinds = np.full(total, _SOUGHT)
    kinds[_spread_share(total, config.trust_share)] = _TRUSTED
    rest = np.flatnonzero(kinds == _SOUGHT)
    of_rest = min(1.0, config.other_share / max(1e-9, 1.0 - config.trust_share))
    kinds[rest[_spread_share(len(rest), of_rest)]] = _OTHER
    return kinds


def _spread_share(total: int, share: float) -> NDArray[np.bool_]:
    """Marks a share of ``total`` places, evenly spread."""
    marked: NDArray[np.bool_] = np.diff(np.floor(np.arange(total + 1) * share + 1e-9)) > 0
    return marked


def _calls(failed: SkillCall, parameters: NDArray[np.float64]) -> list[SkillCall]:
    """Calls of the failed skill and objects with the given parameters (n, P)."""
    spec = SKILLS[failed.skill].parameters
    inside = np.clip(parameters, [p.low for p in spec], [p.high for p in spec])
    return [failed.model_copy(update={'parameters': tuple(row)}) for row in inside.tolist()]


def _figures(
    name: str, predict: Callable[[torch.Tensor], EffectPrediction], parameters: torch.Tensor
) -> dict[str, float]:
    """Means of all objectives, and of P(motion succeeds), over calls with given parameters."""
    with torch.no_grad():
        prediction = predict(parameters)
        figures = {
            f'{objective}_at_{name}': float(value(prediction).mean())
            for objective, value in OBJECTIVES.items()
        }
    return figures | {f'feasible_at_{name}': float(prediction.feasible.mean())}
