# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Relations between objects: their definitions and their signed margins."""

from f2p_core.relations.built_in import (
    ABOVE,
    BEHIND,
    BELOW,
    BOUNDARY,
    CONTACT,
    CONTACT_DISTANCE_M,
    FRONT,
    INSIDE,
    LEFT,
    RIGHT,
)
from f2p_core.relations.definition import Relation, RelationFunction, Support
from f2p_core.relations.margins import (
    EVERY_RELATION,
    hold,
    relation_margins,
    RELATION_NAMES,
    RELATIONS,
    relations_asked,
    RELATIONS_HELP,
    SELF_MARGIN_M,
    soft_relations,
)

__all__ = [
    'ABOVE',
    'BEHIND',
    'BELOW',
    'BOUNDARY',
    'CONTACT',
    'CONTACT_DISTANCE_M',
    'EVERY_RELATION',
    'FRONT',
    'INSIDE',
    'LEFT',
    'RELATIONS',
    'RELATIONS_HELP',
    'RELATION_NAMES',
    'RIGHT',
    'SELF_MARGIN_M',
    'Relation',
    'RelationFunction',
    'Support',
    'hold',
    'relation_margins',
    'relations_asked',
    'soft_relations',
]
