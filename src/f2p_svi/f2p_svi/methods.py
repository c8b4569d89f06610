# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Methods by name: what scenes are drawn by, what calls are chosen by, and whether it learns.

Node, command and harness take methods from this table; packages add theirs by entry points of the
group ``f2p.methods``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from f2p_core.registry import Registry
from f2p_svi.actions.calls import lone_calls, repelling_calls
from f2p_svi.actions.samplers import SoughtCalls
from f2p_svi.config import GeneratorConfig
from f2p_svi.counted import CountedCalls, CountedScenes
from f2p_svi.harvest import Harvest, Settle
from f2p_svi.protocol import CallSampler, SceneSampler
from f2p_svi.scenes.samplers import GradientScenes, JitterScenes, SvgdScenes

__all__ = ['METHODS', 'PRODUCT_METHOD', 'Method', 'Parts', 'Samplers']


PRODUCT_METHOD = 'svgd'
"""The method of the product; what every tool uses unless it is told another."""


class Parts(NamedTuple):
    """What samplers are built of.

    Attributes:
        settle: Physics that lets scenes come to rest.
        config: Settings.
    """

    settle: Settle
    config: GeneratorConfig


class Samplers(NamedTuple):
    """Both halves of a method, ready for use."""

    scenes: SceneSampler
    calls: CallSampler


@dataclass(frozen=True)
class Method:
    """One way to get from a failure to data.

    Attributes:
        name: Its name in parameters, goals and tables.
        summary: What it does, in a few words.
        scenes: Builds its scene sampler.
        calls: Builds its call sampler.
        learns: Whether the model learns from failures at all.
    """

    name: str
    summary: str
    scenes: Callable[[Parts], SceneSampler]
    calls: Callable[[Parts], CallSampler]
    learns: bool = True

    def build(self, settle: Settle, config: GeneratorConfig | None = None) -> Samplers:
        """Returns the samplers of this method; they hand out just what is asked for, or raise.

        Args:
            settle: Physics that lets scenes come to rest.
            config: Settings; the defaults when left out.
        """
        parts = Parts(settle, config or GeneratorConfig())
        return Samplers(
            CountedScenes(self.name, self.scenes(parts)),
            CountedCalls(self.name, self.calls(parts)),
        )


def _svgd_scenes(parts: Parts) -> SceneSampler:
    return Harvest(SvgdScenes(parts.config), parts.settle, parts.config)


def _gradient_scenes(parts: Parts) -> SceneSampler:
    return Harvest(GradientScenes(parts.config), parts.settle, parts.config)


def _jitter_scenes(parts: Parts) -> SceneSampler:
    return Harvest(JitterScenes(parts.config), parts.settle, parts.config)


def _svgd_calls(parts: Parts) -> CallSampler:
    return SoughtCalls('svgd', repelling_calls, parts.config.action)


def _gradient_calls(parts: Parts) -> CallSampler:
    return SoughtCalls('gradient', lone_calls, parts.config.action)


METHODS = Registry(
    'method',
    'f2p.methods',
    (
        Method('svgd', 'scenes and calls by SVGD: the product', _svgd_scenes, _svgd_calls),
        Method(
            'gradient',
            'one mode of the posterior from one start; calls each for itself',
            _gradient_scenes,
            _gradient_calls,
        ),
        Method('jitter', 'jittered copies of the fitted scene', _jitter_scenes, _svgd_calls),
        Method(
            'original',
            'the model stays as it is; failures are explained as by the product',
            _svgd_scenes,
            _svgd_calls,
            learns=False,
        ),
    ),
    name_of=lambda method: method.name,
    kind=Method,
)
"""All methods, ours and those of installed packages."""
