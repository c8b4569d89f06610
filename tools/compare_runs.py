# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Tells whether two learning runs came to the same: scenes, calls, labels and gate figures.

``python tools/compare_runs.py OLD NEW`` compares two folders of runs of the same failure and seed,
for example one made before a change that should change nothing and one made after it (``f2p learn
FAILURE --runs DIRECTORY --run-id NAME``). What both have is compared to the last bit; what only
one has is named, since file formats grow. Exits with 1 if anything differs.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
import json
from pathlib import Path
import sys
from typing import Any

import numpy as np
from safetensors.numpy import load_file

_IGNORED = ('seconds', 'elapsed', 'time_s')
"""Keys of figures that measure time; they differ from run to run."""


def leaves(value: Any, path: str = '') -> Iterator[tuple[str, Any]]:
    """Yields every number and word of a JSON value with the path that leads to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not any(word in key for word in _IGNORED):
                yield from leaves(inner, f'{path}.{key}')
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from leaves(inner, f'{path}[{i}]')
    else:
        yield path, value


def json_values(path: Path) -> dict[str, Any]:
    """Returns the leaves of a JSON file by their paths."""
    return dict(leaves(json.loads(path.read_text())))


def array_values(path: Path) -> dict[str, Any]:
    """Returns the arrays of a safetensors file as bytes with shape and type, by their names."""
    return {
        name: (array.shape, str(array.dtype), np.ascontiguousarray(array).tobytes())
        for name, array in load_file(path).items()
    }


def compare(old: dict[str, Any], new: dict[str, Any], name: str) -> bool:
    """Prints how two files differ; returns whether what both have is equal."""
    shared = [key for key in old if key in new]
    different = [key for key in shared if old[key] != new[key]]
    verdict = 'identical' if not different else f'{len(different)} of {len(shared)} values DIFFER'
    print(f'{name}: {verdict}')
    for key in different[:5]:
        if not isinstance(old[key], tuple):
            print(f'  {key}: {old[key]} → {new[key]}')
        else:
            print(f'  {key}')
    for label, only in (('old', old.keys() - new.keys()), ('new', new.keys() - old.keys())):
        if only:
            print(f'  only in the {label} one: {len(only)} values, such as {sorted(only)[0]}')
    return not different and bool(shared)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compares two run folders; returns 1 if something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('old', type=Path, help='folder of a run')
    parser.add_argument('new', type=Path, help='folder of the other run')
    options = parser.parse_args(arguments)
    same = True
    rounds = {p.name for run in (options.old, options.new) for p in run.glob('round_*')}
    for folder in sorted(rounds):
        for file, read in (
            ('generation.json', json_values),
            ('executions.safetensors', array_values),
            ('tuning.json', json_values),
            ('gate.json', json_values),
        ):
            pair = [run / folder / file for run in (options.old, options.new)]
            if all(path.exists() for path in pair):
                name = f'{folder}/{file}'
                same = compare(read(pair[0]), read(pair[1]), name) and same
            else:
                print(f'{folder}/{file}: only in one run')
                same = False
    return 0 if same and rounds else 1


if __name__ == '__main__':
    sys.exit(main())
