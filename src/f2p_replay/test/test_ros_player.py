# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node player over real DDS: what it plays, what it refuses, and that nothing moves.

Bags are played in a loop: who listens a moment too late hears it the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from bag_material import bag_of, BAGS, complete, failure, image, model_version, transform
from f2p_msgs.action import ExecuteSkill
from f2p_msgs.msg import ErrorCode
from f2p_msgs.srv import RequestLearning
from rclpy.node import Node
from ros_robot import wait_for_log
from rosgraph_msgs.msg import Clock
from std_srvs.srv import SetBool

from f2p_core.bags import Bag, failures_in_bag
from f2p_core.messages.failure import msg_to_failure
from f2p_core.messages.time import msg_to_time_ns
from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import node_process
from f2p_core.ros.waiting import wait_until
from f2p_replay.contract import CONTRACT, Role
from f2p_replay.program import played_name
from f2p_replay.ros.topics import message_class, qos_profile

PLAYER = ('-m', 'f2p_replay.ros.player_node')
TIMEOUT_S = 60.0
BY_NAME = {topic.name: topic for topic in CONTRACT}


class Onlooker:
    """Keeps what comes on the topics of the contract, as it is on the wire."""

    def __init__(self, node: Node, names: tuple[str, ...]) -> None:
        self.heard: dict[str, set[bytes]] = {name: set() for name in names}
        for name in names:
            topic = BY_NAME[name]
            node.create_subscription(
                message_class(topic),
                played_name(topic),
                self._keeper(self.heard[name]),
                qos_profile(topic),
                raw=True,
            )

    def _keeper(self, heard: set[bytes]) -> Callable[[bytes], None]:
        def keep(data: bytes) -> None:
            heard.add(data)

        return keep  # rclpy looks at the signature, which set.add has none of


class Times:
    """The times of /clock, and how often they jumped back."""

    def __init__(self, node: Node) -> None:
        self.times_ns: list[int] = []
        self.jumps = 0
        node.create_subscription(Clock, '/clock', self._add, 100)

    def _add(self, message: Clock) -> None:
        now_ns = msg_to_time_ns(message.clock)
        self.jumps += bool(self.times_ns and now_ns < self.times_ns[-1])
        self.times_ns.append(now_ns)


class Learner(NamedTuple):
    """Stands for the learner: keeps the failures it is asked to learn from."""

    requests: list[Any]

    def answer(self, request: Any, response: Any) -> Any:
        self.requests.append(request)
        response.accepted = True
        return response


@pytest.fixture
def client() -> Iterator[Node]:
    with own_network(), BackgroundNode('client') as node:
        yield node


@pytest.fixture(scope='module')
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    messages = [
        model_version(1, 19.9), *complete(20.0), transform('/tf', 20.3), image('depth', 20.4),
        transform('/tf', 20.8),
    ]  # fmt: skip
    return bag_of(tmp_path_factory.mktemp('bags') / 'played', messages)


def wait_for(condition: Any, what: str) -> None:
    wait_until(condition, TIMEOUT_S, what)


def test_it_plays_what_was_recorded(client: Node, bag: Path) -> None:
    names = ('/tf', 'depth', 'labels', 'camera_info', 'failure', 'model_version')
    onlooker, times = Onlooker(client, names), Times(client)
    with Bag(bag) as opened:
        recorded: dict[str, set[bytes]] = {name: set() for name in names}
        for message in opened.messages([topic.name for topic in opened.topics]):
            recorded[message.topic if message.topic in names else message.topic[1:]].add(
                message.data
            )
        start_ns = opened.start_ns
    with node_process(PLAYER, bag=bag, loop=True, learn=False):
        wait_for(lambda: onlooker.heard == recorded, 'all that was recorded')
        wait_for(lambda: times.jumps >= 2, 'the third time')
        played = {name for name, _ in client.get_publisher_names_and_types_by_node('player', '/')}
    assert min(times.times_ns) == start_ns
    outputs = {f'/{t.name}' for t in CONTRACT if t.role is Role.OUTPUT}
    assert played.isdisjoint(outputs)
    assert {'/recorded/failure', '/recorded/model_version', '/depth', '/tf'} <= played


def test_nothing_moves(client: Node, bag: Path) -> None:
    caller = ActionCaller(client, ExecuteSkill, 'execute_skill')
    with node_process(PLAYER, bag=bag, start_paused=True, learn=False):
        (found,) = failures_in_bag(bag)
        goal = ExecuteSkill.Goal()
        goal.call.skill, goal.call.object_id = found.call.skill, found.call.object_id
        result = caller.call(goal, timeout_s=TIMEOUT_S)
    assert result.error_code == ErrorCode.EXECUTOR_REPLAY
    assert 'pick_place is not executed' in result.error_msg
    assert len(result.achieved.joints.points) == len(result.commanded.joints.points) == 0


def test_a_pause_stops_the_clock(client: Node, bag: Path) -> None:
    times = Times(client)
    pause = ServiceCaller(client, SetBool, 'player/pause')
    with node_process(PLAYER, bag=bag, start_paused=True, learn=False, loop=True):
        wait_for(lambda: len(times.times_ns) > 5, 'the clock')
        assert len(set(times.times_ns)) == 1
        assert pause.call(SetBool.Request(data=False), timeout_s=TIMEOUT_S).success
        wait_for(lambda: times.jumps >= 1, 'the begin again')
        assert pause.call(SetBool.Request(data=True), timeout_s=TIMEOUT_S).success
        # Those on their way may still differ; then it stands.
        wait_for(lambda: len(set(times.times_ns[-10:])) == 1, 'a clock that stands')


@pytest.mark.parametrize('path', BAGS, ids=lambda p: p.name)
def test_live_and_offline_are_the_same_failure(client: Node, path: Path) -> None:
    learner, times = Learner([]), Times(client)
    client.create_service(RequestLearning, 'request_learning', learner.answer)
    with node_process(PLAYER, bag=path, rate=10.0):
        wait_for(lambda: learner.requests, 'the request')
    (request,) = learner.requests
    (offline,) = failures_in_bag(path)
    assert msg_to_failure(request.failure).digest == offline.digest
    assert (request.failure_id, request.seed) == ('', 0)
    assert times.times_ns


def test_a_loop_asks_once(client: Node, bag: Path) -> None:
    learner, times = Learner([]), Times(client)
    client.create_service(RequestLearning, 'request_learning', learner.answer)
    with node_process(PLAYER, bag=bag, loop=True):
        wait_for(lambda: learner.requests, 'the request')
        seen = times.jumps
        wait_for(lambda: times.jumps >= seen + 2, 'the failure twice more')
    assert len(learner.requests) == 1


def test_it_waits_for_a_learner_that_is_not_active_yet(client: Node, bag: Path) -> None:
    requests: list[Any] = []

    def answer(request: Any, response: Any) -> Any:
        requests.append(request)
        response.accepted = len(requests) > 1
        response.error_code = (
            ErrorCode.NONE if response.accepted else ErrorCode.LEARNER_INACTIVE
        )
        return response

    client.create_service(RequestLearning, 'request_learning', answer)
    with node_process(PLAYER, bag=bag) as process:
        wait_for_log(process, 'learning is requested')
    assert len(requests) == 2


@pytest.mark.parametrize(
    ('content', 'text'),
    [
        (None, 'the parameter bag is empty'),
        (b'', 'empty'),
        (b'\x89MCAP0\r\n\x01', 'was not finished'),
    ],
)
def test_a_bad_bag_is_refused(tmp_path: Path, content: bytes | None, text: str) -> None:
    path = tmp_path / 'bag.mcap'
    if content is not None:
        path.write_bytes(content)
    options = {} if content is None else {'bag': path}
    with own_network(), node_process(PLAYER, **options) as process:
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 2
    assert text in errors


def test_a_recording_in_a_namespace_is_played_in_any(client: Node, tmp_path: Path) -> None:
    path = bag_of(tmp_path / 'bag', [*complete(20.0), failure(20.2)], '/robot_1')
    onlooker = Onlooker(client, ('depth', 'failure'))
    with node_process(PLAYER, bag=path, loop=True, learn=False):
        wait_for(lambda: all(onlooker.heard.values()), 'what was recorded')
