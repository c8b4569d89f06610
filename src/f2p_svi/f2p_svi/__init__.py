# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Stein variational inference of scenes and actions."""

from f2p_svi.config import ActionConfig, GeneratorConfig, StateConfig
from f2p_svi.errors import SviError
from f2p_svi.harvest import Harvest
from f2p_svi.methods import Method, METHODS
from f2p_svi.protocol import (
    CallSampler,
    GeneratedData,
    SampledCalls,
    SampledScenes,
    SceneSampler,
)

__all__ = [
    'METHODS',
    'ActionConfig',
    'CallSampler',
    'GeneratedData',
    'GeneratorConfig',
    'Harvest',
    'Method',
    'SampledCalls',
    'SampledScenes',
    'SceneSampler',
    'StateConfig',
    'SviError',
]
