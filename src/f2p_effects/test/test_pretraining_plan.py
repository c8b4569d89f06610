# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from f2p_core.geometry.parts import shape_from_dimensions
from f2p_core.geometry.shapes import SHAPES
from f2p_core.pose import Pose
from f2p_core.scene import Scene, SceneObject
from f2p_core.skill import call_bounds, SkillCall, SKILLS
from f2p_core.supports import contents
from f2p_effects.clearance import ends_clear
from f2p_effects.data import ExecutionDataset, load_dataset
from f2p_effects.errors import EffectsError
from f2p_effects.pretraining_plan import draw_execution, draw_from
from f2p_tasks import Execution, PretrainingEntry
from f2p_tasks.calls import free_call
from f2p_tasks.tabletop import sample_tabletop, TABLE_A, TabletopConfig
from f2p_tasks.transport import TRANSPORT

MODELS = Path(__file__).parents[3] / 'models'
FURNITURE_KINDS = ('table', 'shelf')
ENTRIES = TRANSPORT.pretraining.entries


def test_no_execution_acts_on_a_container_that_holds_anything() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_execution(ENTRIES, rng) for _ in range(300)]
    for execution in drawn:
        item = execution.scene.object(execution.call.object_id)
        if SHAPES[item.shape.kind].hollow:
            assert contents(execution.scene, item.object_id) == ()
        low, high = call_bounds(
            execution.scene, execution.call.skill, item.object_id, execution.call.target_id
        )
        assert (low - 1e-6 <= np.array(execution.call.parameters)).all()
        assert (np.array(execution.call.parameters) <= high + 1e-6).all()
    counts = Counter(execution.entry for execution in drawn)
    for entry in ENTRIES:
        assert counts[entry.name] / 300 == pytest.approx(entry.share, abs=0.08)


def test_content_lies_in_containers_while_others_are_moved() -> None:
    rng = np.random.default_rng(1)
    entry = next(e for e in ENTRIES if e.name == 'place_on_table')
    held = [len(contents(draw_from(entry, rng).scene, 'container')) for _ in range(30)]
    assert sum(count > 0 for count in held) > 10


def test_the_same_generator_draws_the_same_executions() -> None:
    first, second = (draw_execution(ENTRIES, np.random.default_rng(7)) for _ in range(2))
    assert first == second


def test_a_call_where_there_is_no_room_is_none() -> None:
    rng = np.random.default_rng(0)
    scene = sample_tabletop(TabletopConfig(inside=0, on_a=12), rng)
    calls = [
        free_call(scene, ('pick_place', 'container', TABLE_A), rng, ends_clear) for _ in range(20)
    ]
    assert 3 <= calls.count(None) < 20


def test_an_entry_without_calls_is_named() -> None:
    entry = PretrainingEntry(
        'nothing',
        1.0,
        lambda rng: sample_tabletop(TabletopConfig(1), rng),
        lambda scene, rng, clear: None,
    )
    with pytest.raises(EffectsError, match='nothing: no call found'):
        draw_from(entry, np.random.default_rng(0))


def test_the_same_seed_draws_the_execution_it_always_drew() -> None:
    drawn = [draw_execution(ENTRIES, np.random.default_rng([0, i])) for i in (0, 1, 5)]
    assert [d.entry for d in drawn] == ['carry_empty', 'push', 'unload']
    assert [d.call.object_id for d in drawn] == ['container', 'object_7', 'object_3']
    assert [d.call.parameters for d in drawn] == [
        (-0.021215476319700048, -0.11521720041169249, -0.31202696181443246),
        (-1.4096288095084204, 0.19105582743341332, 0.011700915378608616),
        (0.20686053045562114, -0.06223708284659879, -2.826798894486792),
    ]
    assert drawn[2].scene.objects[-1].pose_map.position_m == (
        0.6079990420228595, -0.5872577031939756, 0.7318451908308918
    )  # fmt: skip


def executions_of(dataset: ExecutionDataset) -> Iterator[Execution]:
    """Rebuilds scenes and calls from the rows of a data set; objects are numbered."""
    skills = SKILLS.names
    for row in range(len(dataset)):
        objects = []
        for column in np.flatnonzero(dataset.present[row]).tolist():
            kind = SHAPES.names[int(dataset.kind[row, column])]
            x, y, z, w = dataset.before_rotation[row, column].tolist()
            pose = Pose(
                position_m=tuple(dataset.before_position_m[row, column].tolist()),
                quaternion_xyzw=(x, y, z, w),
            )
            objects.append(
                SceneObject(
                    object_id=f'object_{column}',
                    shape=shape_from_dimensions(kind, tuple(dataset.dimensions[row, column])),
                    pose_map=pose,
                    fixed=kind in FURNITURE_KINDS,
                )
            )
        call = SkillCall(
            skill=skills[int(dataset.skill[row])],
            object_id=f'object_{dataset.object_index[row]}',
            target_id=f'object_{dataset.target_index[row]}',
            parameters=tuple(dataset.parameters[row].tolist()),
        )
        yield Execution(Scene(objects=tuple(objects)), call)


@pytest.mark.parametrize('name', ['replay', 'held_out'])
def test_the_shipped_model_has_not_seen_what_the_failure_is_about(name: str) -> None:
    shipped = load_dataset(MODELS / f'{name}.safetensors')
    executions = list(executions_of(shipped))
    assert len(executions) == len(shipped) >= 600
    containers = [
        e for e in executions if SHAPES[e.scene.object(e.call.object_id).shape.kind].hollow
    ]
    assert len(containers) > len(executions) / 10, 'empty containers are carried'
    assert not any(TRANSPORT.pretraining.covers(execution) for execution in executions)
