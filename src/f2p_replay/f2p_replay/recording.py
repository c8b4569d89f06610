# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The bag of one failure while it grows: readable at any time, whatever ends the process."""

from __future__ import annotations

from pathlib import Path

from f2p_core.failure import Failure
from f2p_replay.window import Recorded, Thinning, Window
from f2p_replay.writing import abandoned_on_error, BagWriter, written

FLUSH_S = 1.0
"""What was received is on the disk after so long [s]: what a killed process or a power cut may
cost. A bag grows for a few seconds only, so the disk is waited for a few times per failure."""


class Recording:
    """Writes what is in a window at once, and what comes then each time it is told to go on.

    Args:
        path: Folder of the new bag.
        failure: What happened.
        message: The failure as it was received.
        window: What else was received, and goes on being received.
        frame_interval_s: Least time between camera frames in the bag [s].
        namespace: Put before the relative topic names, for example ``/robot_1``.

    Raises:
        RecordingError: If the bag is there already, or not even that much can be written; then
            nothing is left of it.
    """

    def __init__(
        self,
        path: Path,
        failure: Failure,
        message: Recorded,
        window: Window,
        frame_interval_s: float,
        namespace: str = '',
    ) -> None:
        self.path = path
        self._window = window
        self._thinning = Thinning(
            frame_interval_s, (failure.before.stamp_ns, failure.after.stamp_ns)
        )
        with written(path):
            self._writer = BagWriter(path, namespace)
            with abandoned_on_error(self._writer):
                messages, self._mark = window.marked()
                self._write(sorted((*messages, message), key=lambda m: m.time_ns))

    def go_on(self) -> None:
        """Brings to the disk what came since.

        Raises:
            RecordingError: If it cannot be written; what was written before stays.
        """
        messages, self._mark = self._window.newer(self._mark)
        with written(self.path):
            self._write(messages)

    def finish(self) -> None:
        """Writes the rest, and the index that makes the bag complete.

        Raises:
            RecordingError: If it cannot be written; what was written before stays.
        """
        self.go_on()
        with written(self.path):
            self._writer.finish()

    def _write(self, messages: list[Recorded] | tuple[Recorded, ...]) -> None:
        self._writer.write(self._thinning.chosen(messages))
        self._writer.flush()
