# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The learning step alone: a model tuned on executions from elsewhere, and judged on them."""

from __future__ import annotations

import logging
from typing import NamedTuple

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.disk import require_room
from f2p_effects.data import ExecutionDataset, split_by_seed, summary
from f2p_effects.evaluate import evaluate
from f2p_effects.learners import learner_of
from f2p_effects.protocol import EffectModel
from f2p_effects.store import ModelStore
from f2p_effects.tuning import FineTuneConfig
from f2p_learning.config import LearningConfig
from f2p_learning.gate import FamilyFigures, in_words, verdict
from f2p_learning.results import GateReport
from f2p_learning.run_directory import RunDirectory
from f2p_learning.stages import StageTimes

_LOG = logging.getLogger(__name__)

_HELD_OUT_SHARE = 0.2
"""Share of a data set that judges the model and is not learned from."""


class DatasetRequest(NamedTuple):
    """One order to learn from a data set.

    Attributes:
        dataset: Executions; a share of their scenes is held out for the gate.
        config: Bounds of the gate.
        tuning: Settings of the fine-tuning.
        seed: Of split and tuning; same seed and data, same model.
        activate: Whether an accepted model goes live at once.
    """

    dataset: ExecutionDataset
    config: LearningConfig
    tuning: FineTuneConfig
    seed: int
    activate: bool


class DatasetResult(NamedTuple):
    """What became of a data set.

    Attributes:
        version: The version to use from now on (the old one if refused).
        digest: Its digest.
        gate: The figures; the family is the held-out part of the data set, its accuracy the share
            of executions whose relations (but contact) are all predicted right.
        seconds_by_stage: Steady-clock time per stage [s].
    """

    version: int
    digest: str
    gate: GateReport
    seconds_by_stage: dict[str, float]


def learn_from_dataset(
    request: DatasetRequest,
    store: ModelStore,
    replay: ExecutionDataset,
    held_out: ExecutionDataset,
    run: RunDirectory,
    *,
    control: Control = UNCONTROLLED,
) -> DatasetResult:
    """Tunes the active model on a data set and stores it if the gate accepts it.

    Args:
        request: The data, the bounds and the seed.
        store: Where the model comes from and goes to.
        replay: Old executions that are mixed in.
        held_out: Old executions the gate checks for forgetting.
        run: Where settings and figures are written.
        control: Polled in every stage, nothing half-done stays in the store; told about the
            tuning; times the stages.

    Raises:
        EffectsError: If there is no active model or no execution.
        StorageError: If there is no room for what a run writes; asked before anything is done.
        HeldElsewhereError: If another process learns for the same models, for an hour.
        CancelledError: If ``control`` said stop.
    """
    for folder in (run.path, store.directory):
        require_room(folder)
    with store.turn(control):
        return _learn(request, store, replay, held_out, run, control)


def _learn(
    request: DatasetRequest,
    store: ModelStore,
    replay: ExecutionDataset,
    held_out: ExecutionDataset,
    run: RunDirectory,
    control: Control,
) -> DatasetResult:
    times = StageTimes(control.now_s)
    before = store.load_active()
    split = split_by_seed(request.dataset, _HELD_OUT_SHARE, request.seed)
    settings = {'seed': request.seed, 'tuning': request.tuning.model_dump(), 'base': before.digest}
    run.write_json('run.json', settings | {'data': summary(request.dataset)})
    with times.stage('fine_tune'):
        after = learner_of(before).finetune(
            before,
            split.train,
            replay,
            request.tuning,
            seed=request.seed,
            control=control,
        ).model
    control.check('gate')
    with times.stage('gate'):
        gate = _judge(before, after, split.held_out, held_out, request.config, request.seed)
    run.write_json('gate.json', gate.model_dump(mode='json'))
    _LOG.info('run %s: tuning on a data set: %s', run.path.name, in_words(gate))
    control.check('publish')
    version, digest = before.version, before.digest
    if gate.accepted:
        with times.stage('publish'):
            record = store.save(after, parent=before.digest, provenance={'run': run.path.name})
            version, digest = record.version, record.digest
            if request.activate:
                store.activate(version)
    return DatasetResult(version, digest, gate, times.seconds)


def _judge(
    before: EffectModel,
    after: EffectModel,
    new: ExecutionDataset,
    old: ExecutionDataset,
    config: LearningConfig,
    seed: int,
) -> GateReport:
    new_before, new_after = (evaluate(m, new, seed=seed) for m in (before, after))
    figures = FamilyFigures(
        executions=new_after.executions,
        accuracy_before=new_before.scene_accuracy,
        accuracy_after=new_after.scene_accuracy,
        failure_explained=True,
    )
    return verdict(figures, before, after, old, config, seed=seed)
