# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The table of effect models by kind: ours, and those of installed packages."""

from __future__ import annotations

from f2p_core.registry import Registry
from f2p_effects.ensemble import ENSEMBLE
from f2p_effects.protocol import EffectLearner, EffectModel


def _kind(learner: EffectLearner) -> str:
    return learner.kind


EFFECT_MODELS: Registry[EffectLearner] = Registry(
    'effect model', 'f2p.effect_models', (ENSEMBLE,), _kind, EffectLearner
)
"""Learners by the kind of model they make."""

DEFAULT_KIND = ENSEMBLE.kind
"""Kind of model that is made where none is named."""


def learner_of(model: EffectModel) -> EffectLearner:
    """Returns the learner of a model's kind.

    Raises:
        InvalidInputError: If none is known.
    """
    return EFFECT_MODELS[model.kind]
