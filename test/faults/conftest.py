# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What all fault tests share: their helpers by bare names, and how much they try."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import sys
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

SHORT = 60
"""Damaged inputs per edge in the tests that always run."""

LONG = 2000
"""Damaged inputs per edge with ``--long``."""


@pytest.fixture(scope='session')
def inputs(request: pytest.FixtureRequest) -> int:
    """How many damaged inputs to try at one edge."""
    return LONG if request.config.getoption('--long') else SHORT


@pytest.fixture(scope='module')
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A node on a network whose processes have the lease of the shipped profile."""
    killing = pytest.importorskip('killing')
    with (
        pytest.MonkeyPatch.context() as patch,
        killing.leased_network(tmp_path_factory.mktemp('profile'), patch) as node,
    ):
        yield node
