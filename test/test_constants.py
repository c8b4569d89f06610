# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Constants explain themselves, or are found."""

from __future__ import annotations

import pytest

import constants


@pytest.mark.parametrize(
    'source',
    [
        'A_M = 1.0\n"""Why."""\n',
        'A_M = 1.0  # why\n',
        '# Why.\nA_M = 1.0\nB_M = 2.0\n',
        'A = (\n    1.0,  # why\n)\n',
        'A = "1"\nB = (("a", 1),)\nC = True\nlower = 1\n',
        'def f():\n    A = 1\n',
    ],
)
def test_what_is_explained_or_no_number_is_not_listed(source: str) -> None:
    assert list(constants.unexplained(source)) == []


@pytest.mark.parametrize(
    ('source', 'names'),
    [
        ('A_M = 1.0\n', ['A_M']),
        ('# Why.\nA = 1\n\nB = 2\n', ['B']),
        ('A = 1  # fmt: skip\nB = 2\n"""Why."""\nC = [1, 2]\n', ['A', 'C']),
        ('A = {X: 1.0}\nB = np.array([1.0, X])\n', ['A', 'B']),
    ],
)
def test_a_number_without_a_word_is_listed(source: str, names: list[str]) -> None:
    assert [name for _, name in constants.unexplained(source)] == names


def test_every_constant_of_the_stack_explains_itself(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert constants.main([]) == 0, capsys.readouterr().out
