# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The most that one goal, request or message may ask for: one table, the owner's.

Every server checks what comes against it before anything is converted or allocated
(``f2p_core.ros.limits``); goals cannot change it.
"""

from __future__ import annotations

from f2p_core.errors import OverLimitError
from f2p_core.parameters import Config, parameter
from f2p_core.scene import MAX_OBJECTS


class Limits(Config):
    """The table. A node refuses what is over one of its numbers with the code "over a limit"."""

    objects: int = parameter(
        60, 'Objects of one scene, furniture too', low=1, high=MAX_OBJECTS
    )
    relations: int = parameter(64, 'Relations of one symbolic state', low=1, high=1000)
    scenes: int = parameter(1000, 'Scenes of one goal, given or to be drawn', low=1, high=10_000)
    calls: int = parameter(
        5000, 'Skill calls that one goal has drawn: scenes times calls of each', low=1,
        high=100_000,
    )  # fmt: skip
    particles: int = parameter(
        2000,
        'Particles of one posterior: scenes times oversampling; memory grows with their square',
        low=1,
        high=20_000,
    )
    rollouts: int = parameter(20_000, 'Simulated executions of one goal', low=1, high=1_000_000)
    pairs: int = parameter(
        200_000,
        'Pairs of objects that are inferred at once, over all scenes, calls or executions of a '
        'batch; 100 000 take about 600 MB',
        low=1,
        high=10_000_000,
    )
    executions: int = parameter(
        20_000, 'Simulated executions of one learning run, over all its rounds', low=1,
        high=1_000_000,
    )  # fmt: skip
    failures: int = parameter(20, 'Failures of one goal', low=1, high=1000)
    overrides: int = parameter(100, 'Overrides of one goal', low=1, high=1000)
    literals: int = parameter(100, 'Literals of one goal', low=1, high=10_000)
    steps: int = parameter(20, 'Steps of one plan', low=1, high=1000)
    joints: int = parameter(100, 'Joints of one robot', low=1, high=10_000)
    motion_points: int = parameter(20_000, 'Points of one recorded motion', low=1, high=1_000_000)
    planning_time_s: float = parameter(
        600.0, 'Time that a goal may give each search', unit='s', low=0.1, high=3600.0
    )
    settle_s: float = parameter(
        25.0, 'Simulated time that a goal may give scenes to come to rest', unit='s', low=0.1,
        high=300.0,
    )  # fmt: skip
    numbers: int = parameter(
        1_000_000, 'Numbers of any other array of a message', low=1000, high=100_000_000
    )
    entries: int = parameter(
        10_000, 'Entries of any other list of a message', low=100, high=1_000_000
    )
    characters: int = parameter(
        10_000, 'Characters of any text of a message', low=100, high=1_000_000
    )

    def require(self, name: str, value: float, field: str) -> None:
        """Checks a number that was asked for.

        Args:
            name: Limit it is held against, a field of this table.
            value: The number.
            field: What was asked for, as the one who asks calls it.

        Raises:
            OverLimitError: If it is more, naming field, value, limit and mend.
        """
        limit = getattr(self, name)
        if not value <= limit:
            raise OverLimitError(
                f'{field} is {value:.15g}; at most {limit:g} is allowed (limits.{name}): ask for '
                'less, or have the owner raise it'
            )


SHIPPED_LIMITS = Limits()
"""The table as it is shipped; servers that are handed no other hold to it."""
