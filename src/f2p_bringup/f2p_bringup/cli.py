# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The command line ``f2p``: one word per task, each in a module that is imported only for it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import importlib
import os
import sys
from typing import NamedTuple


class Command(NamedTuple):
    """One subcommand: the module whose ``main(arguments)`` does it, and a line of help."""

    module: str
    help: str


COMMANDS = {
    'demo': Command('f2p_bringup.ros.demo', 'fail, learn from it, succeed: the whole story'),
    'up': Command('f2p_bringup.ros.up', 'start all nodes, stop them with Ctrl-C'),
    'relations': Command('f2p_bringup.commands.relations', 'relations there are, or of a scene'),
    'models': Command('f2p_bringup.commands.models', 'versions of the effect model'),
    'learn': Command('f2p_bringup.commands.learn', 'learn from a failure file, without ROS'),
    'replay': Command('f2p_bringup.commands.replay', 'learn from a recorded failure, without ROS'),
    'bag': Command('f2p_bringup.commands.bag', 'check a failure bag, or convert an older one'),
    'pretrain': Command('f2p_bringup.commands.pretrain', 'make the first model of a task'),
    'report': Command('f2p_bringup.commands.report', 'one HTML page about a demo or a run'),
    'bench': Command('f2p_bringup.commands.bench', 'measure how fast it is here'),
    'doctor': Command('f2p_bringup.doctor', 'what this machine lacks for the set-up'),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: What follows ``f2p``; ``None``: those of the process.

    Returns:
        Exit status: 0, 1 for an error with its message on stderr, 130 after Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    # Before torch is loaded, here or in a node: its threads must not spin while they wait. With
    # more threads than idle cores, small operations otherwise take thirty times as long.
    os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
    command = importlib.import_module(COMMANDS[options.command].module)
    try:
        return int(command.main(options.arguments))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not _is_ours(error):
            raise
        print(f'f2p {options.command}: {error}', file=sys.stderr)
        return 1


def _is_ours(error: Exception) -> bool:
    """Whether an error was raised on purpose; by name, since doctor runs without the cores."""
    return any(base.__name__ == 'F2PError' for base in type(error).__mro__)


def _parser() -> argparse.ArgumentParser:
    width = max(len(name) for name in COMMANDS)
    lines = [f'  {name:<{width}}  {command.help}' for name, command in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog='f2p',
        description='A robot that learns from its own failures.',
        epilog='commands:\n' + '\n'.join(lines) + '\n\nf2p COMMAND --help says more.',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('command', choices=COMMANDS, metavar='COMMAND', help='see below')
    parser.add_argument('arguments', nargs=argparse.REMAINDER, help='arguments of the command')
    return parser
