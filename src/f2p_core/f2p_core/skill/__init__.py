# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Skills and their bounded parameters: what the robot can be asked to do."""

from __future__ import annotations

import math
from typing import NamedTuple

from pydantic import model_validator

from f2p_core.errors import InvalidInputError
from f2p_core.models import Value
from f2p_core.scene import ObjectId


class ParameterSpec(NamedTuple):
    """One continuous parameter of a skill: name (with unit), inclusive bounds, meaning."""

    name: str
    low: float
    high: float
    description: str


class SkillSpec(NamedTuple):
    """A skill: its name, what it does, and its parameters in order."""

    name: str
    description: str
    parameters: tuple[ParameterSpec, ...]


PICK_PLACE = SkillSpec(
    'pick_place',
    'Grasp the object, lift it, carry it to the target, put it down there and let go.',
    (
        ParameterSpec('x_m', -0.6, 0.6, 'x of the object centre at release, in the target frame'),
        ParameterSpec('y_m', -0.6, 0.6, 'y of the object centre at release, in the target frame'),
        ParameterSpec('yaw_rad', -math.pi, math.pi, 'yaw of the object in the target frame'),
    ),
)
PUSH = SkillSpec(
    'push',
    'Push the object along a straight line over the support it stands on.',
    (
        ParameterSpec('direction_rad', -math.pi, math.pi, 'direction in the target frame'),
        ParameterSpec('distance_m', 0.02, 0.25, 'length of the push after first contact'),
        ParameterSpec('offset_m', -0.03, 0.03, 'sideways offset of the pushing fingertip'),
    ),
)
SKILLS: dict[str, SkillSpec] = {spec.name: spec for spec in (PICK_PLACE, PUSH)}
"""Known skills by name; register another by adding its spec before any call is made."""

PARAMETER_COUNT = 3
"""Every skill has this many parameters, so that calls stack into one array."""


class SkillCall(Value):
    """One skill with its arguments.

    Attributes:
        skill: Name of a known skill.
        object_id: The object that is acted on.
        target_id: The support it is put on or pushed over; parameters are in this object's frame
            (x and y in its plane, yaw about its z).
        parameters: Values in the order of the skill's ``ParameterSpec``s.
    """

    skill: str
    object_id: ObjectId
    target_id: ObjectId
    parameters: tuple[float, float, float]

    @model_validator(mode='after')
    def _within_bounds(self) -> SkillCall:
        spec = SKILLS.get(self.skill)
        if spec is None:
            raise ValueError(f'unknown skill {self.skill!r}; known: {", ".join(sorted(SKILLS))}')
        if self.object_id == self.target_id:
            raise ValueError(f'object_id and target_id are both {self.object_id!r}')
        for parameter, value in zip(spec.parameters, self.parameters, strict=True):
            if not parameter.low - 1e-6 <= value <= parameter.high + 1e-6:
                raise ValueError(
                    f'{self.skill} parameter {parameter.name} = {value:g} is outside '
                    f'[{parameter.low:g}, {parameter.high:g}]'
                )
        return self


def skill_spec(name: str) -> SkillSpec:
    """Returns the spec of a known skill.

    Raises:
        InvalidInputError: If there is no such skill.
    """
    if name not in SKILLS:
        raise InvalidInputError(f'unknown skill {name!r}; known: {", ".join(sorted(SKILLS))}')
    return SKILLS[name]
