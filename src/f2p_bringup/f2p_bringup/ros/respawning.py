# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What launch does about a node that ended: what ``supervision`` decides, as its actions."""

from __future__ import annotations

from collections.abc import Callable
import time
from typing import Any

from launch.action import Action
from launch.actions import EmitEvent, LogInfo
from launch.events.process import ProcessExited, ShutdownProcess
from launch.launch_context import LaunchContext

from f2p_bringup import supervision
from f2p_bringup.errors import BringupError
from f2p_bringup.node_table import NodeSpec

RESPAWN_DELAY_S = 2.0
"""Pause before a node starts again [s]; launch knows one pause only, so that it does not grow."""


def supervised(spec: NodeSpec) -> Callable[[ProcessExited, LaunchContext], list[Action]]:
    """Returns what launch calls when a node has ended; its own respawn then starts it again.

    An error in it is how a launch ends at once and with a status that is not zero: the event
    ``Shutdown`` ends it with 0.
    """
    supervisor = supervision.Supervisor(spec.executable, spec.is_needed, time.monotonic())

    def on_exit(event: ProcessExited, context: LaunchContext) -> list[Action]:
        if context.is_shutdown:
            return []
        verdict = supervisor.ended(event.returncode, time.monotonic())
        if verdict.action is supervision.Action.END:
            raise BringupError(verdict.sentence)
        if verdict.action is supervision.Action.RESTART and _is_soon(verdict):
            pause = f'{verdict.sentence}; starts again in {RESPAWN_DELAY_S:g} s'
            return [LogInfo(msg=pause)]
        return [LogInfo(msg=verdict.sentence), _given_up(event)]

    return on_exit


def _is_soon(verdict: supervision.Verdict) -> bool:
    """Whether the pause is one between restarts, and not that of a budget that is spent."""
    return verdict.pause_s <= supervision.LONGEST_PAUSE_S


def _given_up(event: ProcessExited) -> EmitEvent:
    """Keeps launch from starting a node again."""

    def is_it(action: Any) -> bool:
        return action is event.action

    return EmitEvent(event=ShutdownProcess(process_matcher=is_it))
