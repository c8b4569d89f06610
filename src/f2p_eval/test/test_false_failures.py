# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Correct executions are not taken for failures, wrong ones are: camera, perception, monitor."""

from __future__ import annotations

from pathlib import Path

import pytest

from f2p_effects.protocol import EffectModel
from f2p_effects.store import ModelStore
from f2p_eval.false_failures import run_number
from f2p_planner.monitor import VerdictKind
from f2p_tasks.transport import TRANSPORT

KINDS = [exercise.name for exercise in TRANSPORT.exercises]


@pytest.fixture(scope='module')
def model() -> EffectModel:
    return ModelStore(Path(__file__).parents[3] / 'models').load_active()


def test_moving_an_object_is_no_failure(model: EffectModel) -> None:
    number = KINDS.index('object table to table')
    _, trial = run_number(TRANSPORT, number, model, seed=0, segmented=True)
    assert trial == (True, VerdictKind.AS_PREDICTED)


def test_content_that_came_along_is_a_failure(model: EffectModel) -> None:
    """The pre-trained model is sure that it stays behind."""
    _, trial = run_number(TRANSPORT, KINDS.index('carry 3 objects'), model, seed=0, segmented=True)
    assert trial == (False, VerdictKind.VIOLATED)
