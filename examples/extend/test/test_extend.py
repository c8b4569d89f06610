# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Every definition of the package at work without ROS; and packages that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

from extend_commands import output_of
from extend_environment import WORKSPACE

TABLES = """
from f2p_core.geometry.shapes import SHAPES
from f2p_core.relations import RELATIONS
from f2p_core.skill import SKILLS
from f2p_effects.learners import EFFECT_MODELS
from f2p_sim.skills.registry import CONTROLLERS, controller_of
from f2p_svi.methods import METHODS
from f2p_tasks import TASKS
"""
BROKEN = """
import dataclasses

from f2p_core.relations import Relation
from f2p_core.skill import PUSH


def nothing(geometry):
    return geometry.offset_m[..., 0] * float('nan')


def nowhere(acted, target, parameters):
    command = PUSH.planned(acted, target, parameters)
    return command._replace(turn_rad=command.turn_rad * float('nan'))


NAN = Relation('never', nothing, 'it never says')
TWICE = Relation('inside', lambda geometry: geometry.distance_m, 'another meaning')
LOST = dataclasses.replace(PUSH, name='lost', planned=nowhere)
JUGGLE = dataclasses.replace(PUSH, name='juggle')
"""
BROKEN_POINTS = """
[f2p.relations]
never = f2p_broken:NAN
twice = f2p_broken:TWICE

[f2p.skills]
juggle = f2p_broken:JUGGLE
lost = f2p_broken:LOST

[f2p.tasks]
absent = no_such_package_at_all:TASK
"""


def python(code: str, prefix: Path, directory: Path, **variables: str) -> list[str]:
    """Returns the lines that a program printed that knows the tables."""
    return output_of(prefix, ['python', '-c', TABLES + code], directory, **variables).splitlines()


def test_every_table_has_its_definition(installed: Path, tmp_path: Path) -> None:
    code = """
for table in (SHAPES, RELATIONS, SKILLS, CONTROLLERS, TASKS, METHODS, EFFECT_MODELS):
    assert not table.problems, table.problems
    print(table.names[-1])
"""
    names = ['bridge', 'near', 'shove', 'shove', 'clearing', 'copies', 'riders']
    assert python(code, installed, tmp_path) == names


def test_its_shape_is_read_measured_and_settled(
    installed: Path, tmp_path: Path
) -> None:
    code = """
import numpy as np
from f2p_core.batch import stack_scenes
from f2p_core.files import read_scene, write_scene
from f2p_core.geometry.distance import pair_distance
from f2p_sim.mujoco_backend import MujocoSimulator

scene = TASKS['clearing'].seeded_scene(1, 7)
write_scene('scene.json', scene)
assert read_scene('scene.json') == scene
bridge, load, table = (scene.index(i) for i in ('bridge', 'load', 'table_a'))
gaps = pair_distance(stack_scenes([scene]))[0]
print(np.abs(gaps[bridge, [load, table]]).max() < 1e-6)
(rest,) = MujocoSimulator().settle([scene])
moved = [
    np.linalg.norm(np.subtract(a.pose_map.position_m, b.pose_map.position_m))
    for a, b in zip(scene.objects, rest.objects)
]
print(max(moved) < 0.005)
"""
    assert python(code, installed, tmp_path) == ['True', 'True']


def test_nothing_it_is_pretrained_on_shows_what_the_failure_is_about(
    installed: Path, models: Path, tmp_path: Path
) -> None:
    code = f"""
import numpy as np
from f2p_effects.store import ModelStore
from f2p_tasks.definition import Execution

task, rng = TASKS['clearing'], np.random.default_rng(0)
free = lambda *call: np.ones(len(call[4]), bool)
for entry in task.pretraining.entries:
    for _ in range(20):
        scene = entry.scene(rng)
        call = entry.call(scene, rng, free)
        assert call is None or not task.pretraining.covers(Execution(scene, call)), entry.name
model = ModelStore({str(models)!r}).load_active()
print(model.kind, *model.skill_names, model.relation_names[-1])
"""
    assert python(code, installed, tmp_path) == ['riders pick_place shove near']


def test_it_plans_fails_learns_is_judged_and_succeeds(
    installed: Path, models: Path, tmp_path: Path
) -> None:
    options = ['--task', 'clearing', '--objects', '1', '--method', 'copies', '--budget', '20']
    places = ['--models', models, '--out', tmp_path / 'trials', '--seeds', '1', '--workers', '1']
    trials = ['python', '-m', 'f2p_eval.evaluate', *options, *places]
    table = output_of(installed, trials, tmp_path)
    assert 'of those succeed after: 1 of 1' in table, table
    told = json.loads((tmp_path / 'trials' / 'seed_0' / 'story.json').read_text())
    first = told['tasks'][0]
    assert first['confident']
    assert first['planned'][0]['skill'] == 'shove'
    assert len(first['planned'][0]['parameters']) == 4
    assert 'near(load, post)' in told['summary']['violated_relations']
    assert told['summary']['acts'] == {'clear': True, 'again': True}
    gates = sorted((tmp_path / 'trials' / 'seed_0' / 'run_1').glob('round_*/gate.json'))
    assert json.loads(gates[-1].read_text())['accepted']


def test_what_cannot_be_used_is_named_and_the_rest_works(
    installed: Path, tmp_path: Path
) -> None:
    info = tmp_path / 'broken' / 'f2p_broken-1.0.dist-info'
    info.mkdir(parents=True)
    (info.parent / 'f2p_broken.py').write_text(BROKEN)
    (info / 'METADATA').write_text('Metadata-Version: 2.1\nName: f2p-broken\nVersion: 1.0\n')
    (info / 'entry_points.txt').write_text(BROKEN_POINTS)
    code = """
for table in (RELATIONS, SKILLS, TASKS):
    for problem in table.problems:
        print(problem.in_words().splitlines()[0])
print(RELATIONS.names[-1], TASKS.names[-1], 'juggle' in SKILLS, 'lost' in SKILLS)
try:
    controller_of('juggle')
except Exception as error:
    print(error)
"""
    nan, twice, lost, absent, rest, controller = python(
        code, installed, tmp_path, PYTHONPATH=str(info.parent)
    )
    assert 'never = f2p_broken:NAN cannot be used' in nan
    assert 'NaN or infinite' in nan
    assert "relation 'inside' is registered already" in twice
    assert 'lost = f2p_broken:LOST cannot be used' in lost
    assert 'turn_rad' in lost
    assert 'absent = no_such_package_at_all:TASK cannot be used' in absent
    assert rest == 'near clearing True False'
    assert "'juggle' has no controller here" in controller
    assert 'f2p.sim_controllers' in controller


def test_its_model_is_refused_by_name_where_the_package_is_missing(
    models: Path, tmp_path: Path
) -> None:
    code = f"""
from f2p_effects.store import ModelStore
try:
    ModelStore({str(models)!r}).load_active()
except Exception as error:
    print(error)
"""
    (said,) = python(code, WORKSPACE, tmp_path)
    assert 'of the kind riders; known here: ensemble' in said
