# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Parameter values per node, put together from several places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from f2p_bringup.errors import BringupError
from f2p_bringup.node_table import NODES

Settings = dict[str, dict[str, object]]
"""Parameter values by node name."""


def store_settings(models: Path, out: Path) -> Settings:
    """Returns where nodes find models and keep what they make.

    Args:
        models: Model store.
        out: Directory of the run.
    """
    settings: Settings = {
        spec.executable: {'models_directory': str(models.resolve())}
        for spec in NODES
        if spec.uses_models
    }
    learner = settings['learner']
    learner['library_directory'] = str((out / 'failures').resolve())
    learner['runs_directory'] = str((out / 'runs').resolve())
    settings['recorder'] = {'library_directory': learner['library_directory']}
    return settings


def parse_settings(entries: Iterable[str]) -> Settings:
    """Reads entries like ``world.objects=5``; the value is YAML.

    Raises:
        BringupError: If an entry has another form or names no node.
    """
    settings: Settings = {}
    known = [spec.executable for spec in NODES]
    for entry in entries:
        name, equals, value = entry.partition('=')
        node, dot, parameter = name.partition('.')
        if not (equals and dot and parameter) or node not in known:
            raise BringupError(
                f'{entry!r} is not of the form node.parameter=value; nodes: {", ".join(known)}'
            )
        settings.setdefault(node, {})[parameter] = _value(entry, value)
    return settings


def _value(entry: str, text: str) -> object:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = ' '.join(str(error).split())
        raise BringupError(f'{entry!r} has no value in YAML: {problem}') from None


def merged(*several: Mapping[str, Mapping[str, object]]) -> Settings:
    """Returns all settings in one; later ones win."""
    result: Settings = {}
    for settings in several:
        for node, values in settings.items():
            result.setdefault(node, {}).update(values)
    return result
