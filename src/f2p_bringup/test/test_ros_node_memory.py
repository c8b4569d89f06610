# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where the nodes work while their memory is measured."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

import yaml

from f2p_bringup.node_table import NODES
from f2p_bringup.ros.node_memory import workplace
from f2p_eval.bench.settings import Settings

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize('quick', [True, False])
def test_every_node_writes_into_the_temporary_folder(quick: bool, tmp_path: Path) -> None:
    failure = ROOT / 'examples' / 'failure_filled_carry.json'
    settings = Settings(quick, 0, 2, failure, ROOT / 'models', tmp_path)
    with workplace(settings) as overrides:
        assert yaml.safe_load(yaml.safe_dump(dict(overrides))) == overrides
        folders = [v for values in overrides.values() for k, v in values.items() if 'direc' in k]
        assert len({Path(str(folder)).parent for folder in folders}) == 1
        assert not {str(ROOT / 'models'), str(ROOT)} & {*map(str, folders)}
        readers = {spec.executable for spec in NODES if spec.uses_models}
        assert {node for node, v in overrides.items() if 'models_directory' in v} == readers
