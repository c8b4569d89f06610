# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Progress on a terminal: one line per stage, with its count."""

from __future__ import annotations

import sys
import time

from f2p_core.control import Progress

_PERIOD_S = 0.5
"""Progress is said at most this often [s]: readable, and no long files."""


class Narrator:
    """Prints progress: a stage when it begins and ends, and at most twice a second between.

    On a terminal the count is updated in place; in a file each stage leaves its first and last
    line only.
    """

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self._stage = ''
        self._line = ''
        self._shown_s = 0.0
        self._is_terminal = sys.stdout.isatty()

    def __call__(self, progress: Progress) -> None:
        """Shows where a stage is."""
        count = f' {progress.done}/{progress.total}' if progress.total else ''
        line = f'{progress.stage}{count}'
        now_s = time.monotonic()
        if progress.stage != self._stage:
            self.end_line()
            self._stage = progress.stage
            self._show(line, now_s)
        elif progress.done == progress.total or now_s - self._shown_s > _PERIOD_S:
            self._show(line, now_s)
        self._line = line

    def say(self, text: str) -> None:
        """Prints a sentence of the story on a line of its own."""
        self.end_line()
        self._stage = ''
        print(f'{self._stamp()} {text}', flush=True)

    def end_line(self) -> None:
        """Leaves the line that is being updated."""
        if not self._line:
            return
        print(f'\r{self._stamp()}   {self._line}' if not self._is_terminal else '', flush=True)
        self._line = ''

    def _show(self, line: str, now_s: float) -> None:
        self._shown_s = now_s
        if self._is_terminal:
            print(f'\r\x1b[2K{self._stamp()}   {line}', end='', flush=True)

    def _stamp(self) -> str:
        return f'[{time.monotonic() - self._began_s:6.1f} s]'
