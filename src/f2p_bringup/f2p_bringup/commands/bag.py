# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p bag check BAG``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from f2p_replay.check import check_bag, report_lines


def main(arguments: Sequence[str]) -> int:
    """Says what is in a failure bag and what it lacks; exits with 1 if it lacks anything."""
    parser = argparse.ArgumentParser(prog='f2p bag', description=main.__doc__)
    actions = parser.add_subparsers(required=True, metavar='ACTION')
    check = actions.add_parser('check', help='topics, counts, failures, and what is missing')
    check.add_argument('bag', type=Path, help='folder of the bag, or its file')
    report = check_bag(parser.parse_args(arguments).bag)
    for line in report_lines(report):
        print(line)
    return 1 if report.problems else 0
