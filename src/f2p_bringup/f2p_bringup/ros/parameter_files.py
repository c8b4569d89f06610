# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The parameter files of the config folder, written from the nodes' configurations.

``python -m f2p_bringup.ros.parameter_files DIRECTORY`` writes them anew; a test holds the ones in
the repository equal to what this writes, so defaults and files cannot drift apart.
"""

from __future__ import annotations

from pathlib import Path
import sys
import textwrap
from typing import Any

from f2p_bringup.node_table import COMMON_PARAMETERS_FILE, NODES, NodeSpec
from f2p_core.limits import Limits
from f2p_core.parameters import Config, parameter_info, ParameterInfo
from f2p_core.ros.parameters import nested_config
from f2p_learning.ros.learner_config import LearnerConfig
from f2p_moveit.ros.executor_config import ExecutorConfig
from f2p_perception.ros.perception_node import PerceptionNodeConfig
from f2p_planner.ros.planner_config import DetectorConfig, PlannerNodeConfig
from f2p_replay.ros.player_config import PlayerConfig
from f2p_replay.ros.recorder_config import RecorderConfig
from f2p_sim.ros.simulator_node import SimulatorConfig
from f2p_sim.ros.world_config import WorldConfig
from f2p_svi.ros.scene_generator_node import SceneGeneratorConfig
from f2p_viz.ros.markers_node import MarkersConfig

CONFIGS: dict[str, type[Config]] = {
    'world': WorldConfig,
    'executor': ExecutorConfig,
    'recorder': RecorderConfig,
    'player': PlayerConfig,
    'perception': PerceptionNodeConfig,
    'simulator': SimulatorConfig,
    'scene_generator': SceneGeneratorConfig,
    'learner': LearnerConfig,
    'failure_detector': DetectorConfig,
    'planner': PlannerNodeConfig,
    'markers': MarkersConfig,
}
"""The configuration of each node of the table."""

_WIDTH = 97
"""Characters per line: that of the sources, 99, less ``# ``."""

_HEADER = (
    '# SPDX-FileCopyrightText: 2026 Fail2Progress developers',
    '# SPDX-License-Identifier: Apache-2.0',
)
_COMMON = (
    '# Parameters of every node. On a robot without simulated time set use_sim_time to false.',
    '/**:',
    '  ros__parameters:',
    '    # Follow the topic /clock, which the simulated world publishes',
    '    use_sim_time: true',
    '    # The most that one goal, request or message may ask for, of every server alike; goals',
    '    # cannot change it',
    '    limits:',
)
_CLOCK = (
    '    # This node makes the time; everybody else follows it',
    '    use_sim_time: false',
)


def parameter_file(spec: NodeSpec) -> str:
    """Returns the text of a node's parameter file: every parameter with its comment."""
    lines = [
        *_HEADER,
        f'# Parameters of the node {spec.executable}: {spec.purpose}.',
        f'{spec.parameters_key}:',
        '  ros__parameters:',
        *(_CLOCK if spec.makes_time else ()),
        *_entries(CONFIGS[spec.executable], 4),
    ]
    return '\n'.join(lines) + '\n'


def common_file() -> str:
    """Returns the text of the file for all nodes: simulated time, and the table of limits."""
    return '\n'.join([*_HEADER, *_COMMON, *_entries(Limits, 6)]) + '\n'


def write_parameter_files(directory: Path) -> None:
    """Writes the parameter file of every node, and the common one, into a directory."""
    (directory / COMMON_PARAMETERS_FILE).write_text(common_file(), encoding='utf-8')
    for spec in NODES:
        (directory / spec.parameters_file).write_text(parameter_file(spec), encoding='utf-8')


def _entries(config: type[Config], indent: int) -> list[str]:
    lines: list[str] = []
    for name, field in config.model_fields.items():
        pad = ' ' * indent
        nested = nested_config(field)
        if nested is Limits:
            continue  # one table for all nodes, in the common file
        if nested is not None:
            lines += [f'{pad}{name}:', *_entries(nested, indent + 2)]
            continue
        comment = textwrap.wrap(_comment(parameter_info(name, field)), _WIDTH - indent)
        lines += [f'{pad}# {line}' for line in comment]
        lines.append(f'{pad}{name}: {_yaml(field.default)}')
    return lines


def _comment(info: ParameterInfo) -> str:
    text = info.sentence()
    text = text[0].upper() + text[1:]
    if info.low is not None and info.high is not None:
        return f'{text}; {info.low:g} to {info.high:g}'
    return text if info.low is None else f'{text}; from {info.low:g}'


def _yaml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, tuple):
        return '[' + ', '.join(_yaml(v) for v in value) + ']'
    text = repr(value)
    # Without a point YAML would read an exponent as a word.
    return text.replace('e', '.0e') if 'e' in text and '.' not in text else text


if __name__ == '__main__':
    write_parameter_files(Path(sys.argv[1]))
