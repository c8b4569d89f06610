# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A model of another kind than ours plans, fails, learns in the loop, is judged and plans anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
import shutil
from typing import Any

import numpy as np
import pytest
from tiny_model import TINY

from f2p_core.files import read_failure
from f2p_core.registry import Registry
from f2p_core.relations import RELATION_NAMES
from f2p_core.skill import SkillCall
from f2p_effects.inputs import model_state
from f2p_effects.learners import EFFECT_MODELS
from f2p_effects.protocol import EffectModel
from f2p_effects.tuning import FineTuneConfig, TrainConfig
from f2p_learning.config import LearningConfig
from f2p_learning.local import local_tools
from f2p_learning.loop import learn_from_failure, LearningRequest
from f2p_learning.run_directory import RunDirectory
from f2p_learning.tools import LearningTools
from f2p_planner.config import PlannerConfig
from f2p_planner.plans import evaluate_plan, Plan, Situation
from f2p_planner.search import plan

ROOT = Path(__file__).parents[3]
FAILURE = read_failure(ROOT / 'examples' / 'failure_filled_carry.json')


QUICK = PlannerConfig(max_evaluations=2000, refined_plans=0)


@pytest.fixture
def tools(tmp_path: Path, register: Callable[[Registry[Any], Any], None]) -> LearningTools:
    """The real simulator and samplers, and a store whose active model is of another kind."""
    register(EFFECT_MODELS, TINY)
    models = tmp_path / 'models'
    shutil.copytree(ROOT / 'models', models, ignore=shutil.ignore_patterns('v0*', 'active*'))
    tools = local_tools(models, tmp_path / 'failures')
    first = TINY.fit(tools.replay, TrainConfig(), relation_names=RELATION_NAMES, seed=0).model
    tools.store.activate(tools.store.save(first).version)
    return tools


SCENE = FAILURE.before.scene
SITUATION = Situation(SCENE, model_state([SCENE], np.random.default_rng(0)))


def planned(model: EffectModel) -> Plan:
    return plan(FAILURE.goal, SITUATION, model, seed=0, config=QUICK)


def score(model: EffectModel, calls: Sequence[SkillCall]) -> float:
    return evaluate_plan(FAILURE.goal, SITUATION, model, calls, threshold=0.9).score


def test_it_goes_through_store_planner_loop_and_gate(
    tools: LearningTools, tmp_path: Path
) -> None:
    before = tools.store.load_active()
    failed = FAILURE.call
    first = planned(before)
    assert [(c.object_id, c.target_id) for c in first.calls] == [
        (failed.object_id, failed.target_id)
    ]
    config = LearningConfig(
        n_scenes=4, n_calls=1, gate_scenes=10, gate_calls=6, max_rounds=1
    )
    order = LearningRequest(FAILURE, config, FineTuneConfig(), seed=3)
    result = learn_from_failure(order, tools, RunDirectory(tmp_path / 'run'))
    assert result.learned, result.gate.reason
    assert result.gate.family_accuracy_before < 0.2
    after = tools.store.load_active()
    assert (after.kind, after.version, after.digest) == ('tiny', 2, result.model_digest)
    assert tools.store.record(2).parent == before.digest
    assert score(before, first.calls) > 0.8  # the motion succeeds in 89 % of the old executions
    assert score(after, first.calls) < 0.1
    assert planned(after).calls != first.calls
