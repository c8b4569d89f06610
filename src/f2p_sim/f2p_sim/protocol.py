# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a physics backend must offer; the loop and the planner know nothing else of simulation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.models import FloatArray, Value
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall


class Rollout(Value):
    """What one skill call did to one scene.

    Attributes:
        end_scene: The scene after the skill, settled.
        contacts: Pairs of object ids the engine reports in contact at the end.
        margins: Relation margins of ``end_scene``, shape (R, N, N), in the order of
            ``f2p_core.relations.RELATION_NAMES``.
        motion_succeeded: Whether the robot did what it was told (grasped, carried, released).
        reason: Why not, as ``snake_case: detail``; empty when it succeeded.
        duration_s: Simulated time [s].
    """

    end_scene: Scene
    contacts: tuple[tuple[str, str], ...]
    margins: FloatArray
    motion_succeeded: bool
    reason: str
    duration_s: float


class Simulator(Protocol):
    """Runs skill calls in scenes, many at once."""

    def simulate(
        self,
        scenes: Sequence[Scene],
        calls: Sequence[SkillCall],
        *,
        seed: int,
        control: Control = UNCONTROLLED,
    ) -> tuple[Rollout, ...]:
        """Runs call i in scene i, closed loop, all in parallel.

        A scene that cannot be simulated gives a rollout with ``motion_succeeded=False`` and its
        reason; it never takes the others down. Same arguments, same result.

        Raises:
            CancelledError: If ``control`` said stop.
            InvalidInputError: If the numbers of scenes and calls differ.
        """

    def settle(self, scenes: Sequence[Scene], *, duration_s: float = 0.5) -> tuple[Scene, ...]:
        """Lets objects come to rest under gravity without the robot moving."""
