# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Damaged parameter files, read as nodes read them: a sentence, or values within their bounds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import signal

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from damage import bounded, damaged
import rclpy
from rclpy._rclpy_pybind11 import RCLError
from rclpy.context import Context
from rclpy.node import Node

from f2p_core.errors import InvalidInputError
from f2p_core.parameters import Config
from f2p_core.ros.labels import parse_label_names
from f2p_core.ros.main import run_node
from f2p_core.ros.parameters import declare_parameters
from f2p_learning.ros.learner_config import LearnerConfig
from f2p_perception.ros.perception_node import PerceptionNodeConfig

CONFIG = Path(__file__).parents[2] / 'src' / 'f2p_bringup' / 'config'
LINES = (
    'label_names: [1, 2]', "label_names: ''", 'label_names: [[a]]', 'label_names: [a, 1]',
    'label_names:', 'max_range_m: .nan', 'max_range_m: -.inf', 'max_range_m: 3',
    'max_range_m: 1e400', 'seed: 99999999999999999999', 'seed: ~', 'seed: -1', 'input: true',
    'input: noise', 'camera_frame: {a: 1}', '? x', 'a: &b [*b]',
)  # fmt: skip
"""Values that are no values of theirs."""


def declared(path: Path, name: str, config: type[Config]) -> Config | None:
    """Reads a file as the node of that name does; ``None``: it was refused."""
    context = Context()
    try:
        rclpy.init(args=['--ros-args', '--params-file', str(path)], context=context)
    except RCLError:
        return None
    try:
        node = Node(name, context=context, start_parameter_services=False, enable_rosout=False)
        try:
            return declare_parameters(node, config)
        except InvalidInputError:
            return None
        finally:
            node.destroy_node()
    finally:
        rclpy.shutdown(context=context)


@pytest.mark.parametrize(
    ('name', 'config'), [('perception', PerceptionNodeConfig), ('learner', LearnerConfig)]
)
def test_damaged_files_are_refused_or_hold_usable_values(
    name: str, config: type[Config], inputs: int, tmp_path: Path
) -> None:
    whole = (CONFIG / f'{name}.yaml').read_bytes()
    # Comments are most of the file; damage there shows nothing.
    whole = b'\n'.join(line for line in whole.split(b'\n') if b'#' not in line)
    path, used = tmp_path / 'damaged.yaml', 0
    for data in damaged(whole, inputs // 2, 21):
        path.write_bytes(data)
        with bounded():
            read = declared(path, name, config)
        if read is not None:
            used += 1
            assert config(**{n: getattr(read, n) for n in config.model_fields}) == read
    assert inputs // 20 < used < inputs // 2


@pytest.fixture
def signals() -> Iterator[None]:
    """Gives the signals back, which a node that ends does not listen to any more."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures('signals')
@pytest.mark.parametrize('line', LINES)
def test_a_node_ends_with_one_sentence(
    line: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / 'wrong.yaml'
    path.write_text(f'/**/perception:\n  ros__parameters:\n    {line}\n')

    def make() -> Node:
        node = Node('perception')
        parse_label_names(declare_parameters(node, PerceptionNodeConfig).label_names)
        raise InvalidInputError('unknown parameters are passed over, as ROS has it')

    status = run_node(make, args=['--ros-args', '--params-file', str(path)])
    spoken = capfd.readouterr().err
    assert status == 2
    assert 'Traceback' not in spoken


def test_an_empty_list_is_an_empty_list(tmp_path: Path) -> None:
    path = tmp_path / 'empty.yaml'
    path.write_text('/**/perception:\n  ros__parameters:\n    label_names: []\n')
    read = declared(path, 'perception', PerceptionNodeConfig)
    assert isinstance(read, PerceptionNodeConfig)
    assert read.label_names == ()
