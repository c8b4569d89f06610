# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A topic of markers over time: what was drawn before and is no more has to be taken away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from f2p_viz.marker import Identity, Marker


class Update(NamedTuple):
    """One message of a layer.

    Attributes:
        markers: Everything that is to be seen.
        gone: What must not be seen any more; viewers ignore what they do not know.
        clear: Everything is to be taken away first.
    """

    markers: tuple[Marker, ...]
    gone: tuple[Identity, ...] = ()
    clear: bool = False


class Layer:
    """Remembers what was ever drawn.

    Every update is complete in itself: it names all that is there and all that ever was and is
    not any more. So a viewer that comes late or misses an update shows nothing that is gone.
    """

    def __init__(self) -> None:
        self._drawn: dict[Identity, None] = {}  # a set that keeps its order

    def show(self, markers: Iterable[Marker]) -> Update:
        """Returns the update after which exactly these markers are to be seen."""
        there = tuple(markers)
        present = {marker.identity for marker in there}
        gone = tuple(identity for identity in self._drawn if identity not in present)
        self._drawn.update(dict.fromkeys(marker.identity for marker in there))
        return Update(there, gone)

    def clear(self) -> Update:
        """Returns the update after which nothing is to be seen."""
        return Update((), clear=True)
