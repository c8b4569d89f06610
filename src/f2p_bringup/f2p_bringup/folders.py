# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where a run keeps what it makes: a folder of its own, with a copy of the models."""

from __future__ import annotations

from pathlib import Path
import shutil

from f2p_bringup.errors import BringupError


def fresh_directory(wanted: Path) -> Path:
    """Creates a directory of that name, or with a number behind it if there is one.

    Raises:
        BringupError: If there are too many.
    """
    for number in range(1, 10_000):
        path = wanted if number == 1 else wanted.with_name(f'{wanted.name}_{number}')
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            continue
        return path
    raise BringupError(f'there are too many runs like {wanted.absolute()}; remove some')


def copied_models(models: Path, out: Path) -> Path:
    """Copies the model store into a directory, so that each run begins with the same model.

    Returns:
        The copy.

    Raises:
        BringupError: If there is no model store.
    """
    if not (models / 'active.json').exists():
        raise BringupError(
            f'{models.resolve()} holds no active model; name a model store by --models'
        )
    return Path(shutil.copytree(models, out / 'models'))
