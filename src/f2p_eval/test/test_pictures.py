# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures show what is there."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from f2p_core.scene import Scene
from f2p_core.tabletop import sample_tabletop, tables, TabletopConfig
from f2p_eval.pictures import OBJECT_COLOURS, scene_picture

SIZE = {'width': 160, 'height': 70}


def pixels(scene: Scene) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(scene_picture(scene, **SIZE)))).astype(float)


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
