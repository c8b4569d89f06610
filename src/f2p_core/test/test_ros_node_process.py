# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""How the process of a node starts, refuses to, and ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import threading
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_msgs.action import FineTune
from f2p_msgs.msg import ErrorCode
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rclpy.node import Node

from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.errors import NodeError
from f2p_core.ros.network import own_network
from f2p_core.ros.testing import node_process, stop_process, wait_active
from f2p_core.ros.waiting import DeadlineError, Latest

SCRIPT = (str(Path(__file__).parent / 'counting_node.py'),)
TIMEOUT_S = 20.0


@pytest.fixture(scope='module')
def client() -> Iterator[Node]:
    with own_network(), BackgroundNode('client') as node:
        yield node


def ticks(count: int) -> Parameter:
    value = ParameterValue(type=ParameterType.PARAMETER_INTEGER, integer_value=count)
    return Parameter(name='ticks', value=value)


def test_inactive_node_says_so(client: Node) -> None:
    caller = ActionCaller(client, FineTune, 'idle/count')
    with node_process(SCRIPT, '-r', '__ns:=/idle', autostart=False) as process:
        result = caller.call(FineTune.Goal(), timeout_s=TIMEOUT_S)
        assert result.error_code == ErrorCode.LEARNER_INACTIVE
        hint = ' && '.join(
            f'ros2 lifecycle set /idle/counter {verb}' for verb in ('configure', 'activate')
        )
        assert result.error_msg.endswith(f'activate it: {hint}')
        assert stop_process(process)[0] == 0


@pytest.mark.parametrize(
    ('name', 'value'), [('ticks', 0), ('ticks', 'many'), ('pace.tick_s', 2.0)]
)
def test_bad_parameter_ends_the_node_with_its_name(client: Node, name: str, value: object) -> None:
    with node_process(SCRIPT, **{name: value}) as process:
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 2
    assert name in errors
    assert 'Traceback' not in errors


def test_node_stops_while_a_goal_runs(client: Node) -> None:
    caller = ActionCaller(client, FineTune, 'stopped/count')
    began: Latest[Any] = Latest()
    outcome: list[Exception] = []

    def run() -> None:
        try:
            caller.call(
                FineTune.Goal(overrides=[ticks(10_000)]),
                timeout_s=TIMEOUT_S,
                on_feedback=began.put,
            )
        except DeadlineError as error:
            outcome.append(error)

    with node_process(SCRIPT, '-r', '__ns:=/stopped') as process:
        thread = threading.Thread(target=run)
        while began.get() is None:  # the first answers may be "not active"
            if not thread.is_alive():
                thread = threading.Thread(target=run)
                thread.start()
            thread.join(0.1)
        assert stop_process(process)[0] == 0
        thread.join(TIMEOUT_S)
    assert 'vanished' in str(outcome[-1])


def test_a_goal_that_never_returns_is_named_and_ends_the_node(client: Node) -> None:
    caller = ActionCaller(client, FineTune, 'hung/count')
    with node_process(SCRIPT, '-r', '__ns:=/hung') as process:
        wait_active(client, 'hung/counter')
        with pytest.raises((DeadlineError, NodeError)):
            caller.call(FineTune.Goal(dataset='hang'), timeout_s=1.0)
        _, errors = process.communicate(timeout=3 * TIMEOUT_S)
    assert process.returncode == 1
    assert 'count does not end, 1 s after it should have: it is in __main__, line' in errors
    assert '(never_returns); the node ends' in errors
