# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the node planner answers when a neighbour is late, and when its model cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.msg import ErrorCode
from planner_bench import Bench, PLANNER, running_planner, store_of, TIMEOUT_S

from f2p_core.ros.network import own_network
from f2p_core.ros.testing import node_process

SHORT_S = 3.0


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    deadlines = {f'{name}_timeout_s': SHORT_S for name in ('scene', 'skill', 'verdict')}
    with running_planner(store_of(tmp_path, 1), **deadlines) as made:
        yield made
        made.executor.may_end.set()
        made.detector.may_answer.set()


def test_each_neighbour_has_a_deadline_with_its_own_code(bench: Bench) -> None:
    bench.executor.may_end.clear()
    result = bench.pursue()
    assert result.error_code == ErrorCode.PLANNER_EXECUTION_FAILED
    assert result.error_msg == 'the result of execute_skill did not come within 3 s'
    bench.executor.may_end.set()
    bench.detector.may_answer.clear()
    result = bench.pursue()
    assert result.error_code == ErrorCode.PLANNER_NO_VERDICT
    assert result.error_msg == 'the answer of check_effect did not come within 3 s'
    bench.camera.is_on = False
    result = bench.pursue()
    assert result.error_code == ErrorCode.PLANNER_NO_SCENE
    assert 'did not come within 3 s' in result.error_msg


def test_a_model_cut_short_ends_the_node_with_its_name(tmp_path: Path) -> None:
    models = store_of(tmp_path, 1).directory
    weights = models / 'v0001' / 'weights.safetensors'
    weights.write_bytes(weights.read_bytes()[:1000])
    with own_network(), node_process(PLANNER, models_directory=models) as process:
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 1
    assert str(weights) in errors
    assert 'Traceback' not in errors
