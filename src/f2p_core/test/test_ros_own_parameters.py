# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Parameters that are set while a node runs: taken, or refused with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from rcl_interfaces.msg import SetParametersResult
from rcl_interfaces.srv import GetParameters, SetParameters
from rclpy.node import Node
from rclpy.parameter import Parameter, parameter_value_to_python

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import node_process, wait_active

SCRIPT = (str(Path(__file__).parent / 'counting_node.py'),)
TIMEOUT_S = 30.0


@pytest.fixture(scope='module')
def client() -> Iterator[Node]:
    with own_network(), BackgroundNode('client') as node:
        yield node


@pytest.fixture(scope='module')
def active(client: Node) -> Iterator[str]:
    with node_process(SCRIPT, '-r', '__ns:=/robot1'):
        wait_active(client, '/robot1/counter')
        yield '/robot1/counter'


def put(client: Node, node: str, name: str, value: object) -> SetParametersResult:
    request = SetParameters.Request(parameters=[Parameter(name, value=value).to_parameter_msg()])
    caller = ServiceCaller(client, SetParameters, f'{node}/set_parameters')
    return caller.call(request, timeout_s=TIMEOUT_S).results[0]


def got(client: Node, node: str, name: str) -> object:
    caller = ServiceCaller(client, GetParameters, f'{node}/get_parameters')
    (value,) = caller.call(GetParameters.Request(names=[name]), timeout_s=TIMEOUT_S).values
    return parameter_value_to_python(value)


def test_a_live_one_is_taken_while_the_node_works(client: Node, active: str) -> None:
    assert put(client, active, 'pace.tick_s', 0.5).successful
    assert got(client, active, 'pace.tick_s') == 0.5


@pytest.mark.parametrize(
    ('name', 'value', 'reason'),
    [
        ('ticks', 7, 'read when the node is configured; first ros2 lifecycle set /robot1/counter '
         'deactivate && ros2 lifecycle set /robot1/counter cleanup'),
        ('autostart', False, 'read when the node starts; start it again'),
        ('pace.tick_s', 2.0, 'tick_s'),
        ('pace.tick_s', 'slow', 'Wrong parameter type'),
    ],
)  # fmt: skip
def test_any_other_is_refused_with_a_reason(
    client: Node, active: str, name: str, value: object, reason: str
) -> None:
    before = got(client, active, name)
    result = put(client, active, name, value)
    assert not result.successful
    assert reason in result.reason
    assert got(client, active, name) == before


def test_before_it_is_configured_all_but_the_constructors_are_taken(client: Node) -> None:
    with node_process(SCRIPT, '-r', '__ns:=/idle', autostart=False):
        assert put(client, '/idle/counter', 'ticks', 7).successful
        assert got(client, '/idle/counter', 'ticks') == 7
        assert 'start it again' in put(client, '/idle/counter', 'autostart', True).reason
