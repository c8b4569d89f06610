# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Configuration dataclasses know and keep their bounds."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pytest

from f2p_core.errors import InvalidInputError
from f2p_core.parameters import check_config, parameter, parameter_info


@dataclass(frozen=True)
class Config:
    count: int = parameter(3, 'How many', low=1, high=5)
    reach_m: float = parameter(0.5, 'How far', unit='m', low=0.0)
    device: str = parameter('auto', 'Where', choices=('auto', 'cpu'))


def test_values_within_bounds_pass() -> None:
    check_config(Config(count=5, reach_m=0.0, device='cpu'))


@pytest.mark.parametrize(
    ('config', 'text'),
    [
        (Config(count=6), r'count = 6 is outside \[1, 5\]'),
        (Config(reach_m=-0.1), r'reach_m = -0.1 is outside \[0, inf\]'),
        (Config(reach_m=float('nan')), 'reach_m = nan'),
        (Config(device='gpu'), "device = 'gpu'; it must be one of: auto, cpu"),
    ],
)
def test_bad_value_is_named_with_its_bounds(config: Config, text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        check_config(config)


def test_description_carries_unit_and_choices() -> None:
    sentences = {f.name: parameter_info(f).sentence() for f in fields(Config)}
    assert sentences['reach_m'] == 'How far [m]'
    assert sentences['device'] == 'Where (one of: auto, cpu)'
