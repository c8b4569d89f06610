# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from planner_kinematics import after, KinematicSimulator
from planner_scenes import relations_of, transport
import pytest

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.errors import InvalidInputError
from f2p_core.failure import FailureKind, Violation
from f2p_core.geometry.pairs import PairGeometry
from f2p_core.pose import upright_pose
from f2p_core.registry import Registry
from f2p_core.relations import Relation, RELATIONS
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_planner.classification import Classification, classify, FailedCall
from f2p_planner.errors import PlannerError, PlannerErrorCode
from f2p_planner.replay_scenes import jittered_scenes
from f2p_sim.protocol import Rollout
from f2p_tasks.tabletop import CONTAINER, TABLE_A, TABLE_B

CARRY = SkillCall(
    skill='pick_place', object_id=CONTAINER, target_id=TABLE_B, parameters=(0.0, 0.0, 0.0)
)


class _Mixed(KinematicSimulator):
    """Content rides along in a share of the replays; some motions fail."""

    def __init__(self, share: float, failing: int = 0) -> None:
        super().__init__()
        self._share, self._failing = share, failing

    def simulate(
        self,
        scenes: Sequence[Scene],
        calls: Sequence[SkillCall],
        *,
        seed: int,
        first_index: int = 0,
        control: Control = UNCONTROLLED,
    ) -> tuple[Rollout, ...]:
        riding = KinematicSimulator(rides=True).simulate(scenes, calls, seed=seed)
        staying = KinematicSimulator(rides=False).simulate(scenes, calls, seed=seed)
        count = round(self._share * len(scenes))
        mixed = (*riding[:count], *staying[count:])
        return tuple(
            r.model_copy(update={'motion_succeeded': i >= self._failing})
            for i, r in enumerate(mixed)
        )


def _violated(
    scene: Scene, end: Scene, relation: str, subject: str, target: str, p: float
) -> Violation:
    state = relations_of(end)
    margin = state.margin[
        state.relation_names.index(relation), scene.index(subject), scene.index(target)
    ]
    return Violation(
        relation=relation,
        subject_id=subject,
        object_id=target,
        predicted_probability=p,
        observed_margin=float(margin),
    )


def _carried(*, rides: bool = True, succeeded: bool = True) -> FailedCall:
    scene = transport(2, 0)
    end = after(scene, CARRY, rides=rides)
    p = 0.99 if rides else 0.01
    violations = tuple(_violated(scene, end, 'above', f'object_{i}', TABLE_A, p) for i in (1, 2))
    return FailedCall(
        call=CARRY, violations=violations, before=scene, after=end, motion_succeeded=succeeded
    )


def _classify(
    failed: FailedCall, simulator: KinematicSimulator, count: int = 20
) -> Classification:
    scenes = jittered_scenes(failed.before, count, np.random.default_rng(0))
    return classify(failed, scenes, simulator, seed=0)


def test_replays_that_show_what_was_seen_blame_the_model() -> None:
    got = _classify(_carried(), KinematicSimulator(rides=True, noise_m=0.002))
    assert got.kind == FailureKind.INCORRECT_SYMBOLIC_PREDICTION
    assert got.evidence.like_observed == got.evidence.replays == 20
    assert '20 of 20' in got.reason


def test_replays_that_show_what_was_predicted_blame_the_execution() -> None:
    got = _classify(_carried(), KinematicSimulator(rides=False))
    assert got.kind == FailureKind.SIM2REAL_GAP
    assert got.evidence.like_predicted == 20


def test_an_undecided_share_is_unknown() -> None:
    assert _classify(_carried(), _Mixed(0.5)).kind == FailureKind.UNKNOWN
    assert _classify(_carried(), _Mixed(0.6)).kind == FailureKind.INCORRECT_SYMBOLIC_PREDICTION


def test_a_failed_motion_needs_no_replay() -> None:
    got = _classify(_carried(succeeded=False), KinematicSimulator(), count=0)
    assert got.kind == FailureKind.MOTION_FAILURE
    assert got.evidence.replays == 0


def test_replays_whose_motion_fails_do_not_count() -> None:
    got = _classify(_carried(), _Mixed(1.0, failing=3), count=22)
    assert got.kind == FailureKind.UNKNOWN
    assert got.evidence.replays == 19
    got = _classify(_carried(), _Mixed(1.0, failing=3), count=23)
    assert got.kind == FailureKind.INCORRECT_SYMBOLIC_PREDICTION


def _met(geometry: PairGeometry) -> Any:
    across = geometry.offset_m[..., :2]
    return 0.5 - geometry.xp.sqrt((across * across).sum(-1))


def test_a_failure_about_a_registered_relation_is_classified(
    register: Callable[[Registry[Any], Any], None],
) -> None:
    register(RELATIONS, Relation('met', _met, 'a and b are within half a metre from above'))
    failed = _carried()
    about = failed.violations[0].model_copy(
        update={'relation': 'met', 'object_id': TABLE_B, 'observed_margin': 0.2}
    )
    failed = failed.model_copy(update={'violations': (about,)})
    names = ('met', 'inside')
    got = _classify(failed, KinematicSimulator(rides=True, relation_names=names))
    assert got.kind == FailureKind.INCORRECT_SYMBOLIC_PREDICTION
    got = _classify(failed, KinematicSimulator(rides=False, relation_names=names))
    assert got.kind == FailureKind.SIM2REAL_GAP
    with pytest.raises(InvalidInputError, match="about relation 'met'; there is only inside"):
        _classify(failed, KinematicSimulator(relation_names=('inside',)))


def _moved_by_hand(object_id: str, y_m: float) -> FailedCall:
    scene = transport(1, 0, on_b=2)
    call = SkillCall(
        skill='pick_place', object_id='object_1', target_id=TABLE_A, parameters=(0.2, 0.3, 0.0)
    )
    end = after(scene, call)
    objects = list(end.objects)
    row = end.index(object_id)
    x, _, z = objects[row].pose_map.position_m
    objects[row] = objects[row].model_copy(update={'pose_map': upright_pose(x, y_m, z)})
    end = end.model_copy(update={'objects': tuple(objects)})
    violated = _violated(scene, end, 'above', object_id, TABLE_B, 0.99)
    return FailedCall(
        call=call, violations=(violated,), before=scene, after=end, motion_succeeded=True
    )


def test_a_far_object_that_moved_by_itself_is_a_disturbance() -> None:
    failed = _moved_by_hand('object_2', 0.55)
    assert failed.violations[0].observed_margin < 0
    assert _classify(failed, KinematicSimulator()).kind == FailureKind.DISTURBANCE


def test_the_acted_object_is_never_a_disturbance() -> None:
    failed = _moved_by_hand('object_1', -0.55)
    wrong = failed.violations[0].model_copy(update={'object_id': TABLE_A})
    failed = failed.model_copy(update={'violations': (wrong,)})
    assert _classify(failed, KinematicSimulator()).kind != FailureKind.DISTURBANCE


def test_too_few_scenes_are_refused() -> None:
    with pytest.raises(PlannerError, match='19 scenes') as caught:
        _classify(_carried(), KinematicSimulator(), count=19)
    assert caught.value.code == PlannerErrorCode.NO_REPLAY


def test_jittered_scenes_stay_near_and_keep_furniture() -> None:
    scene = transport(3, 0)
    drawn = jittered_scenes(scene, 30, np.random.default_rng(1))
    for other in drawn:
        for a, b in zip(scene.objects, other.objects, strict=True):
            shift = np.subtract(a.pose_map.position_m, b.pose_map.position_m)
            assert np.abs(shift).max() < 0.03
            assert shift[2] == 0.0
            assert not a.fixed or a == b
    masses = [other.object('object_1').mass_kg for other in drawn]
    assert np.std(masses) > 0.01
    assert drawn == jittered_scenes(scene, 30, np.random.default_rng(1))
