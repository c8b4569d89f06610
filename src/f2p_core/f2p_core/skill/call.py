# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A skill with its arguments, checked against the skill's definition."""

from __future__ import annotations

from pydantic import model_validator

from f2p_core.models import Value
from f2p_core.scene import ObjectId
from f2p_core.skill.definition import Parameters
from f2p_core.skill.table import SKILLS

_ROUNDING = 1e-6
"""How far beyond its bounds a parameter may lie: values come back from float32."""


class SkillCall(Value):
    """One skill with its arguments.

    Attributes:
        skill: Name of a known skill.
        object_id: The object that is acted on.
        target_id: The support it is put on or pushed over; parameters are in this object's frame
            (x and y in its plane, yaw about its z).
        parameters: Values in the order of the skill's parameters.
    """

    skill: str
    object_id: ObjectId
    target_id: ObjectId
    parameters: Parameters

    @model_validator(mode='after')
    def _fits_the_skill(self) -> SkillCall:
        if self.skill not in SKILLS:
            raise ValueError(f'unknown skill {self.skill!r}; known: {", ".join(SKILLS.names)}')
        if self.object_id == self.target_id:
            raise ValueError(f'object_id and target_id are both {self.object_id!r}')
        parameters = SKILLS[self.skill].parameters
        if len(parameters) != len(self.parameters):
            names = ', '.join(p.name for p in parameters)
            raise ValueError(
                f'{self.skill} takes {len(parameters)} parameters ({names}), '
                f'not {len(self.parameters)}'
            )
        for parameter, value in zip(parameters, self.parameters, strict=True):
            if not parameter.low - _ROUNDING <= value <= parameter.high + _ROUNDING:
                raise ValueError(
                    f'{self.skill} parameter {parameter.name} = {value:g} is outside '
                    f'[{parameter.low:g}, {parameter.high:g}]'
                )
        return self

    def in_words(self) -> str:
        """Returns what the call asks for, as its skill words it."""
        return SKILLS[self.skill].words(self)
