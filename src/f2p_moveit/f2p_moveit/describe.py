# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Writes the robot's description: ``python -m f2p_moveit.describe --out DIRECTORY``.

The files in the repository are what this writes; a test holds them equal.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import json
from pathlib import Path
import sys

import yaml

from f2p_moveit.description.settings import moveit_settings, Settings
from f2p_moveit.description.srdf import srdf
from f2p_moveit.description.urdf import urdf
from f2p_sim.robot import robot_model

NAME = 'f2p'
"""The robot's name in its URDF and SRDF."""

_LICENCE = (
    'SPDX-FileCopyrightText: 2026 Fail2Progress developers',
    'SPDX-License-Identifier: Apache-2.0',
    "Generated from the robot's MJCF by python -m f2p_moveit.describe; do not edit.",
)


def description_files() -> dict[str, str]:
    """Returns the text of every file by its name."""
    model = robot_model()
    files = {'robot.urdf': _xml(urdf(model, NAME)), 'robot.srdf': _xml(srdf(model, NAME))}
    for name, content in moveit_settings().items():
        files[name] = _yaml(content)
    return files


def _yaml(content: Settings) -> str:
    apart = json.loads(json.dumps(content))  # a list that occurs twice is written twice
    text: str = yaml.safe_dump(apart, sort_keys=False)
    return ''.join(f'# {line}\n' for line in _LICENCE) + text


def _xml(text: str) -> str:
    lines = ''.join(f'<!-- {line} -->\n' for line in _LICENCE)
    return '<?xml version="1.0"?>\n' + lines + text


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the files."""
    parser = argparse.ArgumentParser(prog='python -m f2p_moveit.describe', description=__doc__)
    parser.add_argument('--out', type=Path, required=True, help='directory to write into')
    out: Path = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    for name, text in description_files().items():
        (out / name).write_text(text, encoding='utf-8')
        print(out / name)
    return 0


if __name__ == '__main__':
    sys.exit(main())
