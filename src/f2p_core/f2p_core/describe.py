# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The relations of one scene as plain data, for people and for ``f2p relations``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from f2p_core.batch import stack_scenes
from f2p_core.relations import hold, relation_margins, RELATION_NAMES
from f2p_core.scene import Scene


def relations_json(scene: Scene, names: Sequence[str] = RELATION_NAMES) -> dict[str, Any]:
    """Returns the relations of a scene as values that ``json`` can write.

    Args:
        scene: The scene, at least one object.
        names: Relations to compute.

    Returns:
        ``schema_version`` 1; ``object_ids`` (N); ``relation_names`` (R); ``holds``: one entry per
        relation that holds, with ``subject``, ``relation``, ``object`` and ``margin_m``;
        ``margin_m``: all margins as nested lists (R, N, N), row a, column b: "a is … b" [m].

    Raises:
        InvalidInputError: If the scene is empty or a name is not known.
    """
    margins = relation_margins(stack_scenes([scene]), names)[0]
    ids = scene.object_ids
    return {
        'schema_version': 1,
        'object_ids': list(ids),
        'relation_names': list(names),
        'holds': [
            {
                'subject': ids[a],
                'relation': names[r],
                'object': ids[b],
                'margin_m': round(float(margins[r, a, b]), 6),
            }
            for r, a, b in np.argwhere(hold(margins)).tolist()
        ],
        'margin_m': np.round(margins, 6).tolist(),
    }
