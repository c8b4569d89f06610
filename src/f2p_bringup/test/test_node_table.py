# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node table names what exists, all of it, and each thing once."""

from __future__ import annotations

from pathlib import Path
import re

from f2p_bringup.node_table import COMMON_PARAMETERS_FILE, NODES

SOURCES = Path(__file__).parents[2]
CONFIG = SOURCES / 'f2p_bringup' / 'config'
ENTRY_POINT = re.compile(r"'(\w+) = (f2p_\w+)\.ros\.(\w+):main'")


def test_names_are_unique() -> None:
    assert len({spec.executable for spec in NODES}) == len(NODES)


def test_every_entry_point_of_a_node_is_in_the_table() -> None:
    found = {
        (package, executable)
        for setup in SOURCES.glob('*/setup.py')
        for executable, package, _ in ENTRY_POINT.findall(setup.read_text())
    }
    assert {(spec.package, spec.executable) for spec in NODES} == found


def test_every_parameter_file_belongs_to_a_node() -> None:
    names = {spec.parameters_file for spec in NODES} | {COMMON_PARAMETERS_FILE}
    assert {path.name for path in CONFIG.glob('*.yaml')} == names
