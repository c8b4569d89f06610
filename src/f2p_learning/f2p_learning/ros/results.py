# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a learning run came to, as messages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from f2p_msgs.msg import GateReport as GateReportMsg
from f2p_msgs.msg import SceneDiagnostics, StageTime

from f2p_core.ros.conversions.time import duration_to_msg
from f2p_learning.results import GateReport, LearningResult
from f2p_learning.run_directory import read_run_json
from f2p_svi.ros.figures import diagnostics_to_msg


def gate_to_msg(gate: GateReport) -> GateReportMsg:
    """Returns the gate's figures; the fields have the same names on both sides."""
    return GateReportMsg(**gate.model_dump())


def stages_to_msg(seconds_by_stage: Mapping[str, float]) -> list[StageTime]:
    """Returns where the time went."""
    return [
        StageTime(stage=stage, elapsed=duration_to_msg(seconds))
        for stage, seconds in seconds_by_stage.items()
    ]


def diagnostics_of(run: Path, result: LearningResult) -> SceneDiagnostics:
    """Returns the figures of a run's last generation.

    Raises:
        LibraryError: If the run's file cannot be read.
    """
    generation = read_run_json(run, f'round_{result.rounds}/generation.json')
    figures = dict(generation['diagnostics'])
    if result.like_failure_share is not None:
        figures['like_failure_share'] = result.like_failure_share
    return diagnostics_to_msg(figures)
