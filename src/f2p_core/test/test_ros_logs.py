# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the cores log reaches the logger of their node."""

from __future__ import annotations

import logging

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.logs import forward_logs
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
