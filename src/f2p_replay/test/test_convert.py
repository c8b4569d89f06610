# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What version 1 recorded is there in version 2, and nothing else is taken for it."""

from __future__ import annotations

import json
from pathlib import Path

from bag_material import BAGS
import numpy as np
import pytest

from f2p_core.bags import Bag, BagError, FAILURE_TYPE, failures_in_bag
from f2p_core.errors import InvalidInputError
from f2p_core.files import read_failure, read_scene
from f2p_core.pose import Pose
from f2p_replay.check import check_bag
from f2p_replay.convert import convert
from f2p_replay.errors import RecordingError

SCHEMA_1 = Path(__file__).parent / 'schema_1'
OLD_BAG, OLD_FILE = SCHEMA_1 / 'bag', SCHEMA_1 / 'failure.json'


@pytest.fixture
def new_bag(tmp_path: Path) -> Path:
    assert convert(OLD_BAG, tmp_path / 'new') == ()
    return tmp_path / 'new'


def test_a_converted_bag_has_the_same_messages_at_the_same_times(new_bag: Path) -> None:
    with Bag(OLD_BAG) as old, Bag(new_bag) as new:
        names = [t.name for t in old.topics]
        assert new.foreign_types([t.type_name for t in new.topics]) == ()
        known = [(m.topic, m.type_name, m.time_ns) for m in old.messages(names)]
        assert [(m.topic, m.type_name, m.time_ns) for m in new.messages(names)] == known


def test_a_converted_failure_says_the_same(new_bag: Path) -> None:
    with Bag(OLD_BAG) as bag:
        (message,) = bag.messages(['/failure'])
        old = bag.decode(message)
    (new,) = failures_in_bag(new_bag)
    assert (new.failure_id, new.kind, new.correction) == (
        old.failure_id, 'incorrect_symbolic_prediction', None
    )  # fmt: skip
    assert new.call.parameters == tuple(old.call.parameters)
    np.testing.assert_array_equal(
        new.relations_observed.margin.reshape(-1), old.relations_observed.margin
    )
    for now, before in zip(new.before.scene.objects, old.before.scene.objects, strict=True):
        assert (now.object_id, now.mass_kg, now.friction) == (
            before.object_id, before.mass_kg, before.friction
        )  # fmt: skip
        assert (now.confidence, now.understood, now.mass_std_kg) == (1.0, True, None)
    robot, was = new.robot_before, old.robot_before
    assert robot.joint_names[::9] == ('lift', 'finger_right')
    assert robot.position == (was.lift_m, *was.arm_rad, was.finger_m, was.finger_m)
    assert robot.base_map == Pose.in_plane(*was.base_map)


def test_the_base_of_a_converted_motion_is_no_joint(new_bag: Path) -> None:
    with Bag(OLD_BAG) as bag:
        (message,) = bag.messages(['/failure'])
        old = bag.decode(message).achieved
    rows = old.position.reshape(len(old.time_s), -1)
    (failure,) = failures_in_bag(new_bag)
    motion = failure.achieved
    assert motion.joint_names == tuple(old.joint_names[3:])
    np.testing.assert_array_equal(motion.position, rows[:, 3:])
    np.testing.assert_array_equal(motion.base_map[:, :2], rows[:, :2])
    np.testing.assert_allclose(motion.time_s, old.time_s, atol=1e-9)


def test_an_announced_model_is_active_and_a_named_one_is_only_named(new_bag: Path) -> None:
    with Bag(new_bag) as bag:
        (announced,) = (bag.decode(m) for m in bag.messages(['/model_version']))
        (failure,) = (bag.decode(m) for m in bag.messages(['/failure']))
    assert (announced.state, failure.model_version.state) == (1, 0)
    assert announced.digest == failure.model_version.digest


def test_an_old_bag_is_refused_by_its_version_in_one_sentence() -> None:
    sentence = 'is of version 1; this software reads version 2: convert it with `f2p bag convert'
    with pytest.raises(BagError, match=sentence):
        failures_in_bag(OLD_BAG)
    problems = check_bag(OLD_BAG).problems
    assert len([p for p in problems if 'version' in p]) == 1
    assert sentence in problems[0]


def test_a_failure_without_a_seal_gets_one(tmp_path: Path) -> None:
    convert(OLD_FILE, tmp_path / 'new.json')
    new = read_failure(tmp_path / 'new.json')
    (tmp_path / 'bare.json').write_text(new.model_dump_json())
    with pytest.raises(InvalidInputError, match='convert it with `f2p bag convert OLD NEW`'):
        read_failure(tmp_path / 'bare.json')
    convert(tmp_path / 'bare.json', tmp_path / 'sealed.json')
    assert read_failure(tmp_path / 'sealed.json').digest == new.digest
    with pytest.raises(InvalidInputError, match='1 is what can be converted'):
        convert(tmp_path / 'new.json', tmp_path / 'again.json')


def test_a_failure_file_is_converted(tmp_path: Path) -> None:
    old = json.loads(OLD_FILE.read_text())
    with pytest.raises(InvalidInputError, match='convert it with `f2p bag convert OLD NEW`'):
        read_failure(OLD_FILE)
    convert(OLD_FILE, tmp_path / 'new.json')
    new = read_failure(tmp_path / 'new.json')
    assert (new.failure_id, new.stamp_ns) == (old['failure_id'], old['stamp_ns'])
    probability = new.relations_predicted.probability.tolist()
    assert probability == old['relations_predicted']['probability']
    assert new.achieved.position.tolist() == [row[3:] for row in old['achieved']['position']]
    assert new.robot_before.position[0] == old['robot_before']['lift_m']


def test_a_scene_file_is_converted(tmp_path: Path) -> None:
    document = json.loads(OLD_FILE.read_text())
    scene = {**document['before']['scene'], 'robot': document['robot_before']}
    (tmp_path / 'old.json').write_text(json.dumps(scene))
    convert(tmp_path / 'old.json', tmp_path / 'new.json')
    new = read_scene(tmp_path / 'new.json')
    assert list(new.object_ids) == [o['object_id'] for o in scene['objects']]
    assert new.robot is not None


def test_nothing_is_overwritten_and_nothing_new_is_converted(tmp_path: Path) -> None:
    with pytest.raises(BagError, match='not of version 1'):
        convert(BAGS[0], tmp_path / 'new')
    (tmp_path / 'there.json').write_text('{}')
    with pytest.raises(InvalidInputError, match='is there already'):
        convert(OLD_FILE, tmp_path / 'there.json')
    with pytest.raises(InvalidInputError, match='1 is what can be converted'):
        convert(tmp_path / 'there.json', tmp_path / 'new.json')
    (tmp_path / 'folder').mkdir()
    with pytest.raises(RecordingError, match='is there already'):
        convert(OLD_BAG, tmp_path / 'folder')


@pytest.mark.parametrize('path', BAGS, ids=lambda p: p.name)
def test_the_shipped_bags_are_of_this_version(path: Path) -> None:
    with Bag(path) as bag:
        types = {t.type_name for t in bag.topics}
        assert (bag.older_schema(), bag.foreign_types(types)) == (None, ())
        assert FAILURE_TYPE in types
        assert bag.has_checksums
