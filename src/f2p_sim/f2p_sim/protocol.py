# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a physics backend must offer; the loop and the planner know nothing else of simulation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import model_validator

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.models import FloatArray, Value
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall


class Rollout(Value):
    """What one skill call did to one scene.

    Attributes:
        end_scene: The scene after the skill, settled.
        contacts: Pairs of object ids the engine reports in contact at the end.
        relation_names: Names of the R labelled relations.
        margins: Their margins in ``end_scene``, shape (R, N, N) [m].
        motion_succeeded: Whether the robot did what it was told (grasped, carried, released).
        reason: Why not, as ``snake_case: detail``; empty when it succeeded.
        duration_s: Simulated time [s].
    """

    end_scene: Scene
    contacts: tuple[tuple[str, str], ...]
    relation_names: tuple[str, ...]
    margins: FloatArray
    motion_succeeded: bool
    reason: str
    duration_s: float

    @model_validator(mode='after')
    def _margins_are_of_the_relations(self) -> Rollout:
        n = len(self.end_scene.objects)
        expected = (len(self.relation_names), n, n)
        if self.margins.shape != expected:
            raise ValueError(
                f'margins have shape {self.margins.shape}; {expected[0]} relations of {n} objects '
                f'need {expected}'
            )
        return self


class Simulator(Protocol):
    """Runs skill calls in scenes, many at once, and labels the ends with relation margins.

    Which relations it labels is settled where it is made.
    """

    def simulate(
        self,
        scenes: Sequence[Scene],
        calls: Sequence[SkillCall],
        *,
        seed: int,
        first_index: int = 0,
        control: Control = UNCONTROLLED,
    ) -> tuple[Rollout, ...]:
        """Runs call i in scene i, closed loop, all in parallel.

        A scene that cannot be simulated gives a rollout with ``motion_succeeded=False`` and its
        reason; it never takes the others down. Same arguments, same result: the randomness of a
        rollout depends on the seed and its index alone, so that the halves of a batch give what
        the whole gives, on any number of threads.

        Args:
            scenes: S scenes.
            calls: One call for each.
            seed: Of everything random.
            first_index: Index of the first of these rollouts where they are part of a larger
                batch; the others follow.
            control: Stops the work and is told of it.

        Raises:
            CancelledError: If ``control`` said stop.
            InvalidInputError: If the numbers of scenes and calls differ.
        """

    def settle(self, scenes: Sequence[Scene], *, duration_s: float = 0.5) -> tuple[Scene, ...]:
        """Lets objects come to rest under gravity without the robot moving."""
