# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a relation is: a name, a signed margin, and what others need to know to use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
import math
from typing import Any

from f2p_core.geometry.pairs import PairGeometry

Array = Any
RelationFunction = Callable[[PairGeometry], Array]
"""Maps the geometry of all pairs to margins (S, N, N) [m]; the diagonal is ignored."""


class Support(Enum):
    """Whether "a is <relation> b" says that b carries a."""

    NONE = 'none'
    OF_FURNITURE = 'of_furniture'
    """Where b is fixed: above another thing is also what merely stands higher beside it."""
    OF_ANYTHING = 'of_anything'


@dataclass(frozen=True)
class Relation:
    """A relation between two objects; everything else asks this and never its name.

    Attributes:
        name: A word.
        margin: Its signed margin from the geometry of all pairs, ≥ 0 where it holds.
        meaning: When "a is <name> b" holds, in one line.
        support: Whether it says what carries what; such relations are watched after a skill, and
            a plan counts as little as the least sure of them.
        symmetric: Whether it says the same of b and a.
        learned: Whether geometry predicted to the millimetre does not decide it, so that an effect
            model learns it instead of computing it from predicted poses.
        greatest_m: Bound of its margin from above, between bodies that do not penetrate [m].
    """

    name: str
    margin: RelationFunction
    meaning: str
    support: Support = Support.NONE
    symmetric: bool = False
    learned: bool = False
    greatest_m: float = math.inf
