# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Scene generators: SVGD, and two simple ones it is compared with.

All propose scenes, let them settle in physics, keep those that still show the observed relations
(more rounds make up for the others), and choose skill calls for them. They differ in how scenes
are proposed and in how calls repel each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
import math
from typing import Any, NamedTuple

import numpy as np

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.failure import Failure
from f2p_core.scene import Scene
from f2p_effects.protocol import EffectModel
from f2p_svi.actions.calls import (
    CallKernel,
    CallRequest,
    choose_calls,
    lone_calls,
    model_device,
    repelling_calls,
)
from f2p_svi.config import GeneratorConfig, resolve_device
from f2p_svi.diagnostics import scene_figures, Stopwatch
from f2p_svi.errors import SviError
from f2p_svi.protocol import GeneratedData
from f2p_svi.scenes.constraints import build_constraints, RelationConstraints
from f2p_svi.scenes.physics import with_drawn_physics
from f2p_svi.scenes.proposals import Propose, propose_gradient, propose_jitter, propose_svgd

__all__ = ['GradientGenerator', 'JitterGenerator', 'Settle', 'SvgdSceneGenerator']

Settle = Callable[[Sequence[Scene]], tuple[Scene, ...]]
"""Lets scenes come to rest under gravity, in their order."""


class _Method(NamedTuple):
    """What tells one generator from another."""

    name: str
    propose: Propose
    call_kernel: CallKernel


class _Harvest(NamedTuple):
    """Scenes that stood the test, and figures of all rounds."""

    scenes: tuple[Scene, ...]
    figures: dict[str, Any]


class _Generator:
    """The common course of all generators; ``_method`` is what they differ in."""

    _method: _Method

    def __init__(
        self,
        settle: Settle,
        config: GeneratorConfig | None = None,
    ) -> None:
        """Configures the generator.

        Args:
            settle: Physics that lets scenes come to rest.
            config: Settings; the defaults when left out.
        """
        self._settle = settle
        self._config = config or GeneratorConfig()

    def generate(
        self,
        failure: Failure,
        model: EffectModel,
        *,
        n_scenes: int,
        n_calls: int,
        seed: int,
        control: Control = UNCONTROLLED,
    ) -> GeneratedData:
        """Generates ``n_scenes`` scenes with ``n_calls`` calls each; see the Protocol.

        Raises:
            SviError: If no scene keeps the observed relations, naming the one that resists most.
            CancelledError: If ``control`` said stop.
        """
        if n_scenes < 1 or n_calls < 1:
            raise SviError(f'asked for {n_scenes} scenes with {n_calls} calls; both must be ≥ 1')
        rng, watch = np.random.default_rng(seed), Stopwatch(control.now_s)
        harvest = self._harvest(failure, n_scenes, rng, watch, control)
        device = resolve_device(self._config.device)
        request = CallRequest(failure.call, n_calls, self._config.action, model_device(model))
        calls = choose_calls(
            harvest.scenes, model, request, rng, control, self._method.call_kernel
        )
        watch.lap('actions')
        movable = [not o.fixed for o in failure.before.scene.objects]
        seen = np.array(failure.before.seen) & np.array(movable)
        run = {'generator': self._method.name, 'seed': seed, 'device': str(device)}
        spread = scene_figures(harvest.scenes, seen)
        figures = run | harvest.figures | spread | calls.figures | watch.seconds
        return GeneratedData(scenes=harvest.scenes, calls=calls.by_scene, diagnostics=figures)

    def _harvest(
        self,
        failure: Failure,
        n_scenes: int,
        rng: np.random.Generator,
        watch: Stopwatch,
        control: Control,
    ) -> _Harvest:
        """Proposes, settles and checks until there are enough scenes or rounds are used up."""
        config, before = self._config, failure.before.scene
        constraints = build_constraints(
            before, failure.relations_before, config.relation_tolerance_m
        )
        n = math.ceil(n_scenes * config.oversampling)
        kept: list[Scene] = []
        figures: dict[str, Any] = {}
        tallies: list[dict[str, float]] = []
        settled: tuple[Scene, ...] = ()
        while len(kept) < n_scenes and len(tallies) < config.max_rounds:
            proposal = self._method.propose(failure, n, config, rng, control)
            drawn = [with_drawn_physics(s, config.state, rng) for s in proposal.scenes]
            watch.lap('scenes')
            control.check('settle')
            control.report('settle', 0, n)
            settled = self._settle(drawn)
            control.report('settle', n, n)
            good = constraints.accepted(settled).tolist()
            kept += [scene for scene, ok in zip(settled, good, strict=True) if ok]
            figures = figures or proposal.figures
            tallies.append(_tally(constraints, drawn, settled))
            watch.lap('settle')
        if not kept:
            raise SviError(
                f'none of {n * len(tallies)} scenes shows the observed relations after settling; '
                f'most often missed: {constraints.most_resisting(settled)}'
            )
        scenes = _filled(kept, n_scenes, config, rng)
        return _Harvest(scenes, figures | _summary(constraints, tallies, len(kept), n_scenes, n))


class SvgdSceneGenerator(_Generator):
    """Scenes from the posterior of the failure by SVGD; calls by SVGD (the method itself)."""

    _method = _Method('svgd', propose_svgd, repelling_calls)


class GradientGenerator(_Generator):
    """One mode of the posterior, from one start, without a kernel; so are its calls."""

    _method = _Method('gradient', propose_gradient, lone_calls)


class JitterGenerator(_Generator):
    """Jittered copies of the fitted scene; calls as for SVGD."""

    _method = _Method('jitter', propose_jitter, repelling_calls)


def _tally(
    constraints: RelationConstraints, drawn: Sequence[Scene], settled: Sequence[Scene]
) -> dict[str, float]:
    """Shares of scenes, and of binding bits, that agree before and after physics."""
    before, after = (constraints.satisfied(scenes) for scenes in (drawn, settled))
    return {
        'satisfied_before_settling': float(before.all(axis=(1, 2, 3)).mean()),
        'satisfied_after_settling': float(after.all(axis=(1, 2, 3)).mean()),
        'satisfied_after_settling_bits': float(after[:, constraints.binding].mean())
        if constraints.binding.any()
        else 1.0,
    }


def _summary(
    constraints: RelationConstraints,
    tallies: Sequence[dict[str, float]],
    accepted: int,
    n_scenes: int,
    n: int,
) -> dict[str, Any]:
    """Figures over all rounds; shares are means over them."""
    shares = {key: float(np.mean([t[key] for t in tallies])) for key in tallies[0]}
    settled = n * len(tallies)
    return shares | {
        'rounds': len(tallies),
        'settled': settled,
        'accepted': accepted,
        'acceptance': accepted / settled,
        'repeated': max(n_scenes - accepted, 0),
        'binding_relations': int(constraints.binding.sum()),
    }


def _filled(
    kept: Sequence[Scene], n_scenes: int, config: GeneratorConfig, rng: np.random.Generator
) -> tuple[Scene, ...]:
    """The first ``n_scenes`` scenes; too few are repeated in order, with physics drawn anew."""
    again = [
        with_drawn_physics(kept[i % len(kept)], config.state, rng)
        for i in range(len(kept), n_scenes)
    ]
    return (*kept[:n_scenes], *again)
