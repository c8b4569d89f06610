# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The report's diagrams as SVG text, drawn without a display."""

from __future__ import annotations

from collections.abc import Sequence
import io
from itertools import cycle

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
import numpy as np

from f2p_core.geometry.parts import body_half_extents, dimensions_of
from f2p_core.geometry.shapes import Shape, SHAPES
from f2p_core.pose import Pose
from f2p_core.scene import Scene, SceneObject
from f2p_eval.pictures import object_colour

_BLUE = '#2678b2'
_RED = '#d64541'
_GREY = '#5a6470'
_LINES = (_BLUE, _RED, _GREY)
_MAP_RADIUS_M = 0.4
"""What lies farther from the acted object than this [m] is not drawn."""

_RIM_POINTS = 33
"""Points of the line that is drawn for a round rim: its corners are not seen."""


def stage_bars(seconds_by_stage: dict[str, float]) -> str:
    """Draws the seconds each stage took, the first on top."""
    figure, axes = _figure(6.4, 0.5 + 0.32 * len(seconds_by_stage))
    names = [name.replace('_', ' ') for name in seconds_by_stage]
    bars = axes.barh(names[::-1], list(seconds_by_stage.values())[::-1], color=_BLUE, height=0.6)
    axes.bar_label(bars, fmt='%.1f s', padding=4, fontsize=9, color=_GREY)
    axes.margins(x=0.15)
    axes.set_xlabel('time [s]')
    return _svg(figure)


def loss_curves(losses: Sequence[Sequence[float]]) -> str:
    """Draws the fine-tuning loss over optimiser steps, one line per round."""
    figure, axes = _figure(6.4, 2.4)
    for number, (values, colour) in enumerate(zip(losses, cycle(_LINES)), start=1):
        steps = range(1, len(values) + 1)
        axes.plot(steps, values, color=colour, linewidth=1.5, label=f'round {number}')
    axes.set_xlabel('optimiser step')
    axes.set_ylabel('loss')
    if len(losses) > 1:
        axes.legend(frameon=False, fontsize=9)
    return _svg(figure)


def scatter_map(scenes: Sequence[Scene], seen: Scene, centre_id: str) -> str:
    """Draws from above where generated scenes have their objects, and where they were seen.

    Args:
        scenes: The generated scenes.
        seen: What they were made from.
        centre_id: The object in the middle; what is further than 0.4 m from it is left out.
    """
    figure, axes = _figure(6.4, 4.2)
    x, y, _ = seen.object(centre_id).pose_map.position_m
    for item in (o for o in seen.objects if not o.fixed):
        if _far(item, x, y):
            continue
        colour = np.array(object_colour(seen, item.object_id)) / 255
        poses = [
            s.object(item.object_id).pose_map for s in scenes if item.object_id in s.object_ids
        ]
        points = np.array([pose.position_m[:2] for pose in poses]).reshape(-1, 2)
        axes.scatter(points[:, 1], points[:, 0], s=14, color=colour, alpha=0.6, linewidths=0)
        if SHAPES[item.shape.kind].hollow:
            for pose in poses:
                axes.plot(*_outline(pose, item.shape), color=colour, alpha=0.12, linewidth=1)
            axes.plot(*_outline(item.pose_map, item.shape), color='black', linewidth=1)
        at = item.pose_map.position_m
        axes.plot(at[1], at[0], '+', color='black', markersize=10, markeredgewidth=1.5)
        axes.annotate(
            item.object_id, (at[1], at[0]), xytext=(7, 5), textcoords='offset points', fontsize=9
        )
    axes.set_aspect('equal')
    axes.invert_xaxis()
    axes.set_xlabel('y [m], as seen from the robot')
    axes.set_ylabel('x [m]')
    return _svg(figure)


def _far(item: SceneObject, x_m: float, y_m: float) -> bool:
    at = item.pose_map.position_m
    return float(np.hypot(at[0] - x_m, at[1] - y_m)) > _MAP_RADIUS_M


def _outline(pose: Pose, shape: Shape) -> tuple[list[float], list[float]]:
    """The rim of a container as a closed line: y and x [m]."""
    half = body_half_extents(shape.kind, np.array(dimensions_of(shape)))
    if SHAPES[shape.kind].round:
        angle = np.linspace(0.0, 2 * np.pi, _RIM_POINTS)
        corners = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1)
    else:
        corners = np.array([(1, 1, 0), (1, -1, 0), (-1, -1, 0), (-1, 1, 0), (1, 1, 0)])
    rim = pose.to_parent(corners * half)
    return rim[:, 1].tolist(), rim[:, 0].tolist()


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout='constrained')
    axes = figure.add_subplot()
    axes.spines[['top', 'right']].set_visible(False)
    axes.tick_params(labelsize=9)
    return figure, axes


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    # With a salt of its own, ids are the same every time: same figures, same page.
    with rc_context({'svg.hashsalt': 'f2p'}):
        figure.savefig(buffer, format='svg', metadata={'Date': None})
    text = buffer.getvalue()
    return text[text.index('<svg') :]
