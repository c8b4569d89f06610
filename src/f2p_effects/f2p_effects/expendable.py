# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Which versions of a store may go when it takes too much room."""

from __future__ import annotations

from f2p_effects.decisions import ModelState
from f2p_effects.store import ModelStore

_ORDER = (ModelState.REJECTED, ModelState.RETIRED, ModelState.AWAITING)


def expendable_versions(store: ModelStore) -> tuple[int, ...]:
    """Returns the versions that may be removed, what is needed least first.

    Rejected ones, then those that were in use, then those nobody decided about, each the oldest
    first. Never the active one, the one it was tuned from, a pretrained one, one that cannot be
    read (a person shall look at it), or the newest, whose number would be given anew.

    Raises:
        EffectsError: If it is not known which one is active.
    """
    active = store.active_record()
    if active is None:
        return ()
    found = []
    for line in store.list_models()[:-1]:
        record = line.record
        if record is None or record.parent is None or record.digest == active.parent:
            continue
        state = store.standing(line.version).state
        if state in _ORDER:
            found.append((_ORDER.index(state), line.version))
    return tuple(version for _, version in sorted(found))
