# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A log density as a sum of named terms, each with figures of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import torch

from f2p_core.batch import SceneBatch
from f2p_svi.scenes.distances import PartDistances

__all__ = ['DecodedScenes', 'LogSum', 'LogTerm', 'leaves', 'term_figures']


@dataclass(frozen=True)
class DecodedScenes:
    """S particles and the scenes they stand for.

    Attributes:
        particles: In units of the prior's standard deviation, (S, d).
        batch: Their scenes of N objects, torch, in ``map``.
        parts: Distances to the shapes of these objects.
    """

    particles: torch.Tensor
    batch: SceneBatch
    parts: PartDistances

    @cached_property
    def gap_m(self) -> torch.Tensor:
        """Gaps between objects, (S, N, N) [m]: computed once for all terms that ask."""
        return self.parts.gaps(self.batch)


class LogTerm(Protocol):
    """One summand of a log density over scenes."""

    @property
    def name(self) -> str:
        """What the term speaks of, a word; its figures carry it."""

    def log_density(self, scenes: DecodedScenes) -> torch.Tensor:
        """Returns the term of each particle up to a constant, differentiable, (S,) [nat]."""

    def figures(self, scenes: DecodedScenes) -> Mapping[str, float]:
        """Returns what else the term says of these scenes: plain numbers by name."""


@dataclass(frozen=True)
class LogSum:
    """Terms that together are one factor of the posterior, for example P(R | S).

    Attributes:
        name: Name of the factor.
        terms: Its terms; they are added up from the first to the last.
    """

    name: str
    terms: tuple[LogTerm, ...]

    def log_density(self, scenes: DecodedScenes) -> torch.Tensor:
        """Returns the sum of the terms, (S,) [nat]."""
        first, *others = self.terms
        total = first.log_density(scenes)
        for term in others:
            total = total + term.log_density(scenes)
        return total

    def figures(self, scenes: DecodedScenes) -> Mapping[str, float]:
        """Returns the figures of all terms."""
        return term_figures(self.terms, scenes)


def leaves(terms: Sequence[LogTerm]) -> tuple[LogTerm, ...]:
    """Returns the terms with every sum replaced by what it adds up."""
    return tuple(
        leaf
        for term in terms
        for leaf in (leaves(term.terms) if isinstance(term, LogSum) else (term,))
    )


def term_figures(terms: Sequence[LogTerm], scenes: DecodedScenes) -> dict[str, float]:
    """Returns the figures of terms: ``log_<name>_mean`` and ``…_worst`` [nat], and their own."""
    figures: dict[str, float] = {}
    with torch.no_grad():
        for term in leaves(terms):
            value = term.log_density(scenes)
            figures[f'log_{term.name}_mean'] = float(value.mean())
            figures[f'log_{term.name}_worst'] = float(value.min())
            figures |= term.figures(scenes)
    return figures
