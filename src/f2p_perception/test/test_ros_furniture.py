# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the node takes for furniture, and what it refuses to."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('f2p_msgs')

from f2p_core.errors import InvalidInputError
from f2p_core.files import write_scene
from f2p_core.geometry.shapes import Table
from f2p_core.pose import upright_pose
from f2p_core.scene import Scene, SceneObject
from f2p_perception.ros.furniture import load_furniture
from f2p_tasks import DEFAULT_TASK, TASKS

TABLE = SceneObject(
    object_id='my_table',
    shape=Table(size_m=(1.2, 0.9, 0.7)),
    pose_map=upright_pose(1.0, 0.0, 0.35),
)


def test_a_task_has_furniture_and_find_has_none_yet() -> None:
    assert load_furniture(DEFAULT_TASK) == TASKS[DEFAULT_TASK].furniture()
    assert load_furniture('find') == ()


def test_the_fixed_objects_of_a_file_are_furniture(tmp_path: Path) -> None:
    fixed = TABLE.model_copy(update={'object_id': 'bench', 'fixed': True})
    write_scene(tmp_path / 'scene.json', Scene(objects=(TABLE, fixed)))
    assert load_furniture(str(tmp_path / 'scene.json')) == (fixed,)


def test_a_file_in_which_nothing_is_fixed_is_refused(tmp_path: Path) -> None:
    """It would be read as "look for tables yourself"."""
    write_scene(tmp_path / 'scene.json', Scene(objects=(TABLE,)))
    with pytest.raises(InvalidInputError, match='nothing in that scene is fixed; set'):
        load_furniture(str(tmp_path / 'scene.json'))
