# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The contract's table is the one in the documentation, and says what a bag lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from f2p_core.bags import message_types
from f2p_replay.contract import (
    CONTRACT,
    contract_table,
    missing_topics,
    namespace_in,
    topics_of_camera,
)

PAGE = Path(__file__).resolve().parents[3] / 'docs' / 'failure_bags.md'
SEEN = {'/tf', '/failure', '/depth', '/camera_info', '/labels'}


def test_the_page_has_the_table() -> None:
    begin, end = '<!-- begin contract', '<!-- end contract -->'
    block = PAGE.read_text().partition(begin)[2].partition(end)[0]
    assert block.partition('-->')[2].strip() == contract_table()


def test_every_type_is_known() -> None:
    assert {t.type_name for t in CONTRACT} <= set(message_types().fielddefs)


def test_names_are_unique() -> None:
    assert len({t.name for t in CONTRACT}) == len(CONTRACT)


@pytest.mark.parametrize(
    ('absent', 'text'),
    [('/tf', '/tf'), ('/failure', '/failure'), ('/labels', 'a camera'), ('/depth', 'a camera')],
)
def test_what_is_missing_is_named(absent: str, text: str) -> None:
    (missing,) = missing_topics(SEEN - {absent}, '')
    assert missing.startswith(text)


def test_either_camera_will_do() -> None:
    assert missing_topics(SEEN, '') == ()
    assert missing_topics({'/tf', '/failure', '/points'}, '') == ()


def test_in_a_namespace() -> None:
    names = {'/r1/failure', '/r1/points', '/tf'}
    assert missing_topics(names, '/r1') == ()
    assert missing_topics({*names, '/r1/tf'} - {'/tf'}, '/r1') == ()


def test_the_namespace_is_that_of_the_failures() -> None:
    failure = 'f2p_msgs/msg/Failure'
    assert namespace_in([('/r1/scene', 'x'), ('/r1/failure', failure)]) == '/r1'
    assert namespace_in([('/failure', failure)]) == namespace_in([]) == ''


def test_one_camera_is_recorded() -> None:
    names = {t.name for t in topics_of_camera('points')}
    assert 'points' in names
    assert names.isdisjoint({'depth', 'labels', 'camera_info'})
    assert len(topics_of_camera('depth')) == len(CONTRACT) - 1
