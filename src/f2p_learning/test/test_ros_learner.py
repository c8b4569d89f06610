# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Learning runs over DDS: the node learner with the generator and the simulator it works with.

The model was never trained, so the gate refuses what is learned; everything else is real.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import threading
from typing import Any
import uuid

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from action_msgs.srv import CancelGoal
from f2p_msgs.action import FineTune, LearnFromFailure
from f2p_msgs.msg import ErrorCode
from f2p_msgs.msg import Failure as FailureMsg
from f2p_msgs.srv import RequestLearning
from learner_bench import (
    begin,
    Bench,
    FAILURE,
    integer,
    make_store,
    running_learner,
    SMALL,
    TIMEOUT_S,
)
from rclpy.serialization import serialize_message
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import get_types_from_msg, get_typestore, Stores

from f2p_core.control import Control
from f2p_core.errors import CancelledError
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.failure import failure_to_msg, msg_to_model
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import LATCHED_EVENTS
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import node_process, wait_active
from f2p_core.ros.waiting import wait_until

ENDLESS = [*SMALL[:-1], integer('tuning.steps', 100_000)]


@pytest.fixture(scope='module')
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    directory = tmp_path_factory.mktemp('learner')
    make_store(directory)
    generator = ('-m', 'f2p_svi.ros.scene_generator_node')
    models = directory / 'models'
    with (
        own_network(),
        BackgroundNode('client') as client,
        node_process(('-m', 'f2p_sim.ros.simulator_node')),
        node_process(generator, models_directory=models, threads=1),
        running_learner(client, directory) as made,
    ):
        for name in ('simulator', 'scene_generator'):
            wait_active(client, name)
        yield made


def test_the_active_model_is_announced(bench: Bench) -> None:
    message = bench.version.wait(lambda _: True, TIMEOUT_S, 'the model version')
    assert msg_to_model(message) == (1, bench.store.record(1).digest)


def test_a_run_goes_through_all_stages_and_the_gate_judges(bench: Bench) -> None:
    states: list[int] = []
    result = bench.learn.call(
        LearnFromFailure.Goal(
            failures=[failure_to_msg(FAILURE)], seed=5, overrides=SMALL, publish=True
        ),
        timeout_s=TIMEOUT_S,
        on_feedback=lambda f: states.append(f.state),
    )
    assert result.error_code == ErrorCode.LEARNER_NOT_LEARNED, result.error_msg
    assert 'held-out executions' in result.error_msg
    assert not result.learned
    assert (result.version_before.version, result.version_after.version) == (1, 1)
    stages = [s.stage for s in result.stages]
    assert stages == ['generate', 'simulate', 'fine_tune', 'gate']
    feedback = LearnFromFailure.Feedback
    for state in (feedback.GENERATING, feedback.SIMULATING, feedback.TRAINING):
        assert state in states
    run = Path(result.run_directory)
    assert (run / 'result.json').exists()
    assert result.executions == 2
    assert result.diagnostics.iterations > 0
    assert bench.store.versions() == (1, 2)
    kept = bench.library.get(FAILURE.failure_id)
    assert kept.model_dump_json() == FAILURE.model_dump_json()


def test_a_published_failure_is_kept_and_can_be_named(bench: Bench) -> None:
    publisher = bench.node.create_publisher(FailureMsg, 'failure', LATCHED_EVENTS)
    failure = FAILURE.model_copy(update={'failure_id': 'published'})
    publisher.publish(failure_to_msg(failure))
    library = bench.library
    wait_until(lambda: 'published' in library.ids(), TIMEOUT_S, 'the failure in the library')
    result = bench.learn_from(failure_ids=['published'])
    assert result.error_code == ErrorCode.LEARNER_NOT_LEARNED, result.error_msg


def test_a_request_returns_at_once_and_its_run_can_be_asked_for(bench: Bench) -> None:
    answer = bench.request.call(
        RequestLearning.Request(failure=failure_to_msg(FAILURE)), timeout_s=TIMEOUT_S
    )
    assert (answer.accepted, answer.error_code) == (True, ErrorCode.NONE)
    wait_until((bench.directory / 'runs' / answer.run_id).is_dir, TIMEOUT_S, 'the run')
    # Cancelled by whoever knows the id: by now nobody holds a handle of this goal.
    cancel = ServiceCaller(bench.node, CancelGoal, 'learn_from_failure/_action/cancel_goal')
    request = CancelGoal.Request()
    request.goal_info.goal_id.uuid = list(uuid.UUID(answer.run_id).bytes)
    assert cancel.call(request, timeout_s=TIMEOUT_S).goals_canceling


def test_cancel_in_training_leaves_no_model(bench: Bench) -> None:
    stop = threading.Event()

    def watch(feedback: Any) -> None:
        if feedback.state == LearnFromFailure.Feedback.TRAINING:
            stop.set()

    with pytest.raises(CancelledError):
        bench.learn.call(
            LearnFromFailure.Goal(failures=[failure_to_msg(FAILURE)], overrides=ENDLESS),
            timeout_s=TIMEOUT_S,
            control=Control(should_stop=stop.is_set),
            on_feedback=watch,
        )
    assert bench.store.versions() == (1, 2)
    assert bench.store.active_version() == 1


def test_a_second_goal_waits_for_the_first(bench: Bench) -> None:
    first = begin(bench, ENDLESS)
    first.wait_for_feedback()
    states: list[int] = []

    def watch(feedback: Any) -> None:
        states.append(feedback.state)
        first.cancel.set()  # lets the first end, so that this one gets its turn

    result = bench.fine_tune.call(
        FineTune.Goal(dataset=str(bench.directory / 'dataset.safetensors'), overrides=SMALL),
        timeout_s=TIMEOUT_S,
        on_feedback=watch,
    )
    with pytest.raises(CancelledError):
        first.end()
    assert states[0] == FineTune.Feedback.QUEUED
    assert result.error_code == ErrorCode.LEARNER_NOT_LEARNED, result.error_msg
    assert result.gate.old_executions == 4


def test_a_bag_is_read(bench: Bench, tmp_path: Path) -> None:
    store = get_typestore(Stores.ROS2_JAZZY)
    folder = Path(__file__).parents[2] / 'f2p_msgs' / 'msg'
    types: dict[str, Any] = {}
    for file in folder.glob('*.msg'):
        types.update(get_types_from_msg(file.read_text(), f'f2p_msgs/msg/{file.stem}'))
    store.register(types)
    with Writer(tmp_path / 'bag', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        topic = writer.add_connection('/failure', 'f2p_msgs/msg/Failure', typestore=store)
        # rclpy counts room for the alignment of empty arrays, so its bytes may go on after the
        # message.
        writer.write(topic, 1, serialize_message(failure_to_msg(FAILURE)))
    result = bench.learn_from(bag=str(tmp_path / 'bag'))
    assert result.error_code == ErrorCode.LEARNER_NOT_LEARNED, result.error_msg
