# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The variables of node processes, the same for ``f2p up`` and the launch files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

NODE_VARIABLES = {
    'MALLOC_ARENA_MAX': '2',
    'OMP_WAIT_POLICY': 'PASSIVE',
    'PYTHONUNBUFFERED': '1',
    'RCUTILS_LOGGING_BUFFERED_STREAM': '1',
}
"""Where the user has set none of his own. glibc gives each thread a memory arena and returns
little of them: with a dozen threads a node grows for hours. Threads of torch must not spin while
they wait. Lines of the log come whole and at once."""

PROFILE_VARIABLES = ('FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE')
"""What names the profile of Fast DDS from version 3, and before it."""


def node_environment(given: Mapping[str, str], profile: Path) -> dict[str, str]:
    """Returns the variables of a node process; what the user has set is kept.

    Args:
        given: The variables of this process.
        profile: The Fast DDS profile where the user names none by either variable.
    """
    users = next((given[name] for name in PROFILE_VARIABLES if given.get(name)), str(profile))
    return {**NODE_VARIABLES, **dict.fromkeys(PROFILE_VARIABLES, users), **given}
