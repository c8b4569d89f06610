# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What all fault tests share: their helpers by bare names, and how much they try."""

from __future__ import annotations

from pathlib import Path
import sys

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
