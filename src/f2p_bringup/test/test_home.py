# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Models and runs have one home, and the first start finds a model there."""

from __future__ import annotations

from pathlib import Path
import shutil

import pytest

from f2p_bringup.first_model import supply_first_model
from f2p_bringup.home import home
from f2p_effects.store import ModelStore

INSTALLED = Path(__file__).parents[1] / 'models'


def test_a_checkout_is_its_own_home_and_packages_use_the_data_folder() -> None:
    assert home({'F2P_HOME': '/checkout', 'XDG_DATA_HOME': '/data'}) == Path('/checkout')
    assert home({'XDG_DATA_HOME': '/data'}) == Path('/data/f2p')
    assert home({}) == Path.home() / '.local' / 'share' / 'f2p'


def test_it_is_absolute_so_that_the_current_folder_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert home({'F2P_HOME': 'here'}) == tmp_path / 'here'


def test_the_first_start_gets_the_first_model_and_keeps_it(tmp_path: Path) -> None:
    installed = tmp_path / 'share'
    shutil.copytree(INSTALLED, installed)
    (installed / 'active.json').write_text('what a checkout has learned since')
    models = tmp_path / 'data' / 'f2p' / 'models'
    assert supply_first_model(models, installed)
    store = ModelStore(models)
    assert (store.active_version(), store.versions()) == (1, (1,))
    assert [path.name for path in models.parent.iterdir()] == ['models']
    (models / 'mine').touch()
    assert not supply_first_model(models, installed)
    assert (models / 'mine').exists()
