# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Observed relations as a likelihood and as a test."""

from __future__ import annotations

import numpy as np
import pytest
from svi_synthetic import symbols, transport_failure
import torch

from f2p_core.batch import stack_scenes
from f2p_core.pose import upright_pose
from f2p_core.relations import relation_margins, RELATION_NAMES
from f2p_core.scene import Scene
from f2p_svi.scenes.constraints import build_constraints, log_relation_likelihood
from f2p_tasks.tabletop import CONTAINER, TABLE_A, TABLE_B

SCENE = transport_failure(3, 0).before.scene
RELATIONS = transport_failure(3, 0).relations_before


def moved(object_id: str, dx: float, dy: float) -> Scene:
    objects = list(SCENE.objects)
    i = SCENE.index(object_id)
    x, y, z = objects[i].pose_map.position_m
    pose = upright_pose(x + dx, y + dy, z, objects[i].pose_map.yaw_rad)
    objects[i] = objects[i].model_copy(update={'pose_map': pose})
    return SCENE.model_copy(update={'objects': tuple(objects)})


def test_the_scene_itself_satisfies_all_it_shows() -> None:
    constraints = build_constraints(SCENE, RELATIONS, 0.01)
    assert constraints.satisfied([SCENE]).all()
    assert constraints.binding.sum() > 100


def test_content_that_left_its_container_is_noticed_and_named() -> None:
    constraints = build_constraints(SCENE, RELATIONS, 0.01)
    gone = moved('object_1', 0.0, -1.1)
    assert not constraints.satisfied([gone]).all()
    assert constraints.satisfied([SCENE, gone]).all(axis=(1, 2, 3)).tolist() == [True, False]
    assert 'object_1' in constraints.most_resisting([gone])
    assert '100%' in constraints.most_resisting([gone])


def test_what_was_not_observed_and_furniture_bind_nothing() -> None:
    relations = symbols(SCENE, unseen=('object_1',))
    constraints = build_constraints(SCENE, relations, 0.01)
    hidden = SCENE.index('object_1')
    assert not constraints.sign[:, hidden].any()
    assert not constraints.binding[:, :, hidden].any()
    a, b = SCENE.index(TABLE_A), SCENE.index(TABLE_B)
    assert not constraints.sign[:, a, b].any()
    assert constraints.satisfied([moved('object_1', 0.0, -1.1)]).all()


def test_margins_within_the_tolerance_bind_nothing() -> None:
    margins = np.abs(RELATIONS.margin)
    names = [r for r, name in enumerate(RELATION_NAMES) if name != 'contact']
    for tolerance in (0.0, 0.02, 0.1):
        constraints = build_constraints(SCENE, RELATIONS, tolerance)
        assert margins[names][constraints.binding[names]].min() >= tolerance
    assert not build_constraints(SCENE, RELATIONS, 100.0).binding[names].any()


def test_objects_may_come_in_another_order() -> None:
    order = [3, 0, 2, 1, 5, 4]
    shuffled = SCENE.model_copy(update={'objects': tuple(SCENE.objects[i] for i in order)})
    constraints = build_constraints(shuffled, RELATIONS, 0.01)
    assert constraints.satisfied([shuffled]).all()
    expected = build_constraints(SCENE, RELATIONS, 0.01).sign
    np.testing.assert_array_equal(constraints.sign, expected[:, order][:, :, order])


def test_the_likelihood_is_a_mean_of_log_sigmoids_over_observed_bits() -> None:
    margins = torch.tensor([[[[0.0, 0.02], [-0.03, 0.0]]]])
    sign = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]])
    expected = 0.5 * sum(np.log(1 / (1 + np.exp(-m / 0.01))) for m in (0.02, -0.03))
    found = log_relation_likelihood(margins, sign, 0.01)
    assert float(found[0]) == pytest.approx(expected, rel=1e-5)
    assert float(log_relation_likelihood(margins, 0 * sign, 0.01)[0]) == 0.0


def test_the_likelihood_prefers_the_scene_that_shows_the_bits() -> None:
    constraints = build_constraints(SCENE, RELATIONS, 0.01)
    margins = relation_margins(stack_scenes([SCENE, moved(CONTAINER, 0.0, -1.1)]))
    values = log_relation_likelihood(torch.tensor(margins), torch.tensor(constraints.sign), 0.01)
    assert values[0] > values[1] + 0.1
