# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A failure drawn without a viewer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
import pytest
from viz_scenes import EXAMPLE, example_failure

from f2p_viz.colours import Colour, colour_of, WRONG
from f2p_viz.picture import main


def pixels_of(picture: Path, colour: Colour) -> int:
    """Returns how many pixels have nearly a colour."""
    image = np.asarray(Image.open(picture).convert('RGB'), dtype=float) / 255
    return int((np.abs(image - colour[:3]).max(axis=-1) < 0.05).sum())


def test_the_picture_shows_objects_and_what_was_wrong(tmp_path: Path) -> None:
    out = tmp_path / 'markers.png'
    assert main([str(EXAMPLE), str(out)]) == 0
    assert pixels_of(out, WRONG) > 500
    for thing in example_failure().after.scene.objects:
        if thing.object_id in ('table_a', 'object_4'):  # opaque, and nothing in front of them
            assert pixels_of(out, colour_of(thing)) > 100, thing.object_id


def test_a_file_that_is_no_failure_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / 'other.json'
    path.write_text('{}')
    assert main([str(path), str(tmp_path / 'out.png')]) == 1
    assert str(path) in capsys.readouterr().err
    assert main([]) == 2
    assert 'usage' in capsys.readouterr().err
