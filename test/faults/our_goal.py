# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A client of this project: sends one goal of ``brake`` and waits for its end."""

from __future__ import annotations

from f2p_msgs.action import FineTune

from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.background import BackgroundNode

if __name__ == '__main__':
    with BackgroundNode('ours') as node:
        ActionCaller(node, FineTune, 'brake').call(FineTune.Goal(), timeout_s=600.0)
