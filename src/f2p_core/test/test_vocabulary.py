# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
from pydantic import ValidationError
import pytest

from f2p_core.batch import stack_scenes
from f2p_core.control import Control
from f2p_core.describe import relations_json
from f2p_core.errors import CancelledError, F2PError, InvalidInputError
from f2p_core.failure import Failure
from f2p_core.files import parse_document
from f2p_core.geometry.parts import dimensions_of, shape_parts
from f2p_core.geometry.shapes import Box, Cup, Cylinder, OpenBox, Table
from f2p_core.pose import Pose, upright_pose
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.scene import Scene, SceneObject
from f2p_core.skill import SkillCall
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig

ANGLES = st.floats(-3.1, 3.1)
LENGTHS = st.floats(-2.0, 2.0)


@given(LENGTHS, LENGTHS, LENGTHS, ANGLES)
def test_upright_pose_turns_about_z_and_maps_there_and_back(
    x: float, y: float, z: float, yaw: float
) -> None:
    pose = upright_pose(x, y, z, yaw)
    assert pose.yaw_rad == pytest.approx(yaw)
    forward = pose.to_parent(np.array([1.0, 0.0, 0.0])) - np.array([x, y, z])
    assert forward == pytest.approx([np.cos(yaw), np.sin(yaw), 0.0])
    points = np.array([[0.1, -0.2, 0.3], [x, y, z]])
    assert pose.to_child(pose.to_parent(points)) == pytest.approx(points)


@given(st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: np.linalg.norm(q) > 0.1))
def test_rotation_of_a_quaternion_is_a_rotation(q: tuple[float, float, float, float]) -> None:
    unit = np.array(q) / np.linalg.norm(q)
    matrix = Pose(position_m=(0, 0, 0), quaternion_xyzw=tuple(unit)).rotation()
    assert matrix @ matrix.T == pytest.approx(np.eye(3))
    assert np.linalg.det(matrix) == pytest.approx(1.0)


def test_quaternion_order_is_xyzw() -> None:
    half = np.sqrt(0.5)
    quarter_about_x = Pose(position_m=(0, 0, 0), quaternion_xyzw=(half, 0.0, 0.0, half))
    assert quarter_about_x.to_parent(np.array([0, 1.0, 0])) == pytest.approx([0, 0, 1])


def test_values_do_not_change_after_they_are_made() -> None:
    pose = upright_pose(0, 0, 0)
    with pytest.raises(ValidationError, match='frozen'):
        pose.position_m = (1, 1, 1)


def test_stacking_keeps_order_and_refuses_other_layouts() -> None:
    config = TabletopConfig(inside=2)
    first, second = (sample_tabletop(config, np.random.default_rng(s)) for s in (1, 1))
    batch = stack_scenes([first, second])
    assert batch.position_m.shape == (2, 5, 3)
    assert batch.column('object_2') == 4
    assert batch.dimensions[1, 4].tolist() == list(dimensions_of(second.objects[4].shape))
    with pytest.raises(InvalidInputError, match='scene 1 has another layout'):
        stack_scenes([first, sample_tabletop(TabletopConfig(inside=3), np.random.default_rng(1))])
    with pytest.raises(InvalidInputError, match="no object 'cup'"):
        batch.column('cup')
    with pytest.raises(InvalidInputError, match='no scene'):
        stack_scenes([])


def test_open_box_has_a_handle_only_when_it_has_one() -> None:
    bare, handled = (
        OpenBox(size_m=(0.3, 0.2, 0.1), wall_m=0.006, handle_height_m=h) for h in (0.0, 0.12)
    )
    assert len(shape_parts(bare)) == 5
    assert len(shape_parts(handled)) == 8
    bar = shape_parts(handled)[-1]
    assert bar.centre_m == pytest.approx((0.0, 0.0, 0.17))
    # Posts stand on the rim and reach to the top of the bar.
    post = shape_parts(handled)[5]
    assert post.centre_m[2] - post.half_m[2] == pytest.approx(0.05)
    assert post.centre_m[2] + post.half_m[2] == pytest.approx(bar.centre_m[2] + bar.half_m[2])


def test_walls_that_leave_no_cavity_are_refused() -> None:
    with pytest.raises(ValidationError, match='leaves no cavity'):
        Cup(radius_m=0.04, height_m=0.1, wall_m=0.04)
    with pytest.raises(ValidationError, match='leaves no cavity'):
        OpenBox(size_m=(0.3, 0.2, 0.1), wall_m=0.05, handle_height_m=0.0)


def test_skill_calls_stay_within_their_bounds() -> None:
    call = SkillCall(skill='push', object_id='a', target_id='t', parameters=(0.0, 0.25, 0.0))
    assert call.parameters[1] == 0.25
    with pytest.raises(ValidationError, match=r'distance_m = 0\.3 is outside'):
        SkillCall(skill='push', object_id='a', target_id='t', parameters=(0.0, 0.3, 0.0))
    with pytest.raises(ValidationError, match='both'):
        SkillCall(skill='push', object_id='a', target_id='a', parameters=(0.0, 0.1, 0.0))


def test_stop_is_an_error_that_names_the_stage() -> None:
    Control().check('simulate')
    with pytest.raises(CancelledError, match='cancelled during simulate'):
        Control(should_stop=lambda: True).check('simulate')
    assert issubclass(CancelledError, F2PError)


def test_relations_as_plain_data() -> None:
    table = Table(size_m=(0.6, 0.8, 0.7))
    scene = Scene(
        objects=(
            SceneObject(
                object_id='table', shape=table, pose_map=upright_pose(0, 0, 0.35), fixed=True
            ),
            SceneObject(
                object_id='can',
                shape=Cylinder(radius_m=0.03, height_m=0.1),
                pose_map=upright_pose(0.1, 0.0, 0.75),
            ),
        )
    )
    data = relations_json(scene)
    assert data['object_ids'] == ['table', 'can']
    assert data['relation_names'] == list(RELATION_NAMES)
    said = {(e['subject'], e['relation'], e['object']) for e in data['holds']}
    assert said == {
        ('table', 'below', 'can'),
        ('can', 'above', 'table'),
        ('can', 'contact', 'table'),
        ('table', 'contact', 'can'),
    }
    margins = relation_margins(stack_scenes([scene]))[0]
    assert np.array(data['margin_m']) == pytest.approx(margins, abs=1e-6)
    assert relations_json(Scene(objects=()))['holds'] == []


def test_minimal_scene_by_hand_is_readable() -> None:
    text = b"""{"schema_version": 2, "objects": [{"object_id": "box",
        "shape": {"kind": "box", "size_m": [0.1, 0.1, 0.1]},
        "pose_map": {"position_m": [0, 0, 0.05]}}]}"""
    scene = parse_document(Scene, text, 'text')
    assert scene.object('box').shape == Box(size_m=(0.1, 0.1, 0.1))


def test_core_needs_none_of_the_heavy_libraries() -> None:
    program = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in ('rclpy', 'torch', 'scipy', 'mujoco', 'open3d'):
            raise ImportError(name)

sys.meta_path.insert(0, Absent())
import numpy as np
from f2p_core import clouds, files, supports
from f2p_core.describe import relations_json
from f2p_tasks.transport import transport_scene

print(len(relations_json(transport_scene(2, np.random.default_rng(0)))['holds']))
"""
    done = subprocess.run(
        [sys.executable, '-c', program], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 4


@pytest.mark.parametrize(('margin_m', 'observed'), [(-0.04, 'false'), (0.0, 'true')])
def test_a_violation_in_words(failure: Failure, margin_m: float, observed: str) -> None:
    violation = failure.violated[0].model_copy(update={'observed_margin': margin_m})
    expected = f'above(object_1, table_a): predicted 0.99, observed {observed}'
    assert violation.in_words() == expected
