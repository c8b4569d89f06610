# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Where models and runs are, whatever the current folder is: one home for both.

A checkout is its own home (``./f2p`` and ``make`` say so by ``F2P_HOME``). Installed packages keep
theirs in the user's data folder, which begins with a copy of the installed first model.
"""

from __future__ import annotations

from collections.abc import Mapping
import os
from pathlib import Path

HOME_VARIABLE = 'F2P_HOME'

def home(environment: Mapping[str, str] = os.environ) -> Path:
    """Returns the folder that holds ``models`` and ``runs``, absolute; it need not exist.

    ``F2P_HOME``, else ``f2p`` in the user's data folder (XDG base directories).
    """
    chosen = environment.get(HOME_VARIABLE)
    if chosen:
        return Path(chosen).absolute()
    data = environment.get('XDG_DATA_HOME') or '~/.local/share'
    return Path(data).expanduser().absolute() / 'f2p'
