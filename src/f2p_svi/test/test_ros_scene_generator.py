# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node scene_generator over DDS, with the simulator node that settles its scenes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import shutil
import threading
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.action import GenerateScenes
from f2p_msgs.msg import ErrorCode, GeneratedScenes
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rclpy.node import Node
from svi_synthetic import transport_failure

from f2p_core.control import Control
from f2p_core.errors import CancelledError
from f2p_core.ros.action_client import ActionCaller, check_result
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.failure import failure_to_msg, model_to_msg, ModelRef
from f2p_core.ros.conversions.scene import msg_to_scene, scene_to_msg
from f2p_core.ros.conversions.skills import msg_to_call
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import LATCHED
from f2p_core.ros.testing import node_process, stop_process, wait_active
from f2p_core.ros.waiting import Latest
from f2p_effects.config import ModelConfig
from f2p_effects.model import new_model
from f2p_effects.store import ModelStore
from f2p_svi.methods import METHODS
from f2p_svi.ros.client import RosSamplers
from f2p_svi.ros.figures import msg_to_figures

TIMEOUT_S = 120.0
FAILURE = transport_failure(2)


@pytest.fixture(scope='module')
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ModelRef]:
    """A store with one model that was never trained: enough to be predicted with."""
    directory = tmp_path_factory.mktemp('models')
    store = ModelStore(directory)
    record = store.save(new_model(ModelConfig(), 0))
    store.activate(record.version)
    return directory, ModelRef(record.version, record.digest)


@pytest.fixture(scope='module')
def client() -> Iterator[Node]:
    with own_network(), BackgroundNode('client') as node:
        yield node


@pytest.fixture(scope='module')
def generate(client: Node, model: tuple[Path, ModelRef]) -> Iterator[ActionCaller]:
    generator = ('-m', 'f2p_svi.ros.scene_generator_node')
    # The simulator belongs to a floor this package may not import; as a process it is welcome.
    with (
        node_process(('-m', 'f2p_sim.ros.simulator_node')),
        node_process(generator, models_directory=str(model[0]), threads=1) as process,
    ):
        wait_active(client, 'simulator')
        wait_active(client, 'scene_generator')
        yield ActionCaller(client, GenerateScenes, 'generate_scenes')
        assert stop_process(process)[0] == 0


def goal_of(model: tuple[Path, ModelRef], **changes: Any) -> Any:
    values = {
        'failure': failure_to_msg(FAILURE),
        'model_version': model_to_msg(model[1]),
        'scenes': 4,
        'calls_per_scene': 2,
    }
    return GenerateScenes.Goal(**(values | changes))


def test_scenes_are_like_the_failure_and_calls_fit_them(
    generate: ActionCaller, model: tuple[Path, ModelRef]
) -> None:
    result = check_result(generate.call(goal_of(model), timeout_s=TIMEOUT_S), 'generate_scenes')
    scenes = [msg_to_scene(s) for s in result.scenes]
    assert len(scenes) == 4
    assert all(s.object_ids == FAILURE.before.scene.object_ids for s in scenes)
    calls = [msg_to_call(c) for c in result.calls]
    assert len(calls) == 8
    assert {c.object_id for c in calls} == {FAILURE.call.object_id}
    figures = msg_to_figures(result.diagnostics)
    assert figures['scene_sampler'] == 'svgd'
    assert result.diagnostics.kernel_stein_discrepancy == figures['ksd_end']


def test_scenes_alone(generate: ActionCaller, model: tuple[Path, ModelRef]) -> None:
    goal = goal_of(model, scenes=3, calls_per_scene=0, method='jitter')
    result = check_result(generate.call(goal, timeout_s=TIMEOUT_S), 'generate_scenes')
    assert (len(result.scenes), len(result.calls)) == (3, 0)


def test_over_ros_both_halves_give_what_they_give_here(
    client: Node, generate: ActionCaller, model: tuple[Path, ModelRef]
) -> None:
    remote = RosSamplers(client, timeout_s=TIMEOUT_S)
    drawn = remote.sample_scenes(FAILURE, 2, seed=7)
    assert len(drawn.scenes) == 2
    assert drawn.figures['scene_sampler'] == 'svgd'
    effect_model = ModelStore(model[0]).load(model[1].digest)
    calls = remote.sample_calls(drawn.scenes, FAILURE.call, effect_model, 3, seed=8)
    here = METHODS['svgd'].build(tuple).calls
    assert calls.by_scene == here.sample_calls(
        drawn.scenes, FAILURE.call, effect_model, 3, seed=8
    ).by_scene  # fmt: skip
    assert calls.figures['call_sampler'] == 'svgd'


def test_what_was_drawn_can_be_looked_at(
    client: Node, generate: ActionCaller, model: tuple[Path, ModelRef]
) -> None:
    shown: Latest[Any] = Latest()
    client.create_subscription(GeneratedScenes, 'generated_scenes', shown.put, LATCHED)
    goal = goal_of(model, scenes=2, calls_per_scene=0, method='jitter', seed=5)
    result = check_result(generate.call(goal, timeout_s=TIMEOUT_S), 'generate_scenes')
    drawn = [msg_to_scene(s) for s in result.scenes]
    message = shown.wait(
        lambda m: [msg_to_scene(s) for s in m.scenes] == drawn, TIMEOUT_S, 'the drawn scenes'
    )
    assert message.stage == GeneratedScenes.FINAL
    assert all(o.solids for scene in message.scenes for o in scene.objects)
    assert message.failure_id == FAILURE.failure_id
    assert message.header.frame_id == 'map'


def newer() -> Any:
    message = failure_to_msg(FAILURE)
    message.schema_version = 9
    return message


def incomplete() -> Any:
    message = failure_to_msg(FAILURE)
    message.call.object_id = ''
    return message


def oversampled(factor: float) -> list[Any]:
    value = ParameterValue(type=ParameterType.PARAMETER_DOUBLE, double_value=factor)
    return [Parameter(name='generator.oversampling', value=value)]


def owners(name: str) -> list[Any]:
    value = ParameterValue(type=ParameterType.PARAMETER_STRING, string_value='/tmp')
    return [Parameter(name=name, value=value)]


def iterations(count: int) -> list[Any]:
    value = ParameterValue(type=ParameterType.PARAMETER_INTEGER, integer_value=count)
    return [Parameter(name='generator.state.iterations', value=value)]


@pytest.mark.parametrize(
    ('changes', 'code', 'text'),
    [
        ({'scenes': 0}, ErrorCode.GENERATOR_INVALID_GOAL, 'scenes is 0'),
        (
            {'given_scenes': [scene_to_msg(FAILURE.before.scene)]},
            ErrorCode.GENERATOR_INVALID_GOAL,
            'with given_scenes',
        ),
        ({'method': 'magic'}, ErrorCode.GENERATOR_INVALID_GOAL, "'magic'"),
        ({'objective': 'fun'}, ErrorCode.GENERATOR_INVALID_GOAL, "'fun'"),
        ({'overrides': iterations(0)}, ErrorCode.GENERATOR_INVALID_GOAL, 'iterations = 0'),
        (
            {'scenes': 2**32 - 1},
            ErrorCode.GENERATOR_OVER_LIMIT,
            'scenes is 4294967295; at most 1000 is allowed (limits.scenes)',
        ),
        (
            {'calls_per_scene': 2**32 - 1},
            ErrorCode.GENERATOR_OVER_LIMIT,
            'calls_per_scene is 4294967295; at most 5000 is allowed (limits.calls)',
        ),
        (
            {'scenes': 51, 'calls_per_scene': 99},
            ErrorCode.GENERATOR_OVER_LIMIT,
            'scenes times calls_per_scene is 5049',
        ),
        (
            {'scenes': 201, 'calls_per_scene': 0, 'overrides': oversampled(10.0)},
            ErrorCode.GENERATOR_OVER_LIMIT,
            'scenes times oversampling is 2010; at most 2000',
        ),
        (
            {'overrides': owners('models_directory')},
            ErrorCode.GENERATOR_INVALID_GOAL,
            "override 'models_directory' is the owner's alone",
        ),
        (
            {'overrides': owners('limits.scenes')},
            ErrorCode.GENERATOR_INVALID_GOAL,
            "override 'limits.scenes' is the owner's alone",
        ),
        ({'failure': newer()}, ErrorCode.GENERATOR_INVALID_FAILURE, 'schema_version is 9'),
        ({'failure': incomplete()}, ErrorCode.GENERATOR_INVALID_FAILURE, 'failure.call.object_id'),
        (
            {'model_version': model_to_msg(ModelRef(1, 'ab' * 32))},
            ErrorCode.GENERATOR_NO_MODEL,
            'no model with digest',
        ),
    ],
)
def test_bad_goal_is_refused_with_code_and_message(
    generate: ActionCaller,
    model: tuple[Path, ModelRef],
    changes: dict[str, Any],
    code: int,
    text: str,
) -> None:
    result = generate.call(goal_of(model, **changes), timeout_s=TIMEOUT_S)
    assert (result.error_code, text in result.error_msg) == (code, True), result.error_msg
    assert not result.scenes


@pytest.mark.parametrize('damage', ['cut short', 'of another model'])
def test_a_damaged_model_is_named_and_the_node_lives_on(
    generate: ActionCaller, model: tuple[Path, ModelRef], damage: str
) -> None:
    store = ModelStore(model[0])
    record = store.save(new_model(ModelConfig(), 1))
    folder = store.directory / f'v{record.version:04d}'
    whole = (store.directory / 'v0001' / 'weights.safetensors').read_bytes()
    weights = whole if damage == 'of another model' else whole[:1000]
    (folder / 'weights.safetensors').write_bytes(weights)
    damaged = model_to_msg(ModelRef(record.version, record.digest))
    result = generate.call(goal_of(model, model_version=damaged), timeout_s=TIMEOUT_S)
    shutil.rmtree(folder)
    assert result.error_code == ErrorCode.GENERATOR_NO_MODEL
    assert f'{folder.name}/weights.safetensors' in result.error_msg
    again = goal_of(model, scenes=1, calls_per_scene=0, method='jitter')
    assert generate.call(again, timeout_s=TIMEOUT_S).error_code == ErrorCode.NONE


def test_cancel_then_again(generate: ActionCaller, model: tuple[Path, ModelRef]) -> None:
    stop = threading.Event()
    with pytest.raises(CancelledError):
        generate.call(
            goal_of(model, overrides=iterations(10_000)),
            timeout_s=TIMEOUT_S,
            control=Control(should_stop=stop.is_set),
            on_feedback=lambda _: stop.set(),
        )
    result = generate.call(goal_of(model), timeout_s=TIMEOUT_S)
    assert result.error_code == ErrorCode.NONE, result.error_msg
