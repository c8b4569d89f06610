# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Figures of samplers as a message, and back."""

from __future__ import annotations

from collections.abc import Mapping
import json
import math
from typing import Any

from f2p_msgs.msg import SceneDiagnostics

from f2p_core.errors import InvalidInputError
from f2p_core.ros.conversions.time import duration_to_msg

_FIELDS = {
    'kernel_stein_discrepancy': 'ksd_end',
    'spread_to_prior': 'spread_vs_prior',
    'spread_to_posterior': 'spread_vs_posterior',
    'settled_share': 'satisfied_after_settling',
    'like_failure_share': 'like_failure_share',
    'entropy_failed_action': 'predictive_at_failed_call',
    'bald_failed_action': 'bald_at_failed_call',
    'disagreement_failed_action': 'geometry_at_failed_call',
    'entropy_actions': 'predictive_at_calls',
    'bald_actions': 'bald_at_calls',
    'disagreement_actions': 'geometry_at_calls',
}
"""Field of the message per figure of a run (``f2p_svi.diagnostics``); the learner adds one."""


def diagnostics_to_msg(figures: Mapping[str, Any]) -> SceneDiagnostics:
    """Returns the figures of a run; those that were not measured are NaN."""
    values = {field: float(figures.get(name, math.nan)) for field, name in _FIELDS.items()}
    return SceneDiagnostics(
        iterations=int(figures.get('iterations', 0)),
        scenes_elapsed=duration_to_msg(
            float(figures.get('seconds_scenes', 0.0)) + float(figures.get('seconds_settle', 0.0))
        ),
        actions_elapsed=duration_to_msg(float(figures.get('seconds_actions', 0.0))),
        details_json=json.dumps(dict(figures)),
        **values,
    )


def msg_to_figures(message: SceneDiagnostics) -> dict[str, Any]:
    """Returns every figure of a run.

    Raises:
        InvalidInputError: If the details are not a JSON object.
    """
    if not message.details_json:
        return {}
    try:
        figures = json.loads(message.details_json)
    except json.JSONDecodeError as error:
        raise InvalidInputError(f'diagnostics.details_json is not JSON: {error}') from error
    if not isinstance(figures, dict):
        raise InvalidInputError('diagnostics.details_json is not a JSON object')
    return figures
