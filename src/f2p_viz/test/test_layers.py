# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Each layer: what is drawn, where, in which colour, and under which identity."""

from __future__ import annotations

from collections.abc import Sequence
import itertools
import math

import numpy as np
import pytest
from viz_scenes import cube, example_failure, observed, RELATIONS, scene_of, state, TABLE, TRAY

from f2p_core.geometry.parts import shape_parts
from f2p_core.pose import Pose, upright_pose
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_viz.colours import colour_of, GREY, SKY_BLUE, WHITE, WRONG
from f2p_viz.drawing import body, nearest_point
from f2p_viz.failure import failure_markers
from f2p_viz.marker import Identity, Marker
from f2p_viz.particles import particle_markers
from f2p_viz.plan import plan_markers, PlannedStep
from f2p_viz.relations import facts, relation_markers
from f2p_viz.scene import scene_markers

ONE, TWO = cube('object_1', 0.75, 0.45), cube('object_2', 0.85, 0.55)
SCENE = scene_of(TRAY, ONE, TWO)
FAILURE = example_failure()
PLAN = (
    PlannedStep(
        SkillCall(
            skill='pick_place', object_id='object_1', target_id='table_a', parameters=(0, 0, 0)
        ),
        scene_of(TRAY, cube('object_1', 0.6, 0.3), TWO),
    ),
)
TOLD = facts(
    state(SCENE.object_ids, ('above', 'object_1', 'table_a'), ('inside', 'object_2', 'container')),
    state(SCENE.object_ids, ('above', 'object_1', 'table_a'), ('above', 'object_2', 'table_a')),
    RELATIONS,
)


def by_identity(markers: Sequence[Marker]) -> dict[Identity, Marker]:
    return {marker.identity: marker for marker in markers}


@pytest.mark.parametrize(
    'markers',
    [
        scene_markers(observed(SCENE)),
        relation_markers(TOLD, SCENE),
        particle_markers([SCENE, SCENE]),
        plan_markers(PLAN, SCENE),
        failure_markers(FAILURE),
        scene_markers(FAILURE.after),
    ],
    ids=['scene', 'relations', 'particles', 'plan', 'failure', 'example'],
)
def test_every_marker_can_be_drawn_and_has_an_identity_of_its_own(
    markers: Sequence[Marker],
) -> None:
    assert markers
    assert len(by_identity(markers)) == len(markers)
    for marker in markers:
        assert all(0.0 <= share <= 1.0 for share in marker.colour), marker
        assert marker.colour.alpha > 0.0, marker
        assert (marker.kind == 'text') == bool(marker.text), marker
        needed = {'lines': (True, False, False), 'text': (False, False, True)}
        needed['arrow'] = (True, True, False)
        solid = (True, True, True)
        sizes = zip(marker.scale_m, needed.get(marker.kind, solid), strict=True)
        assert all((size > 0.0) == is_used for size, is_used in sizes), marker
        assert bool(marker.points_map) == (marker.kind in ('lines', 'arrow')), marker
        assert len(marker.points_map) % 2 == 0, marker


def test_identities_stay_when_objects_come_and_go_and_change_places() -> None:
    first = by_identity(scene_markers(observed(SCENE)))
    second = by_identity(scene_markers(observed(scene_of(cube('new', 0.5, 0.5), TWO, ONE))))
    for name in ('object_1', 'object_2', 'table_a'):
        own = {i: m for i, m in first.items() if i.namespace.partition('/')[0] == name}
        assert own
        assert own == {i: m for i, m in second.items() if i.namespace.partition('/')[0] == name}


def test_a_turned_object_is_drawn_where_its_parts_are() -> None:
    half = math.sqrt(0.5)
    tilted = Pose(position_m=(1.0, 2.0, 3.0), quaternion_xyzw=(half, 0.0, 0.0, half))
    thing = TRAY.model_copy(update={'pose_map': tilted})
    for part, marker in zip(shape_parts(thing.shape), body(thing, 'it', GREY), strict=True):
        assert np.allclose(marker.pose_map.position_m, tilted.to_parent(np.array(part.centre_m)))
        assert np.allclose(marker.scale_m, 2 * np.array(part.half_m))
        turned = upright_pose(0.0, 0.0, 0.0, part.yaw_rad).rotation()
        assert np.allclose(marker.pose_map.rotation(), tilted.rotation() @ turned)


def test_what_is_not_seen_is_a_shadow_with_its_name() -> None:
    markers = by_identity(scene_markers(observed(SCENE, unseen=['object_1', 'table_a'])))
    assert markers[Identity('object_1', 0)].colour.alpha < 0.5
    assert markers[Identity('object_1/name', 0)].text == 'object_1 (not seen)'
    assert markers[Identity('object_2', 0)].colour == colour_of(TWO)
    assert markers[Identity('table_a', 0)].colour == GREY  # furniture does not go away


def test_no_object_looks_wrong_and_neighbours_differ() -> None:
    things = [cube(f'object_{i}', 0.5, 0.5) for i in range(1, 10)]
    colours = [colour_of(thing) for thing in things]
    assert WRONG not in colours
    assert all(a != b for a, b in itertools.pairwise(colours))
    assert colour_of(TRAY)[:3] not in {colour[:3] for colour in colours}


def test_facts_are_what_holds_and_what_differs() -> None:
    assert [(f.name, f.differs) for f in TOLD] == [
        ('above(object_1, table_a)', False),
        ('above(object_2, table_a)', True),
        ('inside(object_2, container)', True),
    ]


def test_without_a_prediction_nothing_differs() -> None:
    seen = state(SCENE.object_ids, ('inside', 'object_2', 'container'))
    assert [f.predicted for f in facts(seen, None, RELATIONS)] == [None]
    assert not any(f.differs for f in facts(seen, None, RELATIONS))


def test_unobserved_relations_and_those_not_asked_for_are_not_told() -> None:
    holding = ('above', 'object_1', 'table_a')
    unseen = state(SCENE.object_ids, holding, unseen=['object_1'])
    assert not facts(unseen, state(SCENE.object_ids), RELATIONS)
    assert not facts(state(SCENE.object_ids, holding), None, ['inside'])


def test_the_prediction_may_name_objects_in_another_order() -> None:
    holding = ('above', 'object_1', 'table_a')
    reverse = state(SCENE.object_ids[::-1], holding)
    assert not any(f.differs for f in facts(state(SCENE.object_ids, holding), reverse, RELATIONS))


def test_relations_are_lines_and_words_and_wrong_ones_are_red() -> None:
    markers = by_identity(relation_markers(TOLD, SCENE))
    holds = markers[Identity('above(object_1, table_a)', 0)]
    assert (holds.kind, holds.colour) == ('lines', SKY_BLUE)
    assert holds.points_map[0] == ONE.pose_map.position_m
    assert markers[Identity('inside(object_2, container)', 0)].colour == WRONG
    right, wrong = markers[Identity('object_1', 0)], markers[Identity('object_2', 1)]
    assert (right.text, right.colour) == ('object_1: above table_a', WHITE)
    assert wrong.text == 'object_2: predicted: above table_a; inside container, not predicted'
    assert wrong.colour == WRONG
    assert Identity('object_2', 0) not in markers


def test_relations_of_objects_that_are_not_in_the_scene_are_left_out() -> None:
    assert {m.identity.namespace for m in relation_markers(TOLD, scene_of(ONE))} == {
        'above(object_1, table_a)',
        'object_1',
    }


def test_the_nearest_point_of_a_table_is_below_what_stands_on_it() -> None:
    x, y, _ = ONE.pose_map.position_m
    assert nearest_point(TABLE, ONE.pose_map.position_m) == pytest.approx((x, y, 0.7))


def test_particles_are_one_outline_per_object_over_all_scenes() -> None:
    other = scene_of(TRAY, cube('object_1', 0.6, 0.4))
    markers = by_identity(particle_markers([SCENE, other]))
    assert set(markers) == {Identity(name, 0) for name in ('container', 'object_1', 'object_2')}
    edges = np.array(markers[Identity('object_1', 0)].points_map).reshape(2, 12, 2, 3)
    assert np.allclose(np.linalg.norm(edges[:, :, 1] - edges[:, :, 0], axis=-1), 0.06)
    assert edges[1].mean(axis=(0, 1)) == pytest.approx((0.6, 0.4, 0.73))
    assert len(markers[Identity('object_2', 0)].points_map) == 24


def test_a_plan_shows_what_each_step_moves_and_nothing_else() -> None:
    markers = by_identity(plan_markers(PLAN, SCENE))
    assert {i.namespace for i in markers} == {'step_1', 'step_1/object_1', 'step_1/object_1/arrow'}
    path = markers[Identity('step_1/object_1/arrow', 0)]
    assert path.points_map == (ONE.pose_map.position_m, (0.6, 0.3, 0.73))
    assert markers[Identity('step_1', 0)].text == '1. pick_place object_1 → table_a'
    assert markers[Identity('step_1/object_1', 0)].pose_map.position_m == (0.6, 0.3, 0.73)


def test_a_step_begins_where_the_one_before_ended() -> None:
    back = PlannedStep(PLAN[0].call, SCENE)
    markers = by_identity(plan_markers((*PLAN, back), SCENE))
    first = markers[Identity('step_1/object_1/arrow', 0)].points_map
    assert markers[Identity('step_2/object_1/arrow', 0)].points_map == first[::-1]


def test_a_plan_without_steps_shows_nothing() -> None:
    assert not plan_markers((), SCENE)


def test_a_failure_says_what_it_is_and_marks_what_was_violated() -> None:
    markers = by_identity(failure_markers(FAILURE))
    text = markers[Identity('failure', 0)].text.splitlines()
    assert text[:2] == [
        'last failure: incorrect symbolic prediction',
        'pick_place container → table_b',
    ]
    assert text[2:] == [violation.in_words() for violation in FAILURE.violated]
    for violation in FAILURE.violated:
        assert markers[Identity(violation.name, 0)].colour == WRONG
    assert markers[Identity('container', 1)].kind == 'arrow'
    assert Identity('object_4', 1) not in markers  # it stayed where it was


def test_a_failure_after_which_the_object_is_lost_is_still_shown() -> None:
    rest = tuple(o for o in FAILURE.after.scene.objects if o.object_id != 'container')
    after = observed(Scene(objects=rest))
    markers = by_identity(failure_markers(FAILURE.model_copy(update={'after': after})))
    assert Identity('failure', 0) in markers
    assert Identity('inside(object_1, container)', 0) not in markers
