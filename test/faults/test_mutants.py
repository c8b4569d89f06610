# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Mutants of the gate: each number, comparison, filter and poll, changed, is noticed by a test."""

from __future__ import annotations

import os
from pathlib import Path
import shutil
import subprocess
import sys
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / 'src' / 'f2p_learning' / 'f2p_learning'
TESTS = ROOT / 'src' / 'f2p_learning' / 'test'

BOUNDS = ('test_gate.py',)
"""Tests that know the gate's numbers."""

FAMILY = ('test_family.py',)
"""Tests that know what is counted, with the shipped model; without physics."""

SETTINGS = ('test_config.py',)
"""Tests that know the settings as they are shipped."""

LIMIT_S = 280.0
"""For the tests of one mutant [s]; two seconds on a quiet machine."""


class Mutant(NamedTuple):
    """One change of the source: in which file, of what, into what; the tests that must notice."""

    file: str
    old: str
    new: str
    tests: tuple[str, ...]


BETWEEN = ('test_loop.py::test_cancel_between_stages_ends_the_run_there',)
JUDGED = ('test_dataset.py::test_cancel_after_the_verdict_stores_nothing',)
MUTANTS = (
    Mutant('gate.py', 'MIN_FAMILY_EXECUTIONS = 50', 'MIN_FAMILY_EXECUTIONS = 49', BOUNDS),
    Mutant('gate.py', 'MIN_FAMILY_EXECUTIONS = 50', 'MIN_FAMILY_EXECUTIONS = 51', BOUNDS),
    Mutant('gate.py', 'family_executions >= MIN', 'family_executions > MIN', BOUNDS),
    Mutant('gate.py', 'accuracy_after >= config', 'accuracy_after > config', BOUNDS),
    Mutant('gate.py', 'f1_drop <= config', 'f1_drop < config', BOUNDS),
    Mutant('gate.py', 'increase_m <= config', 'increase_m < config', BOUNDS),
    Mutant('gate.py', '(report.failure_explained, ', '(True, ', BOUNDS),
    Mutant('gate.py', 'if rollout.motion_succeeded]', ']', FAMILY),
    Mutant('gate.py', 'if rollout.motion_succeeded]', 'if not rollout.motion_succeeded]', FAMILY),
    Mutant('gate.py', '[calls[i] for i in kept]', 'list(calls)', FAMILY),
    Mutant(
        'gate.py',
        'old_f1_before - report.old_f1_after',
        'old_f1_after - report.old_f1_before',
        BOUNDS,
    ),
    Mutant(
        'gate.py',
        'old_position_error_after_m - report.old_position_error_before_m',
        'old_position_error_before_m - report.old_position_error_after_m',
        BOUNDS,
    ),
    Mutant(
        'gate.py',
        '_after=_accuracy(failure, after,',
        '_after=_accuracy(failure, before,',
        FAMILY,
    ),
    Mutant(
        'gate.py',
        '_before=_accuracy(failure, before,',
        '_before=_accuracy(failure, after,',
        FAMILY,
    ),
    Mutant(
        'gate.py',
        'failure_explained(failure, after,',
        'failure_explained(failure, before,',
        FAMILY,
    ),
    Mutant('gate.py', '_after=family.accuracy_after', '_after=family.accuracy_before', FAMILY),
    Mutant(
        'gate.py',
        'executions=len(family.rollouts)',
        'executions=2 * len(family.rollouts)',
        FAMILY,
    ),
    Mutant('gate.py', "'accepted': not reason", "'accepted': True", FAMILY),
    Mutant('gate.py', 'return 0.0', 'return 1.0', FAMILY),
    Mutant('gate.py', 'family.rollouts).mean()', 'family.rollouts).max()', FAMILY),
    Mutant('family.py', '*told)] > 0.5', '*told)] >= 0.5', FAMILY),
    Mutant('family.py', '*labelled)] >= 0.0', '*labelled)] > 0.0', FAMILY),
    Mutant('family.py', 'agree.all(axis=1)', 'agree.any(axis=1)', FAMILY),
    Mutant('family.py', 'probability[entries] > 0.5', 'probability[entries] >= 0.5', FAMILY),
    Mutant('family.py', 'observed).all())', 'observed).any())', FAMILY),
    Mutant('family.py', '*entries)] >= 0.0', '*entries)] > 0.0', FAMILY),
    Mutant('family.py', 'if rollout.motion_succeeded and (', 'if (', ('test_generation.py',)),
    Mutant('family.py', 'observed).all(axis=1)', 'observed).any(axis=1)', ('test_generation.py',)),
    Mutant('config.py', "0.9, 'share of held-out", "0.89, 'share of held-out", SETTINGS),
    Mutant('config.py', "0.01, 'mean relation F1", "0.02, 'mean relation F1", SETTINGS),
    Mutant('config.py', "0.005, 'growth", "0.006, 'growth", SETTINGS),
    Mutant('config.py', 'by_goal=ByGoal.ONLY_HIGHER', 'by_goal=ByGoal.ONLY_LOWER', SETTINGS),
    Mutant('config.py', 'high=1.0, by_goal=ByGoal.ONLY_LOWER', 'high=1.0', SETTINGS),
    Mutant('loop.py', "    watch.control.check('gate')\n", '', BETWEEN),
    Mutant('loop.py', "    watch.control.check('publish')\n", '', BETWEEN),
    Mutant('dataset.py', "    control.check('publish')\n", '', JUDGED),
)


def passes(sources: Path, tests: tuple[str, ...]) -> bool:
    """Runs tests with the package of a folder in place of the workspace's."""
    run = subprocess.run(
        (sys.executable, '-m', 'pytest', '-x', '-q', '--without-ros', '-p', 'no:cacheprovider',
         *(str(TESTS / test) for test in tests)),
        cwd=ROOT, env={**os.environ, 'PYTHONPATH': str(sources)}, timeout=LIMIT_S, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode in (0, 1), run.stdout + run.stderr  # 1: a test failed; else none ran
    return run.returncode == 0


def copied(folder: Path) -> Path:
    shutil.copytree(PACKAGE, folder / 'f2p_learning')
    return folder


@pytest.mark.long
def test_without_a_change_the_passes(tmp_path: Path) -> None:
    assert passes(copied(tmp_path), (*BOUNDS, *FAMILY, *SETTINGS))


@pytest.mark.long
@pytest.mark.parametrize(
    'mutant', MUTANTS, ids=lambda m: f'{m.file}: {m.old.strip()} → {m.new.strip()}'
)
def test_a_mutant_is_noticed(mutant: Mutant, tmp_path: Path) -> None:
    path = copied(tmp_path) / 'f2p_learning' / mutant.file
    text = path.read_text()
    assert text.count(mutant.old) == 1, 'the source has changed: say the mutant anew'
    path.write_text(text.replace(mutant.old, mutant.new))
    assert not passes(tmp_path, mutant.tests)


def test_every_mutant_fits_the_source() -> None:
    for mutant in MUTANTS:
        assert (PACKAGE / mutant.file).read_text().count(mutant.old) == 1, mutant
