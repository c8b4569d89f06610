# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Named quality-of-service profiles: every publisher and subscription of the stack uses one.

Clouds are reliable: a best-effort cloud of 5 MB loses most of its fragments on the default
transports, and the reader could not tell.
"""

from __future__ import annotations

from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy


def profile(reliable: bool, latched: bool, depth: int) -> QoSProfile:
    """Returns a profile: reliable or best effort, latched or volatile, the newest ``depth``."""
    return QoSProfile(
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
        history=HistoryPolicy.KEEP_LAST,
        depth=depth,
    )


LATCHED = profile(reliable=True, latched=True, depth=1)
"""State of which the newest value is wanted at once: scene, relations, model version, truth."""

EVENTS = profile(reliable=True, latched=False, depth=10)
"""What happened, in order: plans and predictions."""

LATCHED_EVENTS = profile(reliable=True, latched=True, depth=10)
"""Rare events a late listener must still get: failures."""

CLOUD_OUT = profile(reliable=True, latched=False, depth=2)
"""Clouds and images, publisher side; any subscriber can match it."""

CLOUD_IN = profile(reliable=True, latched=False, depth=1)
"""Clouds and images of our own world."""

SENSOR_IN = profile(reliable=False, latched=False, depth=1)
"""Clouds and images of cameras, most of which publish best effort."""

TF = profile(reliable=True, latched=False, depth=100)
"""As tf2 sends."""

TF_STATIC = profile(reliable=True, latched=True, depth=1)
"""As tf2 sends; each sender's last message holds all of its transforms."""

TF_STATIC_IN = profile(reliable=True, latched=True, depth=100)
"""Every publisher of /tf_static latches one message; a listener keeps those of all of them."""

CLOCK_OUT = profile(reliable=True, latched=False, depth=10)
"""The simulated time; nodes listen to it best effort, which matches."""
