# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import itertools

import numpy as np
import pytest

from f2p_core.control import Control
from f2p_core.errors import InvalidInputError
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_core.supports import support_tree
from f2p_sim.camera import points_optical
from f2p_sim.physics import LEARNER_PHYSICS, PhysicsParameters, reality_gap
from f2p_sim.robot import HOME, MOVING_JOINTS
from f2p_sim.world import SimulatedWorld, WorldOptions
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig


def scene(seed: int = 0) -> Scene:
    return sample_tabletop(TabletopConfig(inside=3), np.random.default_rng(seed))


def call(object_id: str, target: str, x: float, y: float) -> SkillCall:
    return SkillCall(
        skill='pick_place', object_id=object_id, target_id=target, parameters=(x, y, 0.3)
    )


def test_unload_then_carry_leaves_the_object_behind() -> None:
    world = SimulatedWorld(scene(), WorldOptions(physics=reality_gap(1.0, 1)), seed=1)
    for step in (call('object_1', 'table_a', 0.2, -0.32), call('container', 'table_b', 0.0, 0.0)):
        execution = world.execute(step)
        assert execution.motion_succeeded, execution.reason
        assert np.abs(world.configuration[:11] - HOME[:11]).max() < 0.01
    tree = support_tree(world.scene())
    assert tree['container'] == 'table_b'
    assert tree['object_1'] == 'table_a'
    assert tree['object_2'] == tree['object_3'] == 'container'


def test_motions_are_recorded_and_followed() -> None:
    world = SimulatedWorld(scene())
    ticks: list[float] = []
    start = world.time_s
    execution = world.execute(
        call('container', 'table_b', 0.0, 0.1), on_tick=lambda t, q: ticks.append(t)
    )
    commanded, achieved = execution.commanded, execution.achieved
    assert commanded.joint_names == achieved.joint_names == MOVING_JOINTS
    assert commanded.position.shape == achieved.position.shape == (len(commanded.time_s), 10)
    assert len(commanded.base_map) == len(achieved.base_map) == len(commanded.time_s)
    assert np.abs(commanded.base_map - achieved.base_map).max() < 0.03
    assert np.diff(commanded.time_s).min() > 0.04
    assert np.abs(commanded.position[:, :8] - achieved.position[:, :8]).max() < 0.03
    assert execution.start_s == start
    assert ticks == sorted(ticks)
    assert ticks[-1] == pytest.approx(execution.end_s)


@pytest.mark.parametrize('ticks', [60, 115, 122, 130, 140, 180, 240])
def test_a_stopped_robot_puts_back_what_it_holds_and_returns(ticks: int) -> None:
    world = SimulatedWorld(scene())
    polls = itertools.count()
    execution = world.execute(
        call('container', 'table_b', 0.0, 0.1),
        control=Control(should_stop=lambda: next(polls) > ticks),
    )
    assert execution.reason.startswith('cancelled')
    assert np.abs(world.configuration[:11] - HOME[:11]).max() < 0.01
    tree = support_tree(world.scene())
    assert all(tree[f'object_{i}'] == 'container' for i in (1, 2, 3))
    assert world.execute(call('container', 'table_a', 0.0, 0.0)).motion_succeeded


def test_a_call_that_cannot_be_executed_fails_with_its_reason() -> None:
    world = SimulatedWorld(scene())
    execution = world.execute(call('teapot', 'table_b', 0.0, 0.1))
    assert not execution.motion_succeeded
    assert execution.reason.startswith("unknown_object: 'teapot'")


def test_every_object_is_seen_with_noise_of_the_stated_size() -> None:
    clean = SimulatedWorld(scene(), WorldOptions(depth_noise_m=0.0)).observe()
    noisy = SimulatedWorld(scene(), WorldOptions(depth_noise_m=0.004), seed=2).observe()
    assert np.array_equal(clean.labels, noisy.labels)
    seen = clean.depth_m > 0
    assert np.std((noisy.depth_m - clean.depth_m)[seen]) == pytest.approx(0.004, rel=0.05)
    assert clean.label_ids == ('container', 'object_1', 'object_2', 'object_3')
    points = clean.camera_map.to_parent(points_optical(clean.depth_m, clean.camera))
    for label, object_id in enumerate(clean.label_ids):
        mine = points[clean.labels == label]
        assert len(mine) > 60
        middle = scene().object(object_id).pose_map.position_m
        assert np.linalg.norm(mine.mean(axis=0)[:2] - middle[:2]) < 0.06


def test_same_seed_same_world() -> None:
    a, b = (SimulatedWorld(scene(), seed=5) for _ in range(2))
    for world in (a, b):
        world.execute(call('object_2', 'table_b', 0.1, 0.1))
    assert a.scene() == b.scene()
    assert np.array_equal(a.observe().depth_m, b.observe().depth_m)


@pytest.mark.parametrize('seed', range(6))
def test_the_gap_scales_every_difference(seed: int) -> None:
    assert reality_gap(0.0, seed) == LEARNER_PHYSICS
    half, whole = reality_gap(0.5, seed), reality_gap(1.0, seed)
    for name in ('friction_scale', 'mass_scale', 'actuation_scale'):
        assert abs(getattr(whole, name) - 1.0) == pytest.approx(0.2)
        assert getattr(half, name) - 1.0 == pytest.approx((getattr(whole, name) - 1.0) / 2)
    assert (half.timestep_s, whole.timestep_s) == pytest.approx((0.0035, 0.003))


def test_physics_out_of_bounds_is_refused() -> None:
    with pytest.raises(InvalidInputError, match='timestep_s'):
        PhysicsParameters(timestep_s=0.02)
