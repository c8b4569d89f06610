# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Every interface file reads as documentation, and the error codes keep to their blocks."""

from __future__ import annotations

from pathlib import Path
import re

import pytest

MESSAGES = Path(__file__).resolve().parent.parent / 'src' / 'f2p_msgs'
FILES = sorted(path for kind in ('msg', 'srv', 'action') for path in MESSAGES.glob(f'{kind}/*'))
LICENCE_LINES = 3
WIDTH = 110
"""Columns a line may take, so that `ros2 interface show` does not wrap it in a wide terminal."""
UNIT = re.compile(r'\[(1|m|rad|kg|s|nat)(, \w+)*\]|in \[0, 1\]')
BLOCK = {
    'PERCEPTION': 10000,
    'PLANNER': 10100,
    'DETECTOR': 10200,
    'GENERATOR': 10300,
    'SIMULATOR': 10400,
    'LEARNER': 10500,
    'EXECUTOR': 10600,
}


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize('path', FILES, ids=name)
def test_the_file_says_what_it_is(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert lines[1] == '# SPDX-License-Identifier: Apache-2.0'
    opening = lines[LICENCE_LINES]
    assert opening.startswith('# '), f'{path.name} begins with {opening!r}'
    assert len(opening) > 20


@pytest.mark.parametrize('path', FILES, ids=name)
def test_every_field_is_explained(path: Path) -> None:
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.strip() in ('', '---') or line.lstrip().startswith('#'):
            continue
        _, sharp, comment = line.partition('#')
        assert sharp, f'{path.name}:{number} has no comment: {line}'
        assert comment.strip(), f'{path.name}:{number} has no comment: {line}'


@pytest.mark.parametrize('path', FILES, ids=name)
def test_every_number_shows_its_unit_before_the_line_ends(path: Path) -> None:
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if re.match(r'float(32|64)', line):
            comment = line.partition('#')[2]
            assert UNIT.search(comment), f'{path.name}:{number} shows no unit: {line}'


@pytest.mark.parametrize('path', FILES, ids=name)
def test_no_comment_is_empty(path: Path) -> None:
    """An empty line parts paragraphs; a lone # is shown as one."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        assert line.strip() != '#', f'{path.name}:{number} is a lone #'
        assert line == line.rstrip(), f'{path.name}:{number} ends in spaces'
        assert len(line) <= WIDTH, f'{path.name}:{number} is {len(line)} wide'


@pytest.mark.parametrize('path', FILES, ids=name)
def test_spans_are_durations_and_no_joint_is_counted(path: Path) -> None:
    fields = re.findall(r'^(\S+) (\w+)', path.read_text(), re.MULTILINE)
    for kind, field in fields:
        assert not (kind.startswith('float') and field.endswith('_s') and '[' not in kind), field
        assert not (re.search(r'float64\[\d+\]', kind) and 'joint' in field), field


@pytest.mark.parametrize('path', [p for p in FILES if p.suffix != '.msg'], ids=name)
def test_results_carry_code_and_message(path: Path) -> None:
    result = path.read_text().split('\n---\n')[1]
    assert re.search(r'^uint16 error_code +#', result, re.MULTILINE)
    assert re.search(r'^string error_msg +#', result, re.MULTILINE)


@pytest.mark.parametrize('path', [p for p in FILES if p.suffix == '.action'], ids=name)
def test_feedback_says_which_stage_and_how_far(path: Path) -> None:
    feedback = path.read_text().split('\n---\n')[2]
    assert re.search(r'^uint16 [A-Z_]+=1 ', feedback, re.MULTILINE)
    assert re.search(r'^uint16 state +#', feedback, re.MULTILINE)
    assert re.search(r'^Progress progress +#', feedback, re.MULTILINE)


def test_error_codes_are_unique_and_in_their_blocks() -> None:
    text = (MESSAGES / 'msg' / 'ErrorCode.msg').read_text()
    codes = {m[1]: int(m[2]) for m in re.finditer(r'^uint16 (\w+)=(\d+)', text, re.MULTILINE)}
    assert len(set(codes.values())) == len(codes)
    assert codes.pop('NONE') == 0
    for constant, code in codes.items():
        server, _, what = constant.partition('_')
        assert code - code % 100 == BLOCK[server], constant
        assert (what == 'UNKNOWN') == (code % 100 == 0), constant
