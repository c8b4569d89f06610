# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The vocabulary of the stack: scenes, shapes, relations, skills, failures and clouds.

Frames: ``map`` is gravity-aligned, x forward, y left, z up, floor at z = 0. An object's frame has
its origin at the centre of its body. Units are SI; quaternions are xyzw.
"""

from f2p_core.batch import SceneBatch, stack_scenes
from f2p_core.describe import relations_json
from f2p_core.errors import CancelledError, F2PError, InvalidInputError
from f2p_core.failure import Failure, FailureKind
from f2p_core.files import read_failure, read_scene, write_failure, write_scene
from f2p_core.observation import SceneObservation
from f2p_core.pose import Pose, upright_pose
from f2p_core.relations import (
    hold,
    Relation,
    relation_margins,
    RELATION_NAMES,
    RELATIONS,
    soft_relations,
)
from f2p_core.scene import RobotState, Scene, SceneObject
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, Literal, SymbolicState

__all__ = [
    'RELATIONS',
    'RELATION_NAMES',
    'CancelledError',
    'F2PError',
    'Failure',
    'FailureKind',
    'Goal',
    'InvalidInputError',
    'Literal',
    'Pose',
    'Relation',
    'RobotState',
    'Scene',
    'SceneBatch',
    'SceneObject',
    'SceneObservation',
    'SkillCall',
    'SymbolicState',
    'hold',
    'read_failure',
    'read_scene',
    'relation_margins',
    'relations_json',
    'soft_relations',
    'stack_scenes',
    'upright_pose',
    'write_failure',
    'write_scene',
]
