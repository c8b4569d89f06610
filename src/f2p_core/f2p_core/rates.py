# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How often something happened, and how far that count can be trusted."""

from __future__ import annotations

from typing import NamedTuple

from scipy.stats import binomtest

from f2p_core.errors import InvalidInputError

CONFIDENCE = 0.95
"""Probability that the printed intervals are made for; the usual one."""


class Rate(NamedTuple):
    """A count of trials.

    Attributes:
        hits: How many of the trials did it.
        trials: How many there were.
    """

    hits: int
    trials: int

    @property
    def share(self) -> float:
        r"""The share, :math:`k / n`; NaN where there were no trials."""
        return self.hits / self.trials if self.trials else float('nan')

    def interval(self) -> tuple[float, float]:
        r"""Returns Wilson's interval of the underlying probability.

        The probabilities :math:`p` with :math:`|k/n - p| \le z \sqrt{p (1 - p) / n}`, where
        :math:`z` is the normal quantile of ``CONFIDENCE``; (0, 1) where there were no trials.

        Raises:
            InvalidInputError: If the count is no count of the trials.
        """
        if not 0 <= self.hits <= self.trials:
            raise InvalidInputError(f'{self.hits} of {self.trials} trials is no rate')
        if self.trials == 0:
            return 0.0, 1.0
        test = binomtest(self.hits, self.trials)
        low, high = test.proportion_ci(confidence_level=CONFIDENCE, method='wilson')
        return float(low), float(high)

    def in_words(self) -> str:
        """Returns for example ``12 of 20 (39–78 %)``."""
        low, high = self.interval()
        return f'{self.hits} of {self.trials} ({100 * low:.0f}–{100 * high:.0f} %)'

    def as_json(self) -> dict[str, float]:
        """Returns count, trials and the bounds of the interval."""
        low, high = self.interval()
        return {
            'count': self.hits,
            'trials': self.trials,
            'low': round(low, 4),
            'high': round(high, 4),
        }
