# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The package installed beside ours, in a folder of its own, and the model it pre-trained.

Everything runs in processes that see this folder (``PYTHONPATH``), as if it had been installed
into their environment; nothing of this checkout changes.
"""

from __future__ import annotations

from collections.abc import Mapping
import os
from pathlib import Path
import shutil
import sys

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from extend_commands import F2P, output_of

PACKAGE = Path(__file__).resolve().parent.parent


@pytest.fixture(scope='session')
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package installed into it."""
    work = tmp_path_factory.mktemp('extend')
    source = shutil.copytree(PACKAGE, work / 'source')  # a build leaves files beside the sources
    pip = [sys.executable, '-m', 'pip', 'install', '--quiet', '--no-deps', '--no-build-isolation']
    output_of([*pip, '--target', work / 'site', source], os.environ, work)
    return work / 'site'


@pytest.fixture(scope='session')
def installed(site: Path) -> dict[str, str]:
    """Variables of a process that finds the package."""
    return {**os.environ, 'PYTHONPATH': str(site)}


@pytest.fixture(scope='session')
def models(installed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the package's model, pre-trained on the package's executions."""
    work = tmp_path_factory.mktemp('pretrained')
    options = ['--task', 'clearing', '--kind', 'riders', '--executions', '300', '--seed', '0']
    store = ['--models', work / 'models', '--work', work / 'data']
    output_of([F2P, 'pretrain', *options, *store], installed, work)
    return work / 'models'
