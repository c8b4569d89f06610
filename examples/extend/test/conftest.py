# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The package installed into a fresh environment, and the model it pre-trained there.

Everything runs in processes of that environment; nothing of this checkout changes.
"""

from __future__ import annotations

from pathlib import Path
import shutil
import sys

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from extend_commands import output_of
from extend_environment import make_environment

PACKAGE = Path(__file__).resolve().parent.parent


@pytest.fixture(scope='session')
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prefix of an environment into which the package was installed."""
    work = tmp_path_factory.mktemp('extend')
    make_environment(work / 'environment')
    source = shutil.copytree(PACKAGE, work / 'source')  # a build leaves files beside the sources
    pip = ['python', '-m', 'pip', 'install', '--quiet', '--no-deps', '--no-build-isolation']
    output_of(work / 'environment', [*pip, source], work)
    return work / 'environment'


@pytest.fixture(scope='session')
def models(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the package's model, pre-trained on the package's executions."""
    work = tmp_path_factory.mktemp('pretrained')
    options = ['--task', 'clearing', '--kind', 'riders', '--executions', '300', '--seed', '0']
    store = ['--models', work / 'models', '--work', work / 'data']
    output_of(installed, ['f2p', 'pretrain', *options, *store], work)
    return work / 'models'
