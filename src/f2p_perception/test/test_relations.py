# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Relations of what was perceived: probabilities, margins, and what counts as observed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from perception_views import scene_of, SMALL_BOX, SMALL_CYLINDER, standing

from f2p_core.batch import stack_scenes
from f2p_core.observation import SceneObservation
from f2p_core.relations import relation_margins
from f2p_core.scene import Scene
from f2p_perception.perceive import Perceived
from f2p_perception.relations import symbolic_state


def perceived(
    scene: Scene,
    sigma_m: float = 0.002,
    look_alikes: dict[str, set[str]] | None = None,
    unseen: frozenset[str] = frozenset(),
) -> Perceived:
    n = len(scene.objects)
    fixed = np.array([o.fixed for o in scene.objects])
    observation = SceneObservation(
        stamp_ns=0,
        scene=scene,
        seen=tuple(o.object_id not in unseen for o in scene.objects),
        clouds_map=(np.zeros((0, 3)),) * n,
        background_map=np.zeros((0, 3)),
        cameras_map=(),
    )
    pose_sigma = np.where(fixed[:, None], 0.0, sigma_m) * np.ones((n, 3))
    alike = tuple(frozenset((look_alikes or {}).get(i, ())) for i in scene.object_ids)
    return Perceived(observation, pose_sigma, 0.3 * np.repeat(pose_sigma[:, :1], 5, axis=1), alike)


TWO = scene_of(standing('a', SMALL_BOX, 0.8, 0.5), standing('b', SMALL_CYLINDER, 0.8, -0.5))


def test_margins_are_those_of_the_fitted_scene() -> None:
    state = symbolic_state(perceived(TWO), np.random.default_rng(0))
    np.testing.assert_allclose(state.margin, relation_margins(stack_scenes([TWO]))[0])


def test_clear_relations_are_sure_and_close_calls_are_not() -> None:
    state = symbolic_state(perceived(TWO), np.random.default_rng(0), 200)
    clear = np.abs(state.margin) > 0.02
    holds = state.margin >= 0
    off_diagonal = ~np.eye(len(TWO.objects), dtype=bool)
    assert (state.probability[clear & holds & off_diagonal] > 0.99).all()
    assert (state.probability[clear & ~holds & off_diagonal] < 0.01).all()
    # b's middle is under a's side: left of it or not is a matter of a millimetre.
    edge = scene_of(standing('a', SMALL_BOX, 0.8, 0.5), standing('b', SMALL_BOX, 0.7797, 0.5))
    close = symbolic_state(perceived(edge), np.random.default_rng(0), 200)
    i = close.relation_names.index('left')
    assert 0.2 < close.probability[i, 3, 2] < 0.8


@settings(max_examples=10, deadline=None)
@given(st.floats(0.0, 0.02), st.integers(0, 1000))
def test_probabilities_are_probabilities(sigma_m: float, seed: int) -> None:
    state = symbolic_state(perceived(TWO, sigma_m), np.random.default_rng(seed), 8)
    assert state.probability.min() >= 0.0
    assert state.probability.max() <= 1.0


def test_noise_keeps_objects_on_their_support() -> None:
    state = symbolic_state(perceived(TWO, 0.003), np.random.default_rng(0), 50)
    contact = state.relation_names.index('contact')
    assert state.probability[contact, 2, 0] > 0.7
    above = state.relation_names.index('above')
    assert state.probability[above, 2, 0] > 0.99


def test_relations_of_the_unseen_and_with_oneself_are_not_observed() -> None:
    state = symbolic_state(perceived(TWO, unseen=frozenset('a')), np.random.default_rng(0))
    assert not state.observed[:, 2].any()
    assert not state.observed[:, :, 2].any()
    assert state.observed[:, 3, 1].all()
    assert not state.observed[:, np.arange(4), np.arange(4)].any()


def test_look_alikes_hide_only_what_depends_on_which_is_which() -> None:
    scene = scene_of(
        standing('a', SMALL_BOX, 0.7, 0.5),
        standing('b', SMALL_BOX, 0.9, 0.5),
        standing('c', SMALL_BOX, 0.8, -0.5),
    )
    alike = {'a': {'b'}, 'b': {'a'}}
    state = symbolic_state(perceived(scene, look_alikes=alike), np.random.default_rng(0))
    above, left = (state.relation_names.index(n) for n in ('above', 'left'))
    assert state.observed[above, 2, 0]  # both are above table_a
    assert not state.observed[left, 2, 3]  # a is left of b, or b of a
    assert state.observed[:, 4, 1].all()  # c is not concerned


def test_the_relations_that_are_asked_for_and_no_others() -> None:
    seen = perceived(scene_of(standing('object_1', SMALL_BOX, -0.3, 0.0)))
    every = symbolic_state(seen, np.random.default_rng(0), 8)
    some = symbolic_state(seen, np.random.default_rng(0), 8, ('inside', 'left'))
    assert some.relation_names == ('inside', 'left')
    rows = [every.relation_names.index(name) for name in some.relation_names]
    assert np.array_equal(some.margin, every.margin[rows])
    assert np.array_equal(some.probability, every.probability[rows])
