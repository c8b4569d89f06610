# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The variables of node processes: ours, unless the user has set his own."""

from __future__ import annotations

from pathlib import Path

import pytest

from f2p_bringup.environment import node_environment, NODE_VARIABLES, PROFILE_VARIABLES

OURS = Path('/share/fastdds.xml')


def test_what_the_user_has_set_is_kept() -> None:
    given = {'MALLOC_ARENA_MAX': '8', 'HOME': '/home/ada'}
    variables = node_environment(given, OURS)
    assert variables == {**NODE_VARIABLES, **dict.fromkeys(PROFILE_VARIABLES, str(OURS)), **given}


@pytest.mark.parametrize('name', PROFILE_VARIABLES)
def test_a_profile_of_the_user_is_used_under_both_names(name: str) -> None:
    variables = node_environment({name: '/mine.xml'}, OURS)
    assert [variables[n] for n in PROFILE_VARIABLES] == ['/mine.xml'] * 2
