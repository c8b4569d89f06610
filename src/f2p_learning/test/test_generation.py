# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a round asks its samplers for, and which executions count as like the failure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import subprocess
import sys

import numpy as np
import pytest

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.errors import InvalidInputError
from f2p_core.failure import Failure, violated_entries
from f2p_core.files import read_failure
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_effects.config import ModelConfig
from f2p_effects.data import ExecutionDataset
from f2p_effects.model import new_model
from f2p_effects.protocol import EffectModel
from f2p_effects.store import ModelStore
from f2p_learning.config import LearningConfig
from f2p_learning.family import like_failure, LikeFailure
from f2p_learning.generation import execute, generate, hold_out_more
from f2p_learning.library import FailureLibrary
from f2p_learning.local import local_tools
from f2p_learning.tools import LearningTools
from f2p_sim.mujoco_backend import MujocoSimulator
from f2p_sim.protocol import Rollout
from f2p_svi.protocol import SampledCalls, SampledScenes

ROOT = Path(__file__).parents[3]
FAILURE = read_failure(ROOT / 'examples' / 'failure_filled_carry.json')
NAMES = FAILURE.relations_observed.relation_names
ENTRIES = violated_entries(FAILURE.violated, NAMES, FAILURE.before.scene.object_ids)


class Copies:
    """Samplers that hand out copies of what failed, and keep what they were asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int]] = []

    def sample_scenes(
        self, failure: Failure, n_scenes: int, *, seed: int, control: Control = UNCONTROLLED
    ) -> SampledScenes:
        self.asked.append((n_scenes, 0, seed))
        return SampledScenes((failure.before.scene,) * n_scenes, {'scene_sampler': 'copies'})

    def sample_calls(
        self,
        scenes: Sequence[Scene],
        failed: SkillCall,
        model: EffectModel,
        n_calls: int,
        *,
        seed: int,
        control: Control = UNCONTROLLED,
    ) -> SampledCalls:
        self.asked.append((len(scenes), n_calls, seed))
        return SampledCalls(((failed,) * n_calls,) * len(scenes), {'call_sampler': 'copies'})


def tools_with(copies: Copies, tmp_path: Path) -> LearningTools:
    empty = ExecutionDataset.__new__(ExecutionDataset)
    return LearningTools(
        MujocoSimulator(), copies, copies, ModelStore(tmp_path), FailureLibrary(tmp_path),
        empty, empty,
    )  # fmt: skip


@pytest.mark.parametrize(('n_calls', 'gate_calls'), [(1, 6), (20, 6), (3, 3)])
def test_calls_for_training_and_for_the_gate_are_asked_for_apart(
    tmp_path: Path, n_calls: int, gate_calls: int
) -> None:
    copies = Copies()
    config = LearningConfig(n_scenes=20, n_calls=n_calls, gate_scenes=7, gate_calls=gate_calls)
    model = new_model(ModelConfig(), 0)
    data = generate(FAILURE, model, config, tools_with(copies, tmp_path), 5, UNCONTROLLED)
    assert [ask[:2] for ask in copies.asked] == [(27, 0), (20, n_calls), (7, gate_calls)]
    assert copies.asked[0][2] == 5
    assert len({seed for _, _, seed in copies.asked}) == 3
    assert [len(row) for row in data.calls] == [n_calls] * 20 + [gate_calls] * 7
    assert data.diagnostics == {'scene_sampler': 'copies', 'call_sampler': 'copies'}


@pytest.mark.parametrize(('further_calls', 'held_out'), [(0, 2), (3, 5)])
def test_further_executions_are_held_out_where_too_few_moved(
    tmp_path: Path, further_calls: int, held_out: int
) -> None:
    copies = Copies()
    tools = tools_with(copies, tmp_path)
    config = LearningConfig(
        n_scenes=1, n_calls=1, gate_scenes=1, gate_calls=2, gate_further_calls=further_calls
    )
    model = new_model(ModelConfig(), 0)
    data = generate(FAILURE, model, config, tools, 5, UNCONTROLLED)
    executed = execute(FAILURE, config, tools, data, 5, UNCONTROLLED)
    assert len(executed.family.rollouts) == 2
    more = hold_out_more(FAILURE, model, config, tools, data, executed, 5, UNCONTROLLED)
    assert [len(part) for part in more.family] == [held_out] * 3
    assert more.training is executed.training
    assert len({seed for _, _, seed in copies.asked}) == len(copies.asked)
    assert config.executions == (1 + 2 + further_calls) * config.max_rounds


def rollout(*, like: bool, succeeded: bool = True) -> Rollout:
    scene = FAILURE.before.scene
    n = len(scene.objects)
    margins = np.full((len(NAMES), n, n), -1.0)
    for r, a, b, v in zip(*ENTRIES, FAILURE.violated, strict=True):
        margins[r, a, b] = 0.1 if v.observed == like else -0.1
    return Rollout(
        end_scene=scene,
        contacts=(),
        relation_names=NAMES,
        margins=margins,
        motion_succeeded=succeeded,
        reason='' if succeeded else 'no_grasp: it slipped',
        duration_s=1.0,
    )


def test_the_share_counts_executions_of_the_failed_skill_and_target_that_moved() -> None:
    failed = FAILURE.call
    moved = failed.model_copy(update={'parameters': (0.1, 0.1, 0.0)})
    other = failed.model_copy(update={'target_id': failed.object_id})
    calls = [failed, moved, failed, failed, other]
    rollouts = [
        rollout(like=True),
        rollout(like=True),
        rollout(like=False),
        rollout(like=True, succeeded=False),
        rollout(like=True),
    ]
    assert like_failure(FAILURE, calls, rollouts) == LikeFailure(3, 2 / 3)


def test_one_relation_that_came_out_otherwise_is_enough_to_differ() -> None:
    assert len(FAILURE.violated) > 1
    almost = rollout(like=True)
    margins = almost.margins.copy()
    r, a, b = (column[0] for column in ENTRIES)
    margins[r, a, b] *= -1.0
    half = almost.model_copy(update={'margins': margins})
    assert like_failure(FAILURE, [FAILURE.call], [half]) == LikeFailure(1, 0.0)


def test_without_such_an_execution_there_is_no_share() -> None:
    other = FAILURE.call.model_copy(update={'target_id': FAILURE.call.object_id})
    assert like_failure(FAILURE, [other], [rollout(like=True)]) == LikeFailure(0, None)


def test_local_tools_refuse_an_unknown_method(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r'unknown method .magic.*svgd'):
        local_tools(tmp_path, tmp_path, method='magic')


def test_the_loop_loads_no_physics() -> None:
    asked = "import sys, f2p_learning.loop; print('mujoco' in sys.modules)"
    run = subprocess.run([sys.executable, '-c', asked], capture_output=True, check=True, text=True)
    assert run.stdout.strip() == 'False'
