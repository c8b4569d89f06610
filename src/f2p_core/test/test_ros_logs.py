# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the cores log reaches the logger of their node."""

from __future__ import annotations

import logging
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.logs import complain, forward_logs, log_traceback
from f2p_core.ros.network import own_network


def test_every_severity_passes_after_any_other(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.getLogger(), 'handlers', [])
    core = logging.getLogger('f2p_test')
    with own_network(), BackgroundNode('speaker') as node:
        forward_logs(node)
        core.warning('first %d', 1)
        core.info('second')
        core.error('third')
    spoken = capfd.readouterr().err
    assert 'f2p_test: first 1' in spoken
    assert 'f2p_test: third' in spoken


class Diagnosed:
    """Takes down what diagnostics are told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bool]] = []

    def failed(self, text: str, *, is_bug: bool = False) -> None:
        self.heard.append((text, is_bug))


def diagnosed(node: Any) -> Diagnosed:
    """Gives a node diagnostics whose words can be read."""
    node.diagnostics = Diagnosed()
    told: Diagnosed = node.diagnostics
    return told


def test_the_same_complaint_is_logged_once_and_diagnosed_every_time(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with own_network(), BackgroundNode('complainer') as node:
        told = diagnosed(node)
        for i in range(500):
            complain(node, f'no transform at {i}.5 s')
            complain(node, 'the cloud is empty')
    spoken = capfd.readouterr().err
    assert (spoken.count('no transform'), spoken.count('is empty')) == (1, 1)
    assert len(told.heard) == 1000
    assert told.heard[-1] == ('the cloud is empty', False)


def test_the_same_bug_writes_one_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    def bug(number: int) -> None:
        raise RuntimeError(f'number {number}')

    with own_network(), BackgroundNode('unlucky') as node:
        told = diagnosed(node)
        for i in range(100):
            try:
                bug(i)
            except RuntimeError as error:
                log_traceback(node, 'a callback failed', error)
        try:
            list[int]()[0]
        except IndexError as error:
            log_traceback(node, 'a callback failed', error)
    spoken = capfd.readouterr().err
    assert spoken.count('Traceback') == 2  # one per bug
    assert 'a callback failed: Traceback' in spoken
    assert told.heard[99] == ('a callback failed: RuntimeError: number 99', True)
