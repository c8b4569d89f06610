# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Names of ROS on the command line: what ROS would refuse is refused here, with a sentence."""

from __future__ import annotations

from argparse import ArgumentTypeError

import pytest

from f2p_bringup.commands.options import domain, namespace


@pytest.mark.parametrize(
    ('text', 'name'),
    [('robot1', 'robot1'), ('/robot1/', 'robot1'), ('lab/robot_1', 'lab/robot_1'), ('', '')],
)
def test_a_namespace_is_read_without_its_slashes(text: str, name: str) -> None:
    assert namespace(text) == name


@pytest.mark.parametrize('text', ['1st', 'a b', 'a//b', 'roböt', 'a-b', '~'])
def test_what_is_no_namespace_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match='is no namespace; use letters'):
        namespace(text)


def test_a_domain_is_a_number_ros_knows() -> None:
    assert [domain(text) for text in ('0', '101')] == [0, 101]
    for text in ('102', '-1', '1.5', 'x', ''):
        with pytest.raises(ArgumentTypeError, match=r'is no ROS domain: .* 0 to 101'):
            domain(text)
