# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Executions in the batched simulator, judged by where things end up."""

from __future__ import annotations

from collections.abc import Sequence
import math

import numpy as np
import pytest

from f2p_core.control import UNCONTROLLED
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_core.supports import support_tree
from f2p_sim.cell import Cell
from f2p_sim.errors import SkillError
from f2p_sim.mujoco_backend import MujocoSimulator
from f2p_sim.protocol import Rollout
from f2p_sim.runner import run as run_controllers
from f2p_sim.scene_model import compile_scene, initial_qpos, scene_at
from f2p_sim.skills.base import Motion
from f2p_sim.skills.pick_place import pick_place
from f2p_sim.skills.recover import tidy
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig

SIMULATOR = MujocoSimulator()


def place(object_id: str, target: str, x: float, y: float, yaw: float = 0.0) -> SkillCall:
    return SkillCall(
        skill='pick_place', object_id=object_id, target_id=target, parameters=(x, y, yaw)
    )


def push(object_id: str, direction: float, distance: float, offset: float = 0.0) -> SkillCall:
    return SkillCall(
        skill='push', object_id=object_id, target_id='table_a',
        parameters=(direction, distance, offset),
    )


def scenes(config: TabletopConfig, count: int, seed: int = 0) -> list[Scene]:
    rng = np.random.default_rng(seed)
    return [sample_tabletop(config, rng) for _ in range(count)]


def run(start: Sequence[Scene], call: SkillCall) -> tuple[Rollout, ...]:
    rollouts = SIMULATOR.simulate(start, [call] * len(start), seed=0)
    for rollout in rollouts:
        assert rollout.motion_succeeded, rollout.reason
    return rollouts


def in_frame(scene: Scene, object_id: str, frame: str) -> tuple[np.ndarray, float]:
    item, target = scene.object(object_id).pose_map, scene.object(frame).pose_map
    position = target.to_child(np.array(item.position_m))
    return position, math.remainder(item.yaw_rad - target.yaw_rad, 2 * math.pi)


def test_an_object_is_put_where_the_call_says() -> None:
    start = scenes(TabletopConfig(inside=0, on_a=2, container_on=None), 6)
    for before, rollout in zip(start, run(start, place('object_1', 'table_b', 0.1, -0.2, 0.5)),
                               strict=True):
        position, yaw = in_frame(rollout.end_scene, 'object_1', 'table_b')
        assert position[:2] == pytest.approx([0.1, -0.2], abs=0.01)
        assert abs(math.remainder(yaw - 0.5, 2 * math.pi)) < 0.1
        stood = before.object('object_1').pose_map.position_m[2]
        assert rollout.end_scene.object('object_1').pose_map.position_m[2] == pytest.approx(
            stood, abs=0.002
        )
        others = (s.object('object_2').pose_map.position_m for s in (before, rollout.end_scene))
        assert next(others) == pytest.approx(next(others), abs=0.002)


def test_an_object_is_put_into_the_container_beside_its_handle() -> None:
    start = scenes(TabletopConfig(inside=0, on_b=1), 4)
    for rollout in run(start, place('object_1', 'container', 0.05, -0.075, 1.0)):
        assert support_tree(rollout.end_scene)['object_1'] == 'container'
        assert ('container', 'object_1') in rollout.contacts


def test_objects_come_out_of_the_container_and_the_rest_stays() -> None:
    start = scenes(TabletopConfig(inside=5), 4)
    for rollout in run(start, place('object_2', 'table_b', -0.1, 0.1)):
        tree = support_tree(rollout.end_scene)
        assert tree['object_2'] == 'table_b'
        assert all(tree[f'object_{i}'] == 'container' for i in (1, 3, 4, 5))


@pytest.mark.parametrize(('count', 'yaw'), [(3, 0.5), (7, -2.5)])
def test_a_filled_container_takes_its_content_along(count: int, yaw: float) -> None:
    start = scenes(TabletopConfig(inside=count), 4)
    for before, rollout in zip(start, run(start, place('container', 'table_b', 0.02, 0.1, yaw)),
                               strict=True):
        position, turned = in_frame(rollout.end_scene, 'container', 'table_b')
        assert position[:2] == pytest.approx([0.02, 0.1], abs=0.015)
        assert abs(math.remainder(turned - yaw, 2 * math.pi)) < 0.1
        for i in range(1, count + 1):
            was, _ = in_frame(before, f'object_{i}', 'container')
            now, _ = in_frame(rollout.end_scene, f'object_{i}', 'container')
            assert np.linalg.norm(now - was) < 0.03
            pose = rollout.end_scene.object(f'object_{i}').pose_map
            assert pose.rotation()[2, 2] > 0.95


def test_a_pushed_object_goes_along() -> None:
    start = scenes(TabletopConfig(inside=0, on_a=1, container_on=None), 6, seed=1)
    towards = [math.atan2(0.55 - y, 0.8 - x) for x, y, _ in
               (s.object('object_1').pose_map.position_m for s in start)]
    calls = [push('object_1', heading, 0.1) for heading in towards]
    rollouts = SIMULATOR.simulate(start, calls, seed=0)
    for before, heading, rollout in zip(start, towards, rollouts, strict=True):
        assert rollout.motion_succeeded, rollout.reason
        moved = np.subtract(rollout.end_scene.object('object_1').pose_map.position_m,
                            before.object('object_1').pose_map.position_m)
        along = moved @ [math.cos(heading), math.sin(heading), 0.0]
        assert 0.05 < along < 0.13
        assert abs(moved[2]) < 0.003


@pytest.mark.parametrize(
    ('call', 'reason'),
    [
        (place('nothing', 'table_b', 0, 0), 'unknown_object'),
        (place('object_1', 'nowhere', 0, 0), 'unknown_object'),
        (place('table_a', 'table_b', 0, 0), 'not_movable'),
        (place('object_1', 'container', 0.0, 0.0), 'in_collision'),
        (place('object_1', 'object_2', 0.6, 0.6), 'ik_unreachable|in_collision'),
    ],
)
def test_what_cannot_be_done_leaves_the_scene_and_says_why(call: SkillCall, reason: str) -> None:
    start = scenes(TabletopConfig(inside=1, on_b=1), 1)[0]
    rollout = SIMULATOR.simulate([start], [call], seed=0)[0]
    assert not rollout.motion_succeeded
    assert rollout.reason.split(':')[0] in reason.split('|')
    for before, after in zip(start.objects, rollout.end_scene.objects, strict=True):
        assert after.pose_map.position_m == pytest.approx(before.pose_map.position_m, abs=0.002)


def test_a_skill_that_fails_half_way_puts_down_what_it_holds() -> None:
    start = scenes(TabletopConfig(inside=2), 1)[0]
    cell = Cell(compile_scene(start), np.random.default_rng(0))
    qpos = initial_qpos(cell.compiled)
    carry = pick_place(cell, place('container', 'table_b', 0.0, 0.1), qpos)

    def failing() -> Motion:
        seen = qpos
        rows = next(carry)
        for _ in range(6):
            seen = yield rows
            rows = carry.send(seen)
        raise SkillError('dropped', 'for the test')

    outcome = run_controllers(
        [cell.compiled], lambda _: tidy(cell, failing(), qpos), limit_s=20.0,
        control=UNCONTROLLED,
    )[0]
    assert outcome.error is not None
    assert outcome.error.code == 'dropped'
    end = scene_at(cell.compiled, outcome.qpos)
    assert support_tree(end)['container'] in ('table_a', 'table_b')
    low = end.object('container').pose_map.position_m[2]
    assert low == pytest.approx(start.object('container').pose_map.position_m[2], abs=0.01)
