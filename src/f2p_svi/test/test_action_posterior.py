# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Skill calls: within bounds, more informative than where they start, some near the failed one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from svi_synthetic import CARRY, transport_failure
from svi_toy_model import RidingModel
import torch

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.errors import CancelledError
from f2p_core.scene import Scene
from f2p_core.skill import call_bounds, SkillCall
from f2p_core.supports import contents
from f2p_svi.actions.calls import (
    CallKernel,
    CallRequest,
    Calls,
    choose_calls,
    lone_calls,
    repelling_calls,
)
from f2p_svi.actions.posterior import build_action_posterior, call_box, scene_weights
from f2p_svi.config import ActionConfig
from f2p_svi.stein.svgd import score_of
from f2p_tasks.tabletop import CONTAINER


def without_bystanders(scene: Scene) -> Scene:
    """Leaves out what lies beside the container: no call has to make way for it."""
    inside = contents(scene, CONTAINER)
    kept = [o for o in scene.objects if o.fixed or o.object_id in (CONTAINER, *inside)]
    return scene.model_copy(update={'objects': tuple(kept)})


FIRST = without_bystanders(transport_failure(3, 0).before.scene)


def with_container_of(seed: int) -> Scene:
    """The first scene with another container, so that the bounds of calls differ."""
    other = transport_failure(3, seed).before.scene.objects[2]
    objects = (*FIRST.objects[:2], other, *FIRST.objects[3:])
    return FIRST.model_copy(update={'objects': objects})


SCENES = tuple(with_container_of(seed) for seed in range(3))
CPU = torch.device('cpu')


def choose(
    n_calls: int = 8,
    seed: int = 0,
    kernel: CallKernel = repelling_calls,
    failed: SkillCall = CARRY,
    **settings: Any,
) -> Calls:
    request = CallRequest(failed, n_calls, ActionConfig(**{'other_share': 0.0, **settings}), CPU)
    rng = np.random.default_rng(seed)
    return choose_calls(SCENES, RidingModel(), request, rng, UNCONTROLLED, kernel)


def parameters_of(calls: Calls) -> np.ndarray:
    return np.array([[c.parameters for c in row] for row in calls.by_scene])


def test_calls_are_the_failed_skill_on_its_objects_within_the_bounds_of_each_scene() -> None:
    calls = choose()
    assert [len(row) for row in calls.by_scene] == [8, 8, 8]
    for scene, row in zip(SCENES, calls.by_scene, strict=True):
        low, high = call_bounds(scene, CARRY.skill, CARRY.object_id, CARRY.target_id)
        for call in row:
            assert (call.skill, call.object_id, call.target_id) == (
                CARRY.skill, CARRY.object_id, CARRY.target_id,
            )  # fmt: skip
            assert (np.array(call.parameters) >= low - 1e-6).all()
            assert (np.array(call.parameters) <= high + 1e-6).all()


def test_a_push_keeps_to_its_own_bounds() -> None:
    push = SkillCall(
        skill='push', object_id='object_1', target_id='container', parameters=(3.0, 0.1, 0.0)
    )
    parameters = parameters_of(choose(failed=push, objective='predictive'))
    assert (np.abs(parameters[..., 0]) <= math.pi + 1e-6).all()
    assert ((parameters[..., 1] >= 0.02 - 1e-6) & (parameters[..., 1] <= 0.25 + 1e-6)).all()


def test_decoding_undoes_encoding_and_angles_wrap() -> None:
    box = call_box(SCENES, CARRY, torch.tensor([0, 1, 2]))
    draw = box.draw(0.2, np.random.default_rng(0))
    torch.testing.assert_close(box.decode(box.encode(draw)), draw, atol=1e-3, rtol=0)
    turned = box.encode(draw)
    turned[:, 2] += 2 * math.pi
    torch.testing.assert_close(box.decode(turned), draw, atol=1e-3, rtol=0)


def test_the_density_about_the_failed_call_integrates_to_the_same_everywhere() -> None:
    # With the Jacobian, the density of a particle is that of its parameter times d a / d u.
    box = call_box(SCENES[:1], CARRY, torch.zeros(4001, dtype=torch.int64))
    u = torch.zeros(4001, 3)
    u[:, 1] = torch.linspace(-4, 4, 4001)
    density = (box.log_density(u, 10.0) - box.log_density(u, 10.0).max()).exp()
    a = box.decode(u)[:, 1]
    middle = (a[1:] + a[:-1]) / 2
    mass = density[1:] * (u[1, 1] - u[0, 1]) / (a[1:] - a[:-1])
    near = (middle - CARRY.parameters[1]).abs() < 0.05
    # A very wide Gaussian: uniform over the parameter.
    assert float(mass[near].std() / mass[near].mean()) < 0.02


@pytest.mark.parametrize('objective', ['geometry', 'predictive', 'bald'])
def test_calls_become_more_informative_than_the_draws_they_start_from(objective: str) -> None:
    settings: dict[str, Any] = {'objective': objective, 'trust_share': 0.0, 'temperature': 0.1}
    start = choose(iterations=0, **settings).figures[f'{objective}_at_calls']
    end = choose(iterations=25, **settings).figures[f'{objective}_at_calls']
    assert end > start


@pytest.mark.parametrize('n_calls', [1, 20])
def test_kinds_of_calls_have_exact_shares_at_both_budgets(n_calls: int) -> None:
    config = ActionConfig(iterations=1, trust_spread=0.0)
    scenes, rng = (SCENES * 7)[:20], np.random.default_rng(0)
    request = CallRequest(CARRY, n_calls, config, CPU)
    calls = choose_calls(scenes, RidingModel(), request, rng, UNCONTROLLED)
    failed = call_box(SCENES, CARRY, torch.tensor([0, 1, 2])).failed.numpy()
    key = (CARRY.skill, CARRY.object_id, CARRY.target_id)
    kinds = [
        'other'
        if (call.skill, call.object_id, call.target_id) != key
        else 'trusted'
        if np.allclose(call.parameters, failed[i % 3], atol=1e-6)
        else 'sought'
        for i, row in enumerate(calls.by_scene)
        for call in row
    ]
    shares = {kind: kinds.count(kind) / len(kinds) for kind in ('trusted', 'other', 'sought')}
    assert len(kinds) == 20 * n_calls
    assert shares == {'trusted': 0.25, 'other': 0.25, 'sought': 0.5}


def test_a_share_of_the_calls_stays_close_to_the_failed_one() -> None:
    for n_calls in (1, 8):
        parameters = parameters_of(choose(n_calls, trust_share=0.5, trust_spread=0.0))
        box = call_box(SCENES, CARRY, torch.tensor([0, 1, 2]))
        near = np.isclose(parameters, box.failed.numpy()[:, None], atol=1e-6).all(-1)
        assert near.sum() == 3 * n_calls // 2
    everywhere = parameters_of(choose(4, trust_share=1.0, trust_spread=0.0))
    np.testing.assert_allclose(everywhere, box.failed.numpy()[:, None].repeat(4, 1), atol=1e-6)


def test_a_share_of_the_calls_does_something_else() -> None:
    failed = (CARRY.skill, CARRY.target_id)
    for n_calls in (1, 8):
        calls = choose(n_calls, other_share=0.5, trust_share=0.25, iterations=1)
        others = [(c.skill, c.target_id) != failed for row in calls.by_scene for c in row]
        assert abs(sum(others) - 3 * n_calls / 2) <= 1
        assert {c.object_id for row in calls.by_scene for c in row} == {CARRY.object_id}


def test_repelling_calls_differ_more_than_lone_ones() -> None:
    settings: dict[str, Any] = {'trust_share': 0.0, 'temperature': 0.05, 'iterations': 40}
    spread = [
        parameters_of(choose(10, kernel=k, **settings)).std(axis=1).mean(0)[:2].sum()
        for k in (repelling_calls, lone_calls)
    ]
    assert spread[0] > 1.2 * spread[1]


def test_the_score_is_the_slope_of_the_log_density() -> None:
    rows = torch.tensor([0, 0, 1, 2])
    rng = np.random.default_rng(0)
    posterior = build_action_posterior(SCENES, CARRY, rows, RidingModel(), ActionConfig(), rng)
    parameters = posterior.box.draw(0.2, rng)
    posterior, start = posterior.scaled(parameters), posterior.box.encode(parameters)
    gradient = score_of(posterior.log_density)(start).gradient
    for k in range(3):
        step = torch.zeros_like(start)
        step[:, k] = 2e-3
        slope = (posterior.log_density(start + step) - posterior.log_density(start - step)) / 4e-3
        torch.testing.assert_close(gradient[:, k], slope, atol=0.05, rtol=0.05)


def test_scenes_weigh_on_each_other_the_more_alike_they_are() -> None:
    weights = scene_weights([*SCENES, SCENES[0]])
    torch.testing.assert_close(weights, weights.mT)
    torch.testing.assert_close(weights.diagonal(), torch.ones(4))
    assert float(weights[0, 3]) == pytest.approx(1.0)
    assert float(weights[0, 1]) < 1.0
    assert (torch.linalg.eigvalsh(weights) > -1e-5).all()
    torch.testing.assert_close(scene_weights([SCENES[0]] * 3), torch.ones(3, 3))


def test_the_same_seed_gives_the_same_calls() -> None:
    assert choose(seed=4).by_scene == choose(seed=4).by_scene
    assert choose(seed=4).by_scene != choose(seed=5).by_scene


def test_stopping_stops() -> None:
    request = CallRequest(CARRY, 2, ActionConfig(), CPU)
    with pytest.raises(CancelledError, match='actions'):
        choose_calls(
            SCENES, RidingModel(), request, np.random.default_rng(0),
            Control(should_stop=lambda: True),
        )  # fmt: skip
