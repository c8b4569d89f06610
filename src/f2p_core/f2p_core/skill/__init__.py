# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the robot can be asked to do: one definition per skill, and calls of skills."""

from __future__ import annotations

from f2p_core.skill.call import SkillCall
from f2p_core.skill.definition import Command, MAX_PARAMETERS, Pair, Parameter, Parameters, Skill
from f2p_core.skill.hand import Hand, SHIPPED_HAND
from f2p_core.skill.pick_place import PICK_PLACE
from f2p_core.skill.push import PUSH
from f2p_core.skill.table import (
    call_bounds,
    mirror_signs,
    padded,
    parameter_count,
    SKILLS,
    translated,
)

__all__ = [
    'MAX_PARAMETERS',
    'PICK_PLACE',
    'PUSH',
    'SHIPPED_HAND',
    'SKILLS',
    'Command',
    'Hand',
    'Pair',
    'Parameter',
    'Parameters',
    'Skill',
    'SkillCall',
    'call_bounds',
    'mirror_signs',
    'padded',
    'parameter_count',
    'translated',
]
