# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Prints who imports whom, and fails on what the architecture forbids.

``python tools/rooms.py`` prints packages, ``--folders`` and ``--files`` look closer, ``--names``
prints who names what another room defines, ``--dot`` writes a graph for Graphviz. It ends with 1
on a circle (of packages, of folders, of files), an arrow that does not go down, ROS outside the
``ros/`` folders, and a definition named where ``room_names.ALLOWED`` has no reason for it. The
floors are said here and nowhere else. Imports inside functions count too.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
import sys

from house import House, package, read_house
import room_names

FLOORS = (
    {'f2p_core'},
    {'f2p_tasks'},
    {'f2p_perception', 'f2p_effects', 'f2p_sim'},
    {'f2p_planner', 'f2p_svi', 'f2p_viz', 'f2p_moveit'},
    {'f2p_learning'},
    {'f2p_replay'},
    {'f2p_eval'},
    {'f2p_bringup'},
)
"""The packages from the ground up: each may import from the floors below its own."""

FLOOR_OF = {package: height for height, floor in enumerate(FLOORS) for package in floor}
FORBIDDEN = {'f2p_svi': {'f2p_sim'}}
"""Arrows that would go down and are not wanted: SVI is handed a ``Simulator``, it makes none."""

ROS_PREFIXES = (
    'rclpy',
    'ament_index_python',
    'launch',
    'launch_ros',
    'tf2_ros',
    'tf_transformations',
    'moveit',
)


def is_ros(name: str) -> bool:
    """Whether a dotted name belongs to ROS: a client library or a message package."""
    root = package(name)
    return root.endswith(('_msgs', '_interfaces', '_srvs')) or root in ROS_PREFIXES


def arrows(house: House, level: Callable[[str], str]) -> dict[str, Counter[str]]:
    """Counts the imports of ours between groups of modules.

    Args:
        house: The modules.
        level: The group of a module: itself, its folder, its package.

    Returns:
        For every group, the groups that it imports from and how many names; itself left out.
    """
    graph = {level(module): Counter[str]() for module in house.paths}
    for one in house.imports:
        if one.source and level(one.source) != level(one.module):
            graph[level(one.module)][level(one.source)] += 1
    return graph


def circles(house: House) -> Iterator[str]:
    """Yields one circle, if there is any, of packages, of folders, and of files.

    A folder and the one it lies in are one room: arrows between them are left to the files.
    """

    def related(a: str, b: str) -> bool:
        return f'{a}.'.startswith(f'{b}.') or f'{b}.'.startswith(f'{a}.')

    folders = {
        folder: [other for other in others if not related(folder, other)]
        for folder, others in arrows(house, house.folder).items()
    }
    graphs: tuple[tuple[str, Mapping[str, Iterable[str]]], ...] = (
        ('packages', arrows(house, package)),
        ('folders', folders),
        ('files', arrows(house, str)),
    )
    for what, graph in graphs:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            yield f'circle of {what}: {" ← ".join(error.args[1])}'


def arrows_not_down(house: House) -> Iterator[str]:
    """Yields the imports that stay on their floor, go up, or are forbidden."""
    for one in house.imports:
        own, other = package(one.module), package(one.name)
        if other == own or other not in FLOOR_OF:
            continue
        if FLOOR_OF[other] >= FLOOR_OF[own]:
            yield f'{one.module}:{one.line} imports {one.name}, which is not below it'
        elif other in FORBIDDEN.get(own, ()):
            yield f'{one.module}:{one.line} may not import {one.name}'


def ros_outside(house: House) -> Iterator[str]:
    """Yields the imports of ROS, or of our ``ros/`` folders, outside of ``ros/`` folders."""
    for one in house.imports:
        if 'ros' in one.module.split('.'):
            continue
        if is_ros(one.name) or 'ros' in one.source.split('.'):
            yield f'{one.module}:{one.line} imports {one.name} outside a ros/ folder'


def complaints(house: House) -> list[str]:
    """Returns all that the architecture forbids, one sentence each."""
    unknown = sorted({package(module) for module in house.paths} - set(FLOOR_OF))
    return [
        *(f'{name} stands on no floor: name it in tools/rooms.py' for name in unknown),
        *circles(house),
        *arrows_not_down(house),
        *ros_outside(house),
    ]


def text(graph: Mapping[str, Counter[str]]) -> str:
    """Returns a graph as lines: who imports from whom, and how many names."""
    lines = []
    for name, others in graph.items():
        lines.append(f'{name} imports from' if others else f'{name} imports from none of ours')
        lines += [f'    {other}  {others[other]}' for other in sorted(others)]
    return '\n'.join(lines)


def dot(graph: Mapping[str, Counter[str]]) -> str:
    """Returns a graph in the language of Graphviz."""
    edges = (f'  "{a}" -> "{b}" [label={n}];' for a in graph for b, n in sorted(graph[a].items()))
    return '\n'.join(('digraph rooms {', '  rankdir=TB;', *edges, '}'))


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the graph and what is wrong with it; returns 1 if anything is."""
    parser = argparse.ArgumentParser(description='Prints who imports whom.')
    how = parser.add_mutually_exclusive_group()
    how.add_argument('--folders', action='store_true', help='every folder, not only the packages')
    how.add_argument('--files', action='store_true', help='every file, not only the packages')
    how.add_argument('--names', action='store_true', help='who names what others define')
    how.add_argument('--quiet', action='store_true', help='only what is forbidden')
    parser.add_argument('--dot', action='store_true', help='as a graph for Graphviz')
    options = parser.parse_args(arguments)
    house = read_house()
    level = house.folder if options.folders else str if options.files else package
    tables = room_names.tables(house)
    if options.names:
        print('\n'.join(room_names.lines(house, tables)))
    elif not options.quiet:
        print((dot if options.dot else text)(arrows(house, level)))
    wrong = [
        *complaints(house),
        *room_names.complaints(house, tables),
        *room_names.needless(house, tables),
    ]
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
