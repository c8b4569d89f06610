# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures show what is there."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image
import pytest

from f2p_core.scene import Scene
from f2p_eval import pictures
from f2p_eval.pictures import close_up, OBJECT_COLOURS, scene_picture, TABLES_VIEW
from f2p_eval.rendering import can_render
from f2p_tasks.tabletop import sample_tabletop, tables, TabletopConfig

SIZE: dict[str, Any] = {'width': 160, 'height': 70}


@pytest.fixture(autouse=True, params=['rendered', 'ray-cast'])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test looks at rendered pictures, where OpenGL works, and at ray-cast ones."""
    if request.param == 'ray-cast':
        monkeypatch.setattr(pictures, 'can_render', lambda: False)
    elif not can_render():
        pytest.skip('OpenGL does not work here')


def pixels(scene: Scene, **options: Any) -> np.ndarray:
    picture = Image.open(io.BytesIO(scene_picture(scene, **SIZE, **options)))
    return np.asarray(picture).astype(float)


def test_same_scene_same_picture() -> None:
    scene = sample_tabletop(TabletopConfig(), np.random.default_rng(1))
    assert scene_picture(scene, **SIZE) == scene_picture(scene, **SIZE)
    assert pixels(scene).shape == (70, 160, 3)


def test_a_small_object_shows_in_its_colour_on_its_table() -> None:
    config = TabletopConfig(inside=0, on_a=1, on_b=0, container_on=None)
    scene = sample_tabletop(config, np.random.default_rng(2))
    changed = np.abs(pixels(scene) - pixels(Scene(objects=tables()))).sum(axis=2) > 30
    assert 5 < changed.sum() < 300
    columns = np.nonzero(changed)[1]
    assert columns.mean() < 80, 'table_a is on the left'
    red, green, blue = pixels(scene)[changed].max(axis=0)
    assert red > green > 0
    assert red > blue > 0
    assert OBJECT_COLOURS[0][0] == max(OBJECT_COLOURS[0])


def test_rendered_and_ray_cast_pictures_show_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = sample_tabletop(TabletopConfig(inside=3, on_a=1, on_b=1), np.random.default_rng(0))
    for view in (TABLES_VIEW, close_up(scene, 'object_1')):
        one = pixels(scene, view=view)
        with monkeypatch.context() as patch:
            patch.setattr(pictures, 'can_render', lambda: False)
            other = pixels(scene, view=view)
        far = np.abs(one - other).max(axis=2) > 40.0
        assert far.mean() < 0.05
        assert np.abs(one - other).mean() < 5.0


@pytest.mark.parametrize('value', ['off', 'disabled'])
def test_rendering_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv('MUJOCO_GL', value)
    can_render.cache_clear()
    assert not can_render()
    can_render.cache_clear()
