# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p bag check BAG`` and ``f2p bag convert OLD NEW``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from f2p_replay.check import check_bag, report_lines
from f2p_replay.convert import convert


def main(arguments: Sequence[str]) -> int:
    """Checks a failure bag, or converts one of an older version.

    ``check`` says what is in it and what it lacks, and exits with 1 if it lacks anything.
    """
    parser = argparse.ArgumentParser(prog='f2p bag', description=main.__doc__)
    actions = parser.add_subparsers(dest='action', required=True, metavar='ACTION')
    check = actions.add_parser('check', help='topics, counts, failures, and what is missing')
    check.add_argument('bag', type=Path, help='folder of the bag, or its file')
    new = actions.add_parser('convert', help='write an older bag or JSON file in this version')
    new.add_argument('old', type=Path, help='folder of a bag, its file, or a failure or scene')
    new.add_argument('new', type=Path, help='what is written; it must not be there yet')
    options = parser.parse_args(arguments)
    if options.action == 'convert':
        return _convert(options.old, options.new)
    report = check_bag(options.bag)
    for line in report_lines(report):
        print(line)
    return 1 if report.problems else 0


def _convert(old: Path, new: Path) -> int:
    for topic in convert(old, new):
        print(f'left out: {topic}, which is no topic of a failure bag')
    print(f'{new} is {old} in the version of this software')
    return 0
