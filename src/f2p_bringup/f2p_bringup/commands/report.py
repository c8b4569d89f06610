# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p report RUN``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from f2p_eval.report import write_report


def main(arguments: Sequence[str]) -> int:
    """Writes one self-contained HTML page about a demo or a learning run."""
    parser = argparse.ArgumentParser(prog='f2p report', description=main.__doc__)
    parser.add_argument('run', type=Path, help='directory of a demo or of a learning run')
    print(write_report(parser.parse_args(arguments).run))
    return 0
