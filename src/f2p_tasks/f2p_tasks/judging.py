# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Whether a goal truly holds, as the evaluator judges it."""

from __future__ import annotations

from f2p_core.batch import stack_scenes
from f2p_core.relations import relation_margins
from f2p_core.scene import Scene
from f2p_core.symbolic import Goal


def goal_holds(scene: Scene, goal: Goal) -> bool:
    """Judges a goal by the relations of a true scene.

    Raises:
        InvalidInputError: If the goal names an object or relation that is not known.
    """
    names = tuple(sorted({literal.relation for literal in goal.literals}))
    margins = relation_margins(stack_scenes([scene]), names)[0]
    return all(
        (
            margins[
                names.index(literal.relation),
                scene.index(literal.subject_id),
                scene.index(literal.object_id),
            ]
            >= 0.0
        )
        == literal.value
        for literal in goal.literals
    )
