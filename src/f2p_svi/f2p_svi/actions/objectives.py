# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What makes a skill call informative, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch

from f2p_effects.protocol import EffectPrediction
from f2p_effects.uncertainty import bald, pose_disagreement, predictive_entropy

__all__ = ['OBJECTIVES', 'Objective']

Objective = Callable[[EffectPrediction], torch.Tensor]
"""Prediction in n states → value (n,), larger for more informative calls."""

OBJECTIVES: Mapping[str, Objective] = MappingProxyType(
    {'predictive': predictive_entropy, 'bald': bald, 'geometry': pose_disagreement}
)
"""``predictive`` [nat] is the paper's; ``bald`` [nat] leaves out noise the model knows of;
``geometry`` [m] also sees where the model is confidently wrong about relations."""
