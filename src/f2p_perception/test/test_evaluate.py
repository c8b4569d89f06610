# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The comparison with truth, and the command that prints it."""

from __future__ import annotations

import json

import numpy as np
from perception_views import random_scene, watch
import pytest

from f2p_core.pose import upright_pose
from f2p_core.scene import Scene
from f2p_core.symbolic import SymbolicState
from f2p_perception.evaluate import main
from f2p_perception.perceive import Perceived
from f2p_perception.relations import symbolic_state
from f2p_perception.scores import compare, no_counts, summary
from f2p_perception.tracks import TrackState


def relations_of(perceived: Perceived) -> SymbolicState:
    return symbolic_state(perceived, np.random.default_rng(0))


def test_truth_against_itself_is_perfect() -> None:
    scene = random_scene(0)
    _, perceived = watch(scene, TrackState(), labelled=True, views=1)
    exact = perceived._replace(
        observation=perceived.observation.model_copy(
            update={
                'scene': Scene(
                    objects=tuple(scene.object(i) for i in perceived.observation.scene.object_ids)
                )
            }
        )
    )
    counts = compare(scene, exact.observation, relations_of(exact))
    score = summary(counts)
    assert score['f1'] == 1.0
    assert score['f1_all'] == 1.0
    assert (counts.missed, counts.phantoms) == (0, 0)
    assert summary(counts.plus(counts))['objects'] == 2 * score['objects']


def test_phantoms_and_missed_objects_are_counted() -> None:
    scene = random_scene(0)
    _, perceived = watch(scene, TrackState(), labelled=True, views=1)
    away = [
        o.model_copy(update={'pose_map': upright_pose(0.8, -0.2, 0.73)})
        if o.object_id == 'object_1'
        else o
        for o in perceived.observation.scene.objects
    ]
    wrong = perceived._replace(
        observation=perceived.observation.model_copy(update={'scene': Scene(objects=tuple(away))})
    )
    counts = compare(scene, wrong.observation, relations_of(wrong))
    assert (counts.missed, counts.phantoms) == (1, 1)
    assert summary(counts)['f1'] < 0.95
    assert summary(no_counts())['f1'] == 0.0


def test_the_command_prints_scores_and_times(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(['--scenes', '3', '--frames', '2', '--seed', '1']) == 0
    output = capsys.readouterr()
    result = json.loads(output.out)
    assert result['with_labels']['f1'] > 0.95
    assert result['without_labels']['f1'] > 0.9
    assert result['with_labels']['missed'] <= 1
    assert result['known_scene']['points'] == 307_200
    assert result['known_scene']['with_labels']['perceive_ms']['cpu_median'] > 0
    assert 'perceived 3 of 3 scenes' in output.err
