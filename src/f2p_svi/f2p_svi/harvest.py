# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Keeping of drawn scenes those that stand: settled in physics, with the observed relations.

A part that a method puts round a scene sampler, or not: with it, even crude scenes are tested
against everything that was observed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.failure import Failure
from f2p_core.scene import Scene
from f2p_svi.config import GeneratorConfig
from f2p_svi.diagnostics import scene_figures, Stopwatch
from f2p_svi.errors import SviError
from f2p_svi.protocol import SampledScenes, SceneSampler
from f2p_svi.scenes.constraints import build_constraints, RelationConstraints
from f2p_svi.scenes.physics import with_drawn_physics

__all__ = ['Harvest', 'Settle']

Settle = Callable[[Sequence[Scene]], tuple[Scene, ...]]
"""Lets scenes come to rest under gravity, in their order."""


class _Round(NamedTuple):
    """Figures of what was drawn, and of what became of it in physics."""

    drawn: dict[str, Any]
    settled: dict[str, float]


@dataclass(frozen=True)
class Harvest:
    """A scene sampler that settles and checks what another draws, in rounds, until it has enough.

    Attributes:
        proposals: Draws scenes.
        settle: Physics that lets them come to rest.
        config: Oversampling, rounds and tolerance.
    """

    proposals: SceneSampler
    settle: Settle
    config: GeneratorConfig

    def sample_scenes(
        self, failure: Failure, n_scenes: int, *, seed: int, control: Control = UNCONTROLLED
    ) -> SampledScenes:
        """Draws scenes that stand; see ``f2p_svi.protocol.SceneSampler``.

        Raises:
            SviError: If no scene keeps the observed relations, naming the one that resists most.
            CancelledError: If ``control`` said stop.
        """
        if n_scenes < 1:
            raise SviError(f'asked for {n_scenes} scenes; it must be ≥ 1')
        config, watch = self.config, Stopwatch(control.now_s)
        constraints = build_constraints(
            failure.before.scene, failure.relations_before, config.relation_tolerance_m
        )
        n = math.ceil(n_scenes * config.oversampling)
        kept: list[Scene] = []
        rounds: list[_Round] = []
        while len(kept) < n_scenes and len(rounds) < config.max_rounds:
            own_seed = _round_seed(seed, len(rounds))
            drawn = self.proposals.sample_scenes(failure, n, seed=own_seed, control=control)
            watch.lap('scenes')
            settled = self._settled(drawn.scenes, control)
            good = constraints.accepted(settled).tolist()
            kept += [scene for scene, ok in zip(settled, good, strict=True) if ok]
            rounds.append(_Round(drawn.figures, _tally(constraints, drawn.scenes, settled)))
            watch.lap('settle')
        if not kept:
            raise SviError(
                f'none of {n * len(rounds)} scenes shows the observed relations after settling; '
                f'most often missed: {constraints.most_resisting(settled)}'
            )
        scenes = _filled(kept, n_scenes, config, seed)
        summary = _summary(constraints, rounds, len(kept), n_scenes, n)
        spread = scene_figures(scenes, _seen_and_movable(failure))
        return SampledScenes(scenes, rounds[0].drawn | summary | spread | watch.seconds)

    def _settled(self, scenes: Sequence[Scene], control: Control) -> tuple[Scene, ...]:
        control.check('settle')
        control.report('settle', 0, len(scenes))
        settled = self.settle(scenes)
        control.report('settle', len(scenes), len(scenes))
        return settled


def _round_seed(seed: int, number: int) -> int:
    """Returns the seed of a round: the first has the one that was asked for."""
    return seed if number == 0 else int(_sequence(seed, number).generate_state(1)[0])


def _sequence(seed: int, number: int) -> np.random.SeedSequence:
    return np.random.SeedSequence([seed, number])


def _seen_and_movable(failure: Failure) -> NDArray[np.bool_]:
    """Which objects were seen and can move, (N,)."""
    movable = [not item.fixed for item in failure.before.scene.objects]
    return np.array(failure.before.seen, dtype=np.bool_) & np.array(movable, dtype=np.bool_)


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
    rounds: Sequence[_Round],
    accepted: int,
    n_scenes: int,
    n: int,
) -> dict[str, Any]:
    """Figures over all rounds; shares are means over them."""
    shares = {key: float(np.mean([r.settled[key] for r in rounds])) for key in rounds[0].settled}
    settled = n * len(rounds)
    return shares | {
        'rounds': len(rounds),
        'settled': settled,
        'accepted': accepted,
        'acceptance': accepted / settled,
        'repeated': max(n_scenes - accepted, 0),
        'binding_relations': int(constraints.binding.sum()),
    }


def _filled(
    kept: Sequence[Scene], n_scenes: int, config: GeneratorConfig, seed: int
) -> tuple[Scene, ...]:
    """The first ``n_scenes`` scenes; too few are repeated in order, with physics drawn anew."""
    again = [
        with_drawn_physics(
            kept[i % len(kept)],
            config.state,
            np.random.default_rng(_sequence(seed, config.max_rounds + i)),
        )
        for i in range(len(kept), n_scenes)
    ]
    return (*kept[:n_scenes], *again)
