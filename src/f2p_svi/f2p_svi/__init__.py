# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Stein variational inference of scenes and actions."""

from f2p_svi.config import ActionConfig, GeneratorConfig, StateConfig
from f2p_svi.diagnostics import outcome_share
from f2p_svi.errors import SviError
from f2p_svi.generator import GradientGenerator, JitterGenerator, SvgdSceneGenerator
from f2p_svi.protocol import GeneratedData, SceneGenerator

__all__ = [
    'ActionConfig',
    'GeneratedData',
    'GeneratorConfig',
    'GradientGenerator',
    'JitterGenerator',
    'SceneGenerator',
    'StateConfig',
    'SvgdSceneGenerator',
    'SviError',
    'outcome_share',
]
