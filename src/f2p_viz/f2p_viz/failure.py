# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A failure: what was called, what moved, and which relations came out otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from f2p_core.failure import Failure
from f2p_core.scene import Scene
from f2p_viz.colours import WHITE, WRONG
from f2p_viz.drawing import arrow, line, nearest_point, outlines, over, words
from f2p_viz.marker import Identity, Marker
from f2p_viz.plan import moved

_WORDS = Identity('failure', 0)


def failure_markers(failure: Failure) -> tuple[Marker, ...]:
    """Returns the words of a failure, a red line per violated relation, and what moved.

    Namespaces: ``failure``; ``above(object_1, table_a)`` per violated relation; ``object_1`` for
    the outline of where a moved object was (0) and an arrow to where it is (1).
    """
    after = failure.after.scene
    return (
        *_violations(failure, after),
        *_displacements(failure.before.scene, after),
        words(failure_text(failure), _WORDS, _place(failure), WRONG),
    )


def failure_text(failure: Failure) -> str:
    """Returns what is said of a failure: kind, call, and each violated relation."""
    call = failure.call
    return '\n'.join(
        (
            f'last failure: {failure.kind.value.replace("_", " ")}',
            f'{call.skill} {call.object_id} → {call.target_id}',
            *(violation.in_words() for violation in failure.violated),
        )
    )


def _place(failure: Failure) -> tuple[float, float, float]:
    """Returns a place above the object that was acted on, where it was seen last [m]."""
    object_id = failure.call.object_id
    after = failure.after.scene
    scene = after if object_id in after.object_ids else failure.before.scene
    return over(scene.object(object_id), 8 + len(failure.violated))


def _violations(failure: Failure, after: Scene) -> Iterator[Marker]:
    known = set(after.object_ids)
    for violation in failure.violated:
        if {violation.subject_id, violation.object_id} <= known:
            start = after.object(violation.subject_id).pose_map.position_m
            end = nearest_point(after.object(violation.object_id), start)
            yield line(Identity(violation.name, 0), start, end, WRONG)


def _displacements(before: Scene, after: Scene) -> Iterator[Marker]:
    for earlier, later in moved(before, after):
        yield outlines([earlier], Identity(later.object_id, 0), WHITE)
        ends = earlier.pose_map.position_m, later.pose_map.position_m
        yield arrow(Identity(later.object_id, 1), *ends, WHITE)
