# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The contract's topics as rclpy wants them."""

from __future__ import annotations

import importlib
from typing import Any

from rclpy.qos import QoSProfile

from f2p_core.ros.qos import profile
from f2p_replay.contract import Topic


def message_class(topic: Topic) -> Any:
    """Returns the generated class of a topic's messages."""
    package, folder, name = topic.type_name.split('/')
    return getattr(importlib.import_module(f'{package}.{folder}'), name)


def qos_profile(topic: Topic) -> QoSProfile:
    """Returns the quality of service a topic is published with."""
    return profile(*topic.delivery)
