# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Messages against the owner's limits: lengths and counts, before anything is converted."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from f2p_core.limits import Limits
from f2p_core.ros.conversions.time import msg_to_duration_s

_LIMIT_OF = {
    'AchieveGoal_Goal.planning_time': 'planning_time_s',
    'Failure.remaining_plan': 'steps',
    'FineTune_Goal.overrides': 'overrides',
    'GenerateScenes_Goal.calls_per_scene': 'calls',
    'GenerateScenes_Goal.given_scenes': 'scenes',
    'GenerateScenes_Goal.overrides': 'overrides',
    'GenerateScenes_Goal.scenes': 'scenes',
    'Goal.literals': 'literals',
    'JointState.name': 'joints',
    'JointTrajectory.joint_names': 'joints',
    'JointTrajectory.points': 'motion_points',
    'LearnFromFailure_Goal.failure_ids': 'failures',
    'LearnFromFailure_Goal.failures': 'failures',
    'LearnFromFailure_Goal.overrides': 'overrides',
    'Motion.base': 'motion_points',
    'Scene.objects': 'objects',
    'SimulateSkills_Goal.call_index': 'rollouts',
    'SimulateSkills_Goal.calls': 'rollouts',
    'SimulateSkills_Goal.scene_index': 'rollouts',
    'SimulateSkills_Goal.scenes': 'rollouts',
    'SimulateSkills_Goal.settle': 'settle_s',
    'SkillPlan.steps': 'steps',
    'SymbolicState.object_ids': 'objects',
    'SymbolicState.relation_names': 'relations',
}
"""Limit of a count, a span of time or the length of a list, per field of a message. Lists that
are not named here are held to ``entries`` or ``numbers``, texts to ``characters``."""

_NUMBERS = ('bool', 'byte', 'octet', 'char', 'float', 'double', 'int', 'uint')
"""How the names of ROS's number types begin."""


class _Field(NamedTuple):
    """One field of a message: its limit (empty: none of its own), and what it may hold."""

    name: str
    limit: str
    is_list: bool
    is_span: bool
    holds_messages: bool


def check_limits(message: Any, limits: Limits, what: str = '') -> None:
    """Checks a message and all messages in it, outer lengths before what they hold.

    Args:
        message: A ROS message, goal or request.
        limits: The owner's table.
        what: Name of the message, put before the fields.

    Raises:
        OverLimitError: Naming the first field that is over its limit, its value and the limit.
    """
    fields = _fields(message.__class__)
    for field in fields:
        if field.limit:
            value = getattr(message, field.name)
            limits.require(field.limit, _size(value, field), _named(what, field))
    for field in fields:
        if not field.holds_messages:
            continue
        value, name = getattr(message, field.name), f'{what}.{field.name}'.lstrip('.')
        if field.is_list:
            for i, item in enumerate(value):
                _check_item(item, limits, f'{name}[{i}]')
        else:
            check_limits(value, limits, name)


def _check_item(item: Any, limits: Limits, name: str) -> None:
    if isinstance(item, str):
        limits.require('characters', len(item), f'the length of {name}')
    else:
        check_limits(item, limits, name)


def _named(what: str, field: _Field) -> str:
    name = f'{what}.{field.name}'.lstrip('.')
    return name if field.is_span or not field.is_list else f'the length of {name}'


def _size(value: Any, field: _Field) -> float:
    if field.is_span:
        return msg_to_duration_s(value)
    return len(value) if field.is_list else float(value)


@cache
def _fields(kind: Any) -> tuple[_Field, ...]:
    """Returns the fields of a message type that have or hold a limit."""
    found = []
    for name, spelled in kind.get_fields_and_field_types().items():
        is_list = '[' in spelled or spelled.startswith('sequence')
        is_text = spelled.startswith('string') and not is_list
        item = spelled.removeprefix('sequence<').split('[')[0].rstrip('>').split(',')[0]
        is_number = item.startswith(_NUMBERS) and '/' not in item
        limit = _LIMIT_OF.get(f'{kind.__name__}.{name}', '')
        if not limit and (is_text or spelled.startswith('sequence')):
            limit = 'characters' if is_text else 'numbers' if is_number else 'entries'
        is_span = item.endswith('/Duration')
        holds = not is_number and not is_text and not is_span
        if limit or holds:
            found.append(_Field(name, limit, is_list or is_text, is_span, holds))
    return tuple(found)
