# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest

from f2p_core.batch import stack_scenes
from f2p_core.control import Control, Progress
from f2p_core.errors import CancelledError, InvalidInputError
from f2p_core.pose import upright_pose
from f2p_core.relations import relation_margins
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_sim.cell import Cell
from f2p_sim.mujoco_backend import MujocoOptions, MujocoSimulator
from f2p_sim.skills.base import Motion, Operator
from f2p_sim.skills.registry import Controller
from f2p_tasks.tabletop import sample_tabletop, TabletopConfig

CARRY = SkillCall(
    skill='pick_place', object_id='container', target_id='table_b', parameters=(0.0, 0.1, 0.2)
)


def filled(count: int, objects: int = 2) -> list[Scene]:
    rng = np.random.default_rng(7)
    return [sample_tabletop(TabletopConfig(inside=objects), rng) for _ in range(count)]


def moved(scene: Scene, object_id: str, **to: float) -> Scene:
    def shift(position: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, z = position
        return (x + to.get('x', 0.0), y + to.get('y', 0.0), z + to.get('z', 0.0))

    return Scene(
        objects=tuple(
            o.model_copy(
                update={
                    'pose_map': o.pose_map.model_copy(
                        update={'position_m': shift(o.pose_map.position_m)}
                    )
                }
            )
            if o.object_id == object_id
            else o
            for o in scene.objects
        )
    )


def test_same_arguments_same_result_whatever_the_batch() -> None:
    scenes = filled(4)
    together = MujocoSimulator().simulate(scenes, [CARRY] * 4, seed=3)
    alone = MujocoSimulator(MujocoOptions(threads=1, chunk=1))
    again = alone.simulate(scenes, [CARRY] * 4, seed=3)
    for a, b in zip(together, again, strict=True):
        assert a.end_scene == b.end_scene
        assert a.contacts == b.contacts
        assert np.array_equal(a.margins, b.margins)


def test_halves_of_a_batch_give_what_the_whole_gives() -> None:
    scenes = filled(4)
    whole = MujocoSimulator().simulate(scenes, [CARRY] * 4, seed=3)
    halves = [
        rollout
        for first in (0, 2)
        for rollout in MujocoSimulator(MujocoOptions(threads=1)).simulate(
            scenes[first : first + 2], [CARRY] * 2, seed=3, first_index=first
        )
    ]
    for a, b in zip(whole, halves, strict=True):
        assert a.end_scene == b.end_scene
        assert np.array_equal(a.margins, b.margins)


@pytest.mark.parametrize(('threads', 'chunk'), [(1, 1), (1, 8), (3, 2)])
def test_what_a_rollout_draws_depends_on_seed_and_index_alone(
    threads: int, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenes = filled(5)
    drawn: dict[int, float] = {}

    def draws(cell: Cell, call: SkillCall, qpos: np.ndarray) -> Motion:
        drawn[scenes.index(cell.compiled.scene)] = cell.rng.random()
        yield from Operator(cell, qpos).wait(0.01)

    drawing = Controller(CARRY.skill, draws)
    monkeypatch.setattr('f2p_sim.mujoco_backend.controller_of', lambda skill: drawing)
    simulator = MujocoSimulator(MujocoOptions(threads=threads, chunk=chunk))
    simulator.simulate(scenes[:2], [CARRY] * 2, seed=7, first_index=10)
    simulator.simulate(scenes[2:], [CARRY] * 3, seed=7, first_index=12)
    expected = [np.random.default_rng([7, 10 + i]).random() for i in range(5)]
    assert [drawn[i] for i in range(5)] == expected


def test_labels_are_those_of_the_end_scene() -> None:
    rollout = MujocoSimulator().simulate(filled(1), [CARRY], seed=0)[0]
    assert np.array_equal(rollout.margins, relation_margins(stack_scenes([rollout.end_scene]))[0])
    assert ('table_b', 'container') in rollout.contacts
    assert 2.0 < rollout.duration_s < 10.0


def test_bad_scenes_are_named_and_the_others_run() -> None:
    good = filled(3)
    overlapping = moved(good[1], 'object_1', z=-0.03)
    thrown = moved(good[2], 'container', x=5.0)
    unknown = CARRY.model_copy(update={'object_id': 'bucket'})
    more = sample_tabletop(TabletopConfig(inside=4), np.random.default_rng(0))
    scenes = [good[0], overlapping, good[0], thrown, more]
    calls = [CARRY, CARRY, unknown, CARRY, CARRY]
    rollouts = MujocoSimulator().simulate(scenes, calls, seed=0)
    codes = [r.reason.partition(':')[0] for r in rollouts]
    assert codes[:3] == ['', 'interpenetration', 'unknown_object']
    assert codes[3] in ('ik_unreachable', 'in_collision')
    assert codes[4] == ''
    assert rollouts[1].end_scene == overlapping
    assert all(r.margins.shape[0] == 9 for r in rollouts)


def test_repeated_scenes_may_have_different_calls() -> None:
    scene = filled(1)[0]
    calls = [CARRY.model_copy(update={'parameters': (0.0, y, 0.0)}) for y in (-0.1, 0.1)]
    first, second = MujocoSimulator().simulate([scene, scene], calls, seed=0)
    y = [r.end_scene.object('container').pose_map.position_m[1] for r in (first, second)]
    assert y[1] - y[0] == pytest.approx(0.2, abs=0.02)


def test_cancelling_stops_the_work() -> None:
    polls = itertools.count()
    with pytest.raises(CancelledError):
        MujocoSimulator().simulate(
            filled(4), [CARRY] * 4, seed=0, control=Control(should_stop=lambda: next(polls) > 40)
        )
    assert next(polls) < 60
    assert all('ThreadPool' not in t.name for t in threading.enumerate())


def test_progress_counts_to_the_end() -> None:
    seen: list[Progress] = []
    MujocoSimulator(MujocoOptions(chunk=1)).simulate(
        filled(3), [CARRY] * 3, seed=0, control=Control(on_progress=seen.append)
    )
    assert [p.done for p in seen] == [1, 2, 3]
    assert {p.total for p in seen} == {3}


def test_numbers_of_scenes_and_calls_must_agree() -> None:
    with pytest.raises(InvalidInputError, match='2 scenes but 1 calls'):
        MujocoSimulator().simulate(filled(2), [CARRY], seed=0)


def test_nothing_to_do_is_nothing_done() -> None:
    assert MujocoSimulator().simulate([], [], seed=0) == ()
    assert MujocoSimulator().settle([]) == ()


def test_settling_lets_things_down_and_leaves_what_rests() -> None:
    resting = filled(1)[0]
    lifted = moved(resting, 'object_1', z=0.01)
    for scene in MujocoSimulator().settle([resting, lifted]):
        for was, now in zip(resting.objects, scene.objects, strict=True):
            assert now.pose_map.position_m == pytest.approx(was.pose_map.position_m, abs=0.003)


def test_settling_keeps_the_robot_where_the_scene_has_it() -> None:
    scene = filled(1)[0]
    assert MujocoSimulator().settle([scene])[0].robot == scene.robot


def test_a_stopwatch_ends_what_takes_too_long() -> None:
    simulator = MujocoSimulator(MujocoOptions(limit_s=1.0))
    rollout = simulator.simulate(filled(1), [CARRY], seed=0)[0]
    assert rollout.reason.startswith('timeout')


def test_upside_down_container_is_refused_with_a_reason() -> None:
    scene = filled(1, objects=0)[0]
    box = scene.object('container')
    flipped = box.model_copy(
        update={
            'pose_map': upright_pose(0.8, 0.55, 0.85).model_copy(
                update={'quaternion_xyzw': (1.0, 0.0, 0.0, 0.0)}
            )
        }
    )
    upside_down = Scene(objects=(*scene.objects[:2], flipped))
    rollout = MujocoSimulator().simulate([upside_down], [CARRY], seed=0)[0]
    assert not rollout.motion_succeeded
