# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path
import re

from f2p_bringup.home import home


def add_models_option(parser: argparse.ArgumentParser) -> None:
    """Adds ``--models``, the directory of the model store."""
    parser.add_argument(
        '--models',
        type=Path,
        default=home() / 'models',
        help='model store with the old executions beside it (%(default)s)',
    )


def add_seed_option(parser: argparse.ArgumentParser) -> None:
    """Adds ``--seed``."""
    parser.add_argument(
        '--seed', type=seed, default=0, help='seed of everything random (default: 0)'
    )


def seed(text: str) -> int:
    """Reads a seed.

    Raises:
        ArgumentTypeError: If it is no whole number from 0 to 2³¹ − 1.
    """
    if not (text.isascii() and text.isdigit() and int(text) < 2**31):
        raise argparse.ArgumentTypeError(f'{text!r} is no whole number from 0 to 2^31 - 1')
    return int(text)


def namespace(text: str) -> str:
    """Reads a ROS namespace; slashes around it are left out; empty: none.

    Raises:
        ArgumentTypeError: If ROS would not take it.
    """
    name = text.strip('/')
    if name and not re.fullmatch(r'[A-Za-z]\w*(/[A-Za-z]\w*)*', name, re.ASCII):
        raise argparse.ArgumentTypeError(
            f'{text!r} is no namespace; use letters, digits and _, a letter first, as in robot1'
        )
    return name


def domain(text: str) -> int:
    """Reads a ROS domain id.

    Raises:
        ArgumentTypeError: If it is no whole number from 0 to 101.
    """
    if not (text.isascii() and text.isdigit() and int(text) <= 101):
        raise argparse.ArgumentTypeError(f'{text!r} is no ROS domain: a whole number, 0 to 101')
    return int(text)


def directory_name(text: str) -> str:
    """Reads the name of a directory that is to be made in another.

    Raises:
        ArgumentTypeError: If it is a path, or no name.
    """
    if text in ('', '.', '..') or '/' in text or '\0' in text:
        raise argparse.ArgumentTypeError(f'{text!r} is not the name of a directory')
    return text
