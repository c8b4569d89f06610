# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The config folder says what the nodes' configurations say: names, defaults, comments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from rcl_interfaces.srv import GetParameters
import yaml

from f2p_bringup.node_table import COMMON_PARAMETERS_FILE, NODES, NodeSpec
from f2p_bringup.ros.parameter_files import common_file, CONFIGS, parameter_file
from f2p_core.limits import Limits
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.network import own_network
from f2p_core.ros.own_parameters import is_live
from f2p_core.ros.parameters import parameter_names
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import node_process, START_TIMEOUT_S
from f2p_core.ros.waiting import wait_until

CONFIG = Path(__file__).parents[1] / 'config'


def flat(values: dict[str, Any], prefix: str = '') -> dict[str, Any]:
    """Returns nested parameters with the names ROS gives them."""
    result: dict[str, Any] = {}
    for name, value in values.items():
        nested = flat(value, f'{prefix}{name}.') if isinstance(value, dict) else None
        result.update({prefix + name: value} if nested is None else nested)
    return result


@pytest.mark.parametrize('spec', NODES, ids=lambda spec: spec.executable)
def test_the_file_is_what_the_configuration_writes(spec: NodeSpec) -> None:
    assert (CONFIG / spec.parameters_file).read_text() == parameter_file(spec), (
        'write it anew: python -m f2p_bringup.ros.parameter_files src/f2p_bringup/config'
    )


def test_the_common_file_holds_the_table_of_limits() -> None:
    assert (CONFIG / COMMON_PARAMETERS_FILE).read_text() == common_file()
    read = yaml.safe_load(common_file())['/**']['ros__parameters']
    assert read['limits'] == Limits().model_dump()


@pytest.mark.parametrize('spec', NODES, ids=lambda spec: spec.executable)
def test_what_yaml_reads_is_the_default(spec: NodeSpec) -> None:
    values = yaml.safe_load(parameter_file(spec))[spec.parameters_key]['ros__parameters']
    read = flat({k: v for k, v in values.items() if k != 'use_sim_time'})
    own = [n for n in parameter_names(CONFIGS[spec.executable]) if not n.startswith('limits.')]
    assert list(read) == own
    config = CONFIGS[spec.executable]()
    for name, value in read.items():
        default = config
        for part in name.split('.'):
            default = getattr(default, part)
        assert (tuple(value) if isinstance(value, list) else value) == default, name
        assert type(value) is (list if isinstance(default, tuple) else type(default)), name


def test_the_folder_has_no_other_file() -> None:
    files = {spec.parameters_file for spec in NODES}
    assert {p.name for p in CONFIG.glob('*.yaml')} == files | {COMMON_PARAMETERS_FILE}
    assert list(CONFIGS) == [spec.executable for spec in NODES]


def test_a_file_holds_in_a_namespace(tmp_path: Path) -> None:
    changed = tmp_path / 'simulator.yaml'
    text = (CONFIG / changed.name).read_text()
    changed.write_text(text.replace('autostart: true', 'autostart: false'))
    arguments = ('-r', '__ns:=/robot', '--params-file', str(changed))
    with own_network(), BackgroundNode('client') as client:
        caller = ServiceCaller(client, GetParameters, 'robot/simulator/get_parameters')
        with node_process(('-m', 'f2p_sim.ros.simulator_node'), *arguments):
            wait_until(lambda: 'simulator' in client.get_node_names(), START_TIMEOUT_S, 'it')
            answer = caller.call(GetParameters.Request(names=['autostart']), timeout_s=60.0)
    assert not answer.values[0].bool_value


@pytest.mark.parametrize(
    ('node', 'name', 'can_be_set'),
    [
        ('learner', 'require_approval', True), ('planner', 'auto_learn', True),
        ('perception', 'cluster_gap_m', True), ('perception', 'min_seen_points', True),
        ('learner', 'models_directory', False), ('perception', 'furniture', False),
    ],
)  # fmt: skip
def test_what_an_owner_tunes_can_be_set_while_the_node_works(
    node: str, name: str, can_be_set: bool
) -> None:
    assert is_live(CONFIGS[node], [name]) is can_be_set
