# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Reading rosbag2 recordings without ROS: message by message, with every checksum compared."""

from f2p_core.bags.bag import Bag, failures_in_bag, failures_of
from f2p_core.bags.definitions import (
    definition_text,
    FAILURE_TYPE,
    message_types,
    OUR_PACKAGE,
    type_hash,
)
from f2p_core.bags.errors import BagDamagedError, BagError
from f2p_core.bags.storage import BagMessage, BagTopic

__all__ = [
    'FAILURE_TYPE',
    'OUR_PACKAGE',
    'Bag',
    'BagDamagedError',
    'BagError',
    'BagMessage',
    'BagTopic',
    'definition_text',
    'failures_in_bag',
    'failures_of',
    'message_types',
    'type_hash',
]
