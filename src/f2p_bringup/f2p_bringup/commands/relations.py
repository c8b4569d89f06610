# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""``f2p relations [SCENE.json]``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import json
from pathlib import Path
import sys

from f2p_core.describe import relations_json
from f2p_core.files import read_scene
from f2p_core.relations import RELATIONS


def main(arguments: Sequence[str]) -> int:
    """Prints which relations hold in a scene, and all margins; without a scene, what they mean."""
    parser = argparse.ArgumentParser(prog='f2p relations', description=main.__doc__)
    parser.add_argument('scene', type=Path, nargs='?', help='scene file (JSON)')
    options = parser.parse_args(arguments)
    for problem in RELATIONS.problems:
        print(problem.in_words(), file=sys.stderr)
    if options.scene is None:
        for relation in RELATIONS:
            print(f'{relation.name:<12} {relation.meaning}')
    else:
        print(json.dumps(relations_json(read_scene(options.scene), RELATIONS.names), indent=1))
    return 0
