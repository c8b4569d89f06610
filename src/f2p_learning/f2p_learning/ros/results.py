# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a learning run came to, as messages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from f2p_msgs.msg import GateReport as GateReportMsg
from f2p_msgs.msg import ModelVersion, SceneDiagnostics, StageTime

from f2p_core.ros.conversions.time import duration_to_msg, time_to_msg
from f2p_effects.decisions import ModelState
from f2p_effects.store import ModelStore
from f2p_learning.results import GateReport, LearningResult
from f2p_learning.run_directory import read_run_json
from f2p_svi.ros.figures import diagnostics_to_msg

_STATES = {
    ModelState.ACTIVE: ModelVersion.ACTIVE,
    ModelState.AWAITING: ModelVersion.AWAITING,
    ModelState.REJECTED: ModelVersion.REJECTED,
    ModelState.RETIRED: ModelVersion.RETIRED,
}


def version_to_msg(store: ModelStore, version: int, stamp_ns: int = 0) -> ModelVersion:
    """Returns a version with how it stands; 0 names no model.

    Args:
        store: Has the version.
        version: Its number.
        stamp_ns: When it became active [ns], where that is meant.

    Raises:
        EffectsError: If there is no such version or its record is not readable.
    """
    if not version:
        return ModelVersion()
    record, standing = store.record(version), store.standing(version)
    said = standing.decision
    return ModelVersion(
        stamp=time_to_msg(stamp_ns),
        version=version,
        digest=record.digest,
        state=_STATES[standing.state],
        parent=record.parent or '',
        who=said.who if said else '',
        decided=time_to_msg(said.when_ns if said else 0),
        why=said.why if said else '',
    )


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
