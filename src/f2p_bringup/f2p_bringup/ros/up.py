# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p up``: all nodes as processes, until Ctrl-C."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
import threading

from f2p_bringup.commands.narrator import Narrator
from f2p_bringup.commands.options import add_models_option, domain, namespace
from f2p_bringup.home import home
from f2p_bringup.node_table import Robot
from f2p_bringup.processes import CHECK_S, interruptible, STOP_S
from f2p_bringup.ros.installed import supplied
from f2p_bringup.ros.stack import Place, running_stack
from f2p_bringup.settings import merged, parse_settings, Settings, store_settings
from f2p_core.control import Control


def main(arguments: Sequence[str]) -> int:
    """Starts all nodes on a ROS domain of their own and keeps them until Ctrl-C.

    With --bag a recorded failure is played to them in place of a robot.
    """
    options = _options(arguments)
    narrator = Narrator()
    with (
        interruptible(),
        running_stack(
            options.out / 'log',
            overrides=merged(
                store_settings(supplied(options.models), options.out),
                _replay_settings(options),
                parse_settings(options.set),
            ),
            robot=_robot(options),
            place=Place(options.namespace, options.domain),
            control=Control(on_progress=narrator),
            stop_s=options.stop_timeout,
        ) as stack,
    ):
        narrator.say(f'all nodes are active; to look at them: {stack.how_to_join()}')
        pause = threading.Event()
        while True:
            stack.group.revive(narrator.say)
            pause.wait(CHECK_S)


def _robot(options: argparse.Namespace) -> Robot | None:
    """Returns what there is to act with; nothing where a bag is played."""
    if options.bag:
        return None
    return Robot.REAL if options.real_robot else Robot.SIMULATED


def _replay_settings(options: argparse.Namespace) -> Settings:
    if not options.bag:
        return {}
    player = {'bag': str(options.bag.resolve()), 'rate': options.rate, 'loop': options.loop}
    return {'player': player, 'perception': {'input': 'any'}}


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='f2p up', description=main.__doc__)
    add_models_option(parser)
    parser.add_argument(
        '--out',
        type=Path,
        default=home() / 'runs' / 'up',
        help='logs, failures and runs (%(default)s)',
    )
    parser.add_argument(
        '--set',
        action='append',
        default=[],
        metavar='NODE.PARAMETER=VALUE',
        help='a parameter that differs from the config folder; may be repeated',
    )
    parser.add_argument(
        '--namespace',
        type=namespace,
        default='',
        help='of all nodes and topics: one per robot in a graph (none)',
    )
    parser.add_argument(
        '--domain',
        type=domain,
        help='ROS domain to share with others, 0 to 101 (a free one of its own)',
    )
    parser.add_argument(
        '--stop-timeout', type=float, default=STOP_S, metavar='SECONDS',
        help='time the nodes get to end before they are asked more firmly (%(default)g)',
    )  # fmt: skip
    body = parser.add_mutually_exclusive_group()
    body.add_argument('--real-robot', action='store_true', help='leave the simulated robot out')
    body.add_argument('--bag', type=Path, help='play a recorded failure in place of a robot')
    parser.add_argument(
        '--rate', type=float, default=1.0, help='speed of the bag, 0.1 to 10 times (%(default)s)'
    )
    parser.add_argument('--loop', action='store_true', help='play the bag again and again')
    return parser.parse_args(arguments)
