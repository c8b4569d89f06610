# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Settings refuse values outside their bounds."""

from __future__ import annotations

import pytest

from f2p_core.errors import InvalidInputError
from f2p_learning.config import LearningConfig


@pytest.mark.parametrize(
    'wrong', [{'n_scenes': 0}, {'max_rounds': 11}, {'min_family_accuracy': 1.5}]
)
def test_out_of_bounds_is_refused_by_name(wrong: dict[str, float]) -> None:
    (name,) = wrong
    with pytest.raises(InvalidInputError, match=name):
        LearningConfig(**wrong)  # type: ignore[arg-type]
