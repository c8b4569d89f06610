# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The report's content about a learning run: failure, scenes, uncertainty, tuning, gate, times."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from f2p_core.failure import Failure, FailureKind
from f2p_core.files import read_failure
from f2p_core.rates import Rate
from f2p_core.scene import Scene
from f2p_eval.embedding import png_url, svg_url
from f2p_eval.figures import loss_curves, scatter_map, stage_bars
from f2p_eval.pictures import close_up, scene_picture
from f2p_eval.words import call_in_words, number_in_words
from f2p_learning.gate import MIN_FAMILY_EXECUTIONS
from f2p_learning.results import GateReport, LearningResult, read_result
from f2p_learning.run_directory import read_run_json, read_run_value
from f2p_svi.protocol import GeneratedData

_SHOWN_SCENES = 12
"""Generated scenes on the page: three rows of pictures."""

_THUMBNAIL = {'width': 240, 'height': 180}
_LOSSES = TypeAdapter(list[float])

UNCERTAINTIES = {
    'predictive': 'entropy of the predicted relations [nat]',
    'bald': 'of it, disagreement within the ensemble (BALD) [nat]',
    'geometry': 'disagreement about where objects end up [m]',
    'feasible': 'probability that the motion succeeds',
}
"""Measures of the calls by their name in the figures of a run."""

PARTICLES = {
    'iterations': 'SVGD iterations',
    'ksd_start': 'kernel Stein discrepancy at the start',
    'ksd_end': 'kernel Stein discrepancy at the end',
    'spread_vs_prior': 'variance of the particles / of the prior',
    'spread_vs_posterior': 'spread against the posterior (exact samples: 1)',
    'binding_relations': 'observed relations that a scene must show',
    'satisfied_before_settling': 'share of particles that show all of them',
    'settled': 'scenes simulated to rest',
    'satisfied_after_settling': 'share of scenes that show all of them at rest',
    'repeated': 'scenes taken twice for want of others',
    'position_spread_m': 'standard deviation of positions [m]',
}
"""Figures of the particles by their name in the figures of a run."""


class LearningRun(NamedTuple):
    """What a run's directory says.

    Attributes:
        result: What came of it.
        failure: What it learned from.
        generated: Scenes and calls of the last round, training first.
        losses: Loss per optimiser step, for each round.
        bounds: Settings of the loop, the gate's bounds among them.
    """

    result: LearningResult
    failure: Failure
    generated: GeneratedData
    losses: list[list[float]]
    bounds: Mapping[str, Any]


def read_learning_run(directory: Path) -> LearningRun:
    """Reads a finished run.

    Raises:
        LibraryError: If a file of it is missing, cut short or of another form.
        InvalidInputError: If its failure record is.
    """
    result = read_result(directory)
    rounds = range(1, result.rounds + 1)
    return LearningRun(
        result=result,
        failure=read_failure(directory / 'failure.json'),
        generated=read_run_value(
            directory, f'round_{result.rounds}/generation.json', TypeAdapter(GeneratedData)
        ),
        losses=[read_run_value(directory, f'round_{i}/tuning.json', _LOSSES) for i in rounds],
        bounds=read_run_json(directory, 'run.json').get('config', {}),
    )


def run_content(run: LearningRun) -> dict[str, Any]:
    """Returns what the template says of a run."""
    result, diagnostics = run.result, run.generated.diagnostics
    scenes, failed_id = run.generated.scenes, run.failure.call.object_id
    return {
        'run_id': result.run_id,
        'learned': result.learned,
        'version': result.model_version,
        'old_version': run.failure.model_version,
        'executions': result.executions,
        'rounds': result.rounds,
        'seconds': f'{sum(result.seconds_by_stage.values()):.1f}',
        **_failure(run.failure),
        'scenes': [_close_up(scene, failed_id) for scene in scenes[:_SHOWN_SCENES]],
        'scene_count': len(scenes),
        'training_count': run.bounds.get('n_scenes', len(scenes)),
        'scene_sampler': str(diagnostics.get('scene_sampler', '')).upper(),
        'scene_map': svg_url(scatter_map(scenes, run.failure.before.scene, failed_id)),
        'uncertainty': _uncertainty(diagnostics),
        'diagnostics': [
            (words, number_in_words(diagnostics[name]))
            for name, words in PARTICLES.items()
            if name in diagnostics
        ]
        + _like_failure(result),
        'gate': _gate(result.gate, run.bounds),
        'refused': result.gate.reason,
        'loss_chart': svg_url(loss_curves(run.losses)),
        'stage_chart': svg_url(stage_bars(result.seconds_by_stage)),
    }


def _failure(failure: Failure) -> dict[str, Any]:
    evidence = failure.evidence
    counts = (
        f'{evidence.like_observed} of {evidence.replays} replays like the observation, '
        f'{evidence.like_predicted} like the prediction'
    )
    return {
        'kind': _kind_in_words(failure),
        'evidence': 'not classified' if failure.kind is FailureKind.UNKNOWN else counts,
        'call': call_in_words(failure.call),
        'violations': [
            {
                'name': v.name,
                'predicted': f'{v.predicted_probability:.3f}',
                'observed': 'true' if v.observed else 'false',
                'margin': f'{v.observed_margin:+.3f}'.replace('-', '−'),
            }
            for v in failure.violated
        ],
        'before': png_url(scene_picture(failure.before.scene)),
        'after': png_url(scene_picture(failure.after.scene)),
    }


def _kind_in_words(failure: Failure) -> str:
    """The judged kind; where a human spoke, also whose word it is and what was recorded."""
    judged, recorded = (k.replace('_', ' ') for k in (failure.judged_kind, failure.kind))
    if failure.correction is None:
        return judged
    who = failure.correction.who
    if failure.is_withdrawn:
        return f'no failure, as {who} corrected it; recorded as {recorded}'
    return f'{judged}, as {who} corrected it; recorded as {recorded}'


def _close_up(scene: Scene, object_id: str) -> str:
    return png_url(scene_picture(scene, view=close_up(scene, object_id), **_THUMBNAIL))


def _like_failure(result: LearningResult) -> list[tuple[str, str]]:
    share = result.like_failure_share
    count = f'of {result.like_failure_executions} executions of the failed skill and target'
    return [] if share is None else [(f'share {count} that fail alike', number_in_words(share))]


def _uncertainty(diagnostics: Mapping[str, Any]) -> list[dict[str, str]]:
    """Pairs ``<measure>_at_failed_call`` with ``<measure>_at_calls``."""
    return [
        {
            'name': words,
            'failed': number_in_words(diagnostics[f'{name}_at_failed_call']),
            'generated': number_in_words(diagnostics.get(f'{name}_at_calls')),
        }
        for name, words in UNCERTAINTIES.items()
        if f'{name}_at_failed_call' in diagnostics
    ]


def _gate(gate: GateReport, bounds: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row per figure: before, after, and what the gate asks for."""
    f1_drop = bounds.get('max_f1_drop')
    growth_m = bounds.get('max_position_error_increase_m')
    return [
        {
            'name': f'{gate.family_executions} held-out executions like the failure, '
            'predicted right',
            'before': _of_family(gate, gate.family_accuracy_before),
            'after': _of_family(gate, gate.family_accuracy_after),
            'bound': f'at least {number_in_words(bounds.get("min_family_accuracy"))} '
            f'of {MIN_FAMILY_EXECUTIONS} or more',
        },
        {
            'name': 'the failure itself predicted right',
            'before': 'no',
            'after': 'yes' if gate.failure_explained else 'no',
            'bound': 'yes',
        },
        {
            'name': f'relation F1 on {gate.old_executions} old executions',
            'before': f'{gate.old_f1_before:.4f}',
            'after': f'{gate.old_f1_after:.4f}',
            'bound': f'falls by {number_in_words(f1_drop)} at most',
        },
        {
            'name': 'position error on old executions [mm]',
            'before': f'{1e3 * gate.old_position_error_before_m:.2f}',
            'after': f'{1e3 * gate.old_position_error_after_m:.2f}',
            'bound': 'grows by '
            f'{number_in_words(None if growth_m is None else 1e3 * growth_m)} at most',
        },
    ]


def _of_family(gate: GateReport, share: float) -> str:
    rate = Rate(round(share * gate.family_executions), gate.family_executions)
    return f'{share:.3f}: {rate.in_words()}'
