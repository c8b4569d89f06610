# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Markers drawn without a viewer, for pages and for a look on a machine without a display.

``python -m f2p_viz.picture FAILURE.json OUT.png`` draws a failure record: above what was
seen before the skill, below what came of it and what was predicted instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import itertools
import math
from pathlib import Path
import sys
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d.art3d import Line3DCollection, Poly3DCollection
import numpy as np
from numpy.typing import NDArray

from f2p_core.errors import F2PError
from f2p_core.failure import Failure
from f2p_core.files import read_failure
from f2p_core.relations import ABOVE, INSIDE
from f2p_viz.failure import failure_markers
from f2p_viz.marker import Marker
from f2p_viz.relations import facts, relation_markers
from f2p_viz.scene import scene_markers

_RELATIONS = (ABOVE.name, INSIDE.name)
_BACKGROUND = (0.19, 0.19, 0.19)
"""Dark grey (red, green, blue), as in RViz, for which the colours are chosen."""

_SIDES = 16
"""Sides that round bodies are drawn with."""

_LARGE_M = 0.5
"""Longer bodies [m] are furniture and drawn first: matplotlib cannot sort what interlocks."""

_X_M, _Y_M, _Z_M = (0.4, 1.2), (-0.9, 0.9), (0.6, 1.1)
"""What is shown of ``map``: the table tops and what is on them [m]."""

_USAGE = 'usage: python -m f2p_viz.picture FAILURE.json OUT.png'


def failure_picture(failure: Failure) -> Figure:
    """Returns a figure of a failure's markers, before and after the skill."""
    figure = Figure(figsize=(11, 10), facecolor=_BACKGROUND)
    FigureCanvasAgg(figure)
    before, after = failure.before, failure.after
    told = facts(failure.relations_before, None, _RELATIONS)
    draw(_axes(figure, 0.5), (*scene_markers(before), *relation_markers(told, before.scene)))
    draw(_axes(figure, 0.0), (*scene_markers(after), *failure_markers(failure)))
    return figure


def draw(axes: Any, markers: Iterable[Marker]) -> None:
    """Draws markers into 3D axes of matplotlib, which has to be told what hides what."""
    drawn = tuple(markers)
    solid = [marker for marker in drawn if marker.kind in ('box', 'cylinder', 'sphere')]
    is_large = [max(marker.scale_m) > _LARGE_M for marker in solid]
    _draw_solids(axes, list(itertools.compress(solid, is_large)), zorder=1)
    _draw_solids(axes, [m for m, large in zip(solid, is_large, strict=True) if not large], 2)
    for marker in drawn:
        colour = tuple(marker.colour)
        if marker.kind == 'text':
            place = marker.pose_map.position_m
            axes.text(*place, marker.text, color=colour, fontsize=7, ha='center', zorder=4)
        elif marker.kind in ('lines', 'arrow'):
            ends = zip(marker.points_map[::2], marker.points_map[1::2], strict=True)
            lines = Line3DCollection(list(ends), colors=[colour], linewidths=1.4, zorder=3)
            lines.set_clip_on(False)
            axes.add_collection3d(lines)
        if marker.kind == 'arrow':
            axes.scatter(*marker.points_map[1], color=colour, s=12, zorder=3, clip_on=False)


def _draw_solids(axes: Any, markers: Sequence[Marker], zorder: int) -> None:
    """Draws the faces of solid markers, the nearer ones over those behind them."""
    faces, colours = [], []
    for marker in markers:
        own = [marker.pose_map.to_parent(face) for face in _faces(marker)]
        faces += own
        colours += [tuple(marker.colour)] * len(own)
    edges = [(0.0, 0.0, 0.0, 0.3)]
    solids = Poly3DCollection(faces, facecolors=colours, edgecolors=edges, zorder=zorder)
    solids.set_clip_on(False)
    axes.add_collection3d(solids)


def _faces(marker: Marker) -> list[NDArray[np.float64]]:
    """Returns polygons about a solid marker in its own frame, each (corners, 3) [m]."""
    half = np.array(marker.scale_m) / 2
    around = 4 if marker.kind == 'box' else _SIDES
    turn = math.pi / around
    radius = math.sqrt(2.0) if marker.kind == 'box' else 1.0
    angles = np.arange(around) * 2 * math.pi / around + turn
    ring = np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=-1)
    top = np.column_stack([ring, np.ones(around)]) * half
    bottom = top * (1.0, 1.0, -1.0)
    sides = [np.stack([top[i], top[i - 1], bottom[i - 1], bottom[i]]) for i in range(around)]
    return [top, bottom, *sides]


def _axes(figure: Figure, bottom: float) -> Any:
    """Returns 3D axes over the whole width of a figure and half its height."""
    box = (0.0, bottom, 1.0, 0.5)
    axes: Any = figure.add_axes(box, projection='3d', computed_zorder=False)
    axes.set(xlim=_X_M, ylim=_Y_M, zlim=_Z_M)
    axes.set_box_aspect([high - low for low, high in (_X_M, _Y_M, _Z_M)], zoom=1.55)
    axes.view_init(elev=45, azim=180)
    axes.set_axis_off()
    axes.patch.set_visible(False)
    return axes


def main(arguments: list[str]) -> int:
    """Draws one picture; returns the exit status."""
    if len(arguments) != 2:
        print(_USAGE, file=sys.stderr)
        return 2
    record, out = map(Path, arguments)
    try:
        failure = read_failure(record)
    except F2PError as error:
        print(error, file=sys.stderr)
        return 1
    failure_picture(failure).savefig(out, dpi=110)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
