# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Draws the README's picture from the directory of a demo.

``.venv/bin/python docs/pictures/story.py runs/demo`` writes ``docs/pictures/story.png``.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure
import matplotlib.image

from f2p_core.failure import Failure
from f2p_core.files import read_failure
from f2p_core.scene import Scene
from f2p_eval.pictures import scene_picture
from f2p_eval.story import read_story

OUTPUT = Path(__file__).with_suffix('.png')
TASK = 'T1'


class Panel(NamedTuple):
    """One picture of a scene with its heading and what it shows."""

    scene: Scene
    heading: str
    text: str


def panels(directory: Path) -> tuple[Panel, ...]:
    """Returns the start, the end of the failed call as observed, and the end after learning.

    Raises:
        InvalidInputError: If the directory holds no story.
        LookupError: If nothing was learned in it.
    """
    story = read_story(directory)
    task = next(task for task in story.tasks if task.name == TASK)
    failure = read_failure(directory / story.run_directories[0] / 'failure.json')
    return (
        Panel(task.scene_before, '1  The goal', 'container to the right, its content stays left'),
        Panel(failure.after.scene, '2  The failure', _surprise(failure)),
        Panel(task.scene_after, '3  After learning from it', 'content out first, then the carry'),
    )


def _surprise(failure: Failure) -> str:
    """Says how sure the model was of what did not happen."""
    sure = max(max(v.predicted_probability, 1 - v.predicted_probability) for v in failure.violated)
    return f'it was sure (p = {sure:.2f}) that the content stays behind'


def draw(shown: tuple[Panel, ...]) -> Figure:
    """Draws panels side by side."""
    figure = Figure(figsize=(12.6, 2.35), dpi=150)
    figure.subplots_adjust(left=0.005, right=0.995, bottom=0.12, top=0.9, wspace=0.03)
    for axes, panel in zip(figure.subplots(1, len(shown)), shown, strict=True):
        png = scene_picture(panel.scene, width=640, height=280)
        axes.imshow(matplotlib.image.imread(io.BytesIO(png)))
        axes.set_axis_off()
        axes.set_title(panel.heading, fontsize=13, fontweight='bold', loc='left')
        axes.text(0.0, -0.06, panel.text, fontsize=11, va='top', transform=axes.transAxes)
    return figure


def main() -> None:
    """Writes the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('run', type=Path, help='directory of a demo')
    figure = draw(panels(parser.parse_args().run))
    figure.savefig(OUTPUT, pil_kwargs={'optimize': True})


if __name__ == '__main__':
    main()
