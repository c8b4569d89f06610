# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The first model of installed packages: copied to the home of models at the first start."""

from __future__ import annotations

import json
from pathlib import Path
import shutil
import tempfile
import time

from f2p_effects.decisions import ActiveFile, Word

_FIRST_VERSION = 1
"""The version of the installed store; what was learned beside it in a checkout stays there."""

_COPIED = ('v0001', 'replay.safetensors', 'held_out.safetensors')
"""What the first model and later learning need: its version, and the old executions."""


def supply_first_model(models: Path, installed: Path) -> bool:
    """Puts the installed first model where there is no model store yet.

    Args:
        models: Folder of the store.
        installed: Folder of the installed one.

    Returns:
        Whether it was done; false: there was a folder of that name.

    Raises:
        OSError: If it cannot be written.
    """
    if models.exists():
        return False
    models.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix='.models-', dir=models.parent) as name:
        made = Path(name) / 'models'
        made.mkdir()
        for part in _COPIED:
            source = installed / part
            (shutil.copytree if source.is_dir() else shutil.copyfile)(source, made / part)
        digest = json.loads((made / 'v0001' / 'model.json').read_text(encoding='utf-8'))['digest']
        ActiveFile(made / 'active.json', time.time_ns).activate(
            Word(_FIRST_VERSION, digest, '', 'first start')
        )
        try:
            made.rename(models)  # whole or not at all, also if two nodes start at once
        except OSError:
            if models.exists():
                return False
            raise
    return True
