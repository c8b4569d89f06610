# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p bag check`` and ``f2p replay`` on shipped bags, without ROS."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
import hashlib
import json
from pathlib import Path
import shutil
import subprocess
import sys

import pytest

from f2p_bringup.cli import main
from f2p_core.bags import failures_in_bag
from f2p_learning.loop import seed_of

ROOT = Path(__file__).parents[3]
BAG = ROOT / 'examples' / 'bags' / 'carry_2_objects'
MODELS = ROOT / 'models'
F2P = 'import sys; from f2p_bringup.cli import main; sys.exit(main())'


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def replay(out: Path) -> dict[str, object]:
    """Replays the bag in a process of its own, as a shell does, and returns its last line."""
    command = [sys.executable, '-c', F2P, 'replay', BAG, '--models', MODELS, '--out', out]
    done = subprocess.run(
        [*map(str, command), '--budget', '20'], capture_output=True, text=True, check=True
    )
    summary: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return summary


def fingerprints(directory: Path) -> Sequence[tuple[str, str]]:
    """Names and contents of all files below a directory."""
    files = sorted(path for path in directory.rglob('*') if path.is_file())
    return [(p.name, hashlib.sha256(p.read_bytes()).hexdigest()) for p in files]


def test_a_replay_ends_twice_with_the_same_model(tmp_path: Path) -> None:
    """Through the whole of learning; the models that are there stay as they are."""
    before = fingerprints(MODELS)
    with ThreadPoolExecutor() as side_by_side:
        summaries = list(side_by_side.map(replay, (tmp_path / 'one', tmp_path / 'other')))
    (failure,) = failures_in_bag(BAG)
    assert summaries[0] == summaries[1]
    assert summaries[0].items() >= {
        'failure_id': failure.failure_id,
        'failure_digest': failure.digest,
        'model_version': 2,
        'learned': True,
    }.items()  # fmt: skip
    assert set(summaries[0]) == {
        'failure_id', 'failure_digest', 'model_version', 'model_digest', 'learned'
    }  # fmt: skip
    assert fingerprints(MODELS) == before
    request = json.loads((tmp_path / 'one' / 'run' / 'run.json').read_text())
    assert request['seed'] == seed_of(failure)


def test_check_tells_good_from_bad(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run('bag', 'check', BAG) == 0
    assert capsys.readouterr().out.endswith('a complete failure bag\n')
    copy = Path(shutil.copytree(BAG, tmp_path / 'copy'))
    file = next(copy.glob('*.mcap'))
    file.write_bytes(file.read_bytes()[:100_000])
    assert run('bag', 'check', copy) == 1
    assert f'problem: {file.name} was not finished' in capsys.readouterr().out


@pytest.mark.parametrize('command', [('bag', 'check'), ('replay',)])
def test_a_missing_bag_is_one_sentence(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*command, tmp_path / 'none') == 1
    printed = capsys.readouterr()
    assert f'the bag {tmp_path / "none"} cannot be read' in printed.out + printed.err
