# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The learning loop as a plain function: one failure in, a better model out.

generate → simulate and label → fine-tune → gate → publish; refused, it goes round again with new
particles.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
import logging
from typing import NamedTuple

import numpy as np

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.disk import require_room
from f2p_core.failure import Failure
from f2p_core.files import write_failure
from f2p_effects.data import concatenate, ExecutionDataset, save_dataset
from f2p_effects.learners import learner_of
from f2p_effects.protocol import EffectModel
from f2p_effects.tuning import FineTuneConfig
from f2p_learning.config import LearningConfig
from f2p_learning.gate import in_words, judge
from f2p_learning.generation import execute, Executed, generate, hold_out_more
from f2p_learning.results import GateReport, LearningResult
from f2p_learning.run_directory import RunDirectory
from f2p_learning.stages import StageTimes
from f2p_learning.tools import LearningTools

_LOG = logging.getLogger(__name__)

_PACKAGES = ('torch', 'numpy', 'mujoco')


class LearningRequest(NamedTuple):
    """One order to learn.

    Attributes:
        failure: What to learn from.
        config: Budget and bounds.
        tuning: Settings of the fine-tuning.
        seed: Of everything random; same seed and model, same result on the same machine.
        activate: Whether an accepted model goes live at once.
    """

    failure: Failure
    config: LearningConfig
    tuning: FineTuneConfig
    seed: int
    activate: bool = True


def seed_of(failure: Failure) -> int:
    """Returns the seed of a run for which none was given: it depends on the failure's id alone."""
    return int.from_bytes(hashlib.sha256(failure.failure_id.encode()).digest()[:4])


class _Watch(NamedTuple):
    """How a run is timed, watched and stopped."""

    times: StageTimes
    control: Control


class _Round(NamedTuple):
    """What one round came to: its executions, the tuned model and the verdict on it."""

    executed: Executed
    model: EffectModel
    gate: GateReport


def learn_from_failure(
    request: LearningRequest,
    tools: LearningTools,
    run: RunDirectory,
    *,
    control: Control = UNCONTROLLED,
) -> LearningResult:
    """Learns from one failure and publishes the model if the gate accepts it.

    Args:
        request: The failure, the budget and the seed.
        tools: Simulator, samplers, model store, library and old data.
        run: Where everything needed to repeat the run is written.
        control: Polled in every stage, nothing half-done stays in the store; told about every
            stage; times the stages.

    Returns:
        The result; ``learned`` is false when every round was refused.

    Raises:
        CancelledError: If ``control`` said stop.
        StorageError: If there is no room for what a run writes; asked before anything is done.
        HeldElsewhereError: If another process learns for the same models, for an hour.
        F2PError: If a stage cannot work with the failure (see the packages' own errors).
    """
    watch = _Watch(StageTimes(control.now_s), control)
    for folder in (run.path, tools.library.directory, tools.store.directory):
        require_room(folder)
    tools.library.add(request.failure)
    tools.library.require_learnable(request.failure.failure_id)
    with tools.store.turn(control):
        return _learn(request, tools, run, watch)


def _learn(
    request: LearningRequest, tools: LearningTools, run: RunDirectory, watch: _Watch
) -> LearningResult:
    """Rounds until one is accepted or all were refused."""
    before = tools.store.load_active()
    _write_request(run, request, before)
    _LOG.info(
        'run %s: learning from failure %s (%s %s: %s) begins with model version %d',
        run.path.name, request.failure.failure_id, request.failure.call.skill,
        request.failure.call.object_id, request.failure.kind, before.version,
    )  # fmt: skip
    earlier = list(tools.library.executions(except_for=request.failure.failure_id))
    rounds: list[_Round] = []
    while not rounds or (not rounds[-1].gate.accepted and len(rounds) < request.config.max_rounds):
        known = [*earlier, *(past.executed.training for past in rounds)]
        rounds.append(_one_round(request, tools, before, known, run, len(rounds) + 1, watch))
    watch.control.check('publish')
    last = rounds[-1]
    used = concatenate([past.executed.training for past in rounds])
    model = before
    if last.gate.accepted:
        with watch.times.stage('publish'):
            model = _publish(request, tools, before, last, used, run)
    result = LearningResult(
        run_id=run.path.name,
        failure_id=request.failure.failure_id,
        learned=last.gate.accepted,
        model_version=model.version,
        model_digest=model.digest,
        rounds=len(rounds),
        executions=len(used),
        gate=last.gate,
        like_failure_executions=last.executed.like_failure.executions,
        like_failure_share=last.executed.like_failure.share,
        seconds_by_stage=watch.times.seconds,
    )
    run.write_json('result.json', result.model_dump(mode='json'))
    return result


def _one_round(
    request: LearningRequest,
    tools: LearningTools,
    before: EffectModel,
    known: list[ExecutionDataset],
    run: RunDirectory,
    number: int,
    watch: _Watch,
) -> _Round:
    """New particles, new executions, a newly tuned model, and the gate's verdict on it."""
    seed = _seed(request.seed, number)
    folder = f'round_{number}'
    with watch.times.stage('generate'):
        data = generate(request.failure, before, request.config, tools, seed, watch.control)
    run.write_json(f'{folder}/generation.json', data.model_dump(mode='json'))
    with watch.times.stage('simulate'):
        executed = execute(request.failure, request.config, tools, data, seed, watch.control)
        executed = hold_out_more(
            request.failure, before, request.config, tools, data, executed, seed, watch.control
        )
    save_dataset(executed.training, run.path / folder / 'executions.safetensors')
    with watch.times.stage('fine_tune'):
        tuned = learner_of(before).finetune(
            before,
            concatenate([*known, executed.training]),
            tools.replay,
            request.tuning,
            seed=seed,
            control=watch.control,
        )
    run.write_json(f'{folder}/tuning.json', list(tuned.losses))
    watch.control.check('gate')
    with watch.times.stage('gate'):
        gate = judge(
            request.failure,
            before,
            tuned.model,
            executed.family,
            tools.held_out,
            request.config,
            seed=seed,
        )
    run.write_json(f'{folder}/gate.json', gate.model_dump(mode='json'))
    _LOG.info('run %s, round %d: %s', run.path.name, number, in_words(gate))
    return _Round(executed, tuned.model, gate)


def _publish(
    request: LearningRequest,
    tools: LearningTools,
    before: EffectModel,
    accepted: _Round,
    used: ExecutionDataset,
    run: RunDirectory,
) -> EffectModel:
    """Stores the tuned model, keeps what it learned from, and makes it the active one if asked."""
    failure_id = request.failure.failure_id
    provenance = {
        'run': run.path.name,
        'failure': failure_id,
        'seed': request.seed,
        'gate': accepted.gate.model_dump(mode='json'),
    }
    record = tools.store.save(accepted.model, parent=before.digest, provenance=provenance)
    tools.library.add_executions(failure_id, used)
    fate = 'goes live' if request.activate else 'waits to be activated'
    _LOG.info('run %s: model version %d is stored and %s', run.path.name, record.version, fate)
    if request.activate:
        tools.store.activate(record.version, why=f'learned from failure {failure_id}')
    return tools.store.load(record.version)


def _seed(seed: int, number: int) -> int:
    """Returns the seed of a round, unrelated to those of other rounds and runs."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def _write_request(
    run: RunDirectory, request: LearningRequest, model: EffectModel
) -> None:
    write_failure(run.path / 'failure.json', request.failure)
    run.write_json(
        'run.json',
        {
            'seed': request.seed,
            'config': request.config.model_dump(),
            'tuning': request.tuning.model_dump(),
            'model_version': model.version,
            'model_digest': model.digest,
            'activate': request.activate,
            'packages': {name: version(name) for name in _PACKAGES},
        },
    )
