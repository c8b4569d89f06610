# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Samplers of a package that hand out something else than was asked for are named and refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from svi_synthetic import transport_failure
from svi_toy_model import RidingModel

from f2p_core.scene import Scene
from f2p_svi.errors import SviError
from f2p_svi.methods import Method
from f2p_svi.protocol import SampledCalls, SampledScenes

FAILURE = transport_failure(2)
SCENE = FAILURE.before.scene


class Strange:
    """Stands for both samplers of a package; it hands out what it was made with."""

    def __init__(self, scenes: Sequence[Scene], rows: Sequence[int]) -> None:
        self._scenes, self._rows = tuple(scenes), rows

    def sample_scenes(self, *_: Any, **__: Any) -> SampledScenes:
        return SampledScenes(self._scenes, {})

    def sample_calls(self, *_: Any, **__: Any) -> SampledCalls:
        return SampledCalls(tuple((FAILURE.call,) * n for n in self._rows), {})


def method(scenes: Sequence[Scene] = (), rows: Sequence[int] = ()) -> Any:
    strange = Strange(scenes, rows)
    return Method('strange', 'for tests', lambda _: strange, lambda _: strange).build(tuple)


@pytest.mark.parametrize('count', [0, 2, 4, 1000])
def test_another_number_of_scenes_is_refused(count: int) -> None:
    with pytest.raises(SviError, match=f"method 'strange' drew {count} scenes; 3 were asked for"):
        method([SCENE] * count).scenes.sample_scenes(FAILURE, 3, seed=0)


def test_scenes_of_other_objects_are_refused() -> None:
    other = Scene(objects=SCENE.objects[1:])
    with pytest.raises(SviError, match="method 'strange' drew scene 1 of the objects"):
        method([SCENE, other]).scenes.sample_scenes(FAILURE, 2, seed=0)


@pytest.mark.parametrize('rows', [(), (2,), (2, 1), (2, 3), (2, 2, 2)])
def test_another_number_of_calls_is_refused(rows: tuple[int, ...]) -> None:
    with pytest.raises(SviError, match=r"method 'strange' chose .* 2 in each of 2 were asked for"):
        method(rows=rows).calls.sample_calls([SCENE] * 2, FAILURE.call, RidingModel(), 2, seed=0)


def test_what_was_asked_for_passes() -> None:
    samplers = method([SCENE] * 2, (3, 3))
    assert len(samplers.scenes.sample_scenes(FAILURE, 2, seed=0).scenes) == 2
    chosen = samplers.calls.sample_calls([SCENE] * 2, FAILURE.call, RidingModel(), 3, seed=0)
    assert [len(row) for row in chosen.by_scene] == [3, 3]
