# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A plan with its predictions, and the prediction of any given sequence of calls."""

from __future__ import annotations

from collections.abc import Sequence
import math
from typing import Annotated, NamedTuple
import uuid

import numpy as np
from pydantic import Field
from scipy.spatial.transform import Rotation

from f2p_core.batch import stack_scenes
from f2p_core.models import Value
from f2p_core.pose import Pose
from f2p_core.relations import relation_margins
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, SymbolicState
from f2p_effects.protocol import EffectModel, EffectPrediction, ModelState
from f2p_planner.calls import stack_calls
from f2p_planner.clarity import clarity
from f2p_planner.forecast import as_numpy, predict_one
from f2p_planner.goals import goal_probability
from f2p_planner.object_table import object_table_of
from f2p_planner.stations import base_trips

Probability = Annotated[float, Field(ge=0.0, le=1.0)]

_NAMESPACE = uuid.UUID('6c6a7b5e-9d0b-4d83-8a53-5f6d0f4c1e27')
"""Of the ids of plans; drawn once."""


class Situation(NamedTuple):
    """Where planning starts.

    Attributes:
        scene: The scene as observed.
        state: The same scene as the effect model takes it (S = 1).
        at: Furniture of the robot's last station; ``None`` where it has not been at any.
    """

    scene: Scene
    state: ModelState
    at: str | None = None


class PlanStep(Value):
    """One call and what is predicted after it.

    Attributes:
        call: What to execute.
        predicted: Relations after the call, shape (R, N, N).
        predicted_scene: Expected poses after the call.
        feasible: Probability that the motion succeeds.
        clear: How sure the least sure support relation is (``f2p_planner.clarity``).
        goal_probability: Least literal if the plan ended here.
    """

    call: SkillCall
    predicted: SymbolicState
    predicted_scene: Scene
    feasible: Probability
    clear: Probability = 1.0
    goal_probability: Probability


class Plan(Value):
    """The best plan that was found for a goal.

    Attributes:
        goal: What it is for.
        steps: In order; empty: the goal holds already.
        score: The least of all literals' probabilities at the end and all steps' feasibilities;
            what is compared with the threshold.
        product: Product of the same factors.
        literals: Probability of every goal literal at the end.
        confident: Whether the score reaches the threshold. A plan below it is the best effort.
        base_trips: Drives between furniture the plan needs.
        evaluations: Predictions made to find it; 0 where it was given.
        model_version, model_digest: The effect model that predicted.
    """

    goal: Goal
    steps: tuple[PlanStep, ...]
    score: Probability
    product: Probability
    literals: tuple[Probability, ...]
    confident: bool
    base_trips: Annotated[int, Field(ge=0)]
    evaluations: Annotated[int, Field(ge=0)] = 0
    model_version: Annotated[int, Field(ge=0)] = 0
    model_digest: str = ''

    @property
    def plan_id(self) -> str:
        """Id made of goal, calls, expected scenes and model: equal plans have equal ids."""
        parts = [self.goal.model_dump_json(), self.model_digest]
        for step in self.steps:
            parts += [step.call.model_dump_json(), step.predicted_scene.model_dump_json()]
        return str(uuid.uuid5(_NAMESPACE, '\n'.join(parts)))

    @property
    def calls(self) -> tuple[SkillCall, ...]:
        """The skill calls in order."""
        return tuple(step.call for step in self.steps)


def observed_now(scene: Scene, relation_names: Sequence[str]) -> SymbolicState:
    """Returns the relations of a scene by its geometry, taken as certain and seen."""
    margin = np.asarray(relation_margins(stack_scenes([scene]), relation_names)[0])
    return SymbolicState(
        object_ids=scene.object_ids,
        relation_names=tuple(relation_names),
        probability=(margin >= 0.0).astype(np.float64),
        margin=margin,
        observed=np.ones(margin.shape, dtype=np.bool_),
    )


def evaluate_plan(
    goal: Goal,
    situation: Situation,
    model: EffectModel,
    calls: Sequence[SkillCall],
    *,
    threshold: float,
) -> Plan:
    """Predicts a given sequence of calls step by step and judges it by a goal.

    Args:
        goal: What the calls are for.
        situation: The scene now, also as the model takes it.
        model: The effect model.
        calls: In order; none: the goal is judged as it stands.
        threshold: Score from which the plan counts as confident.

    Raises:
        PlannerError: If the goal names an object or relation that is not known.
        InvalidInputError: If a call names an object the scene does not have.
    """
    scene, state, at = situation
    objects = object_table_of(scene)
    steps: list[PlanStep] = []
    for call in calls:
        prediction, state = predict_one(model, state, stack_calls(objects, [call]))
        relations = _symbolic(scene, model, prediction)
        clear = clarity(prediction, model.relation_names, objects.fixed.tolist())
        steps.append(
            PlanStep(
                call=call,
                predicted=relations,
                predicted_scene=_moved(scene, state),
                feasible=_unit(float(prediction.feasible[0])),
                clear=_unit(float(clear[0])),
                goal_probability=goal_probability(relations, goal).minimum,
            )
        )
    end = steps[-1].predicted if steps else observed_now(scene, model.relation_names)
    reached = goal_probability(end, goal)
    feasible = [min(step.feasible, step.clear) for step in steps]
    scenes = [scene, *(step.predicted_scene for step in steps)]
    score = min([reached.minimum, *feasible])
    return Plan(
        goal=goal,
        steps=tuple(steps),
        score=score,
        product=reached.product * math.prod(feasible),
        literals=reached.literals,
        confident=score >= threshold,
        base_trips=base_trips(scenes, calls, at),
        model_version=model.version,
        model_digest=model.digest,
    )


def _symbolic(scene: Scene, model: EffectModel, prediction: EffectPrediction) -> SymbolicState:
    probability = np.clip(as_numpy(prediction.probability)[0], 0.0, 1.0)
    return SymbolicState(
        object_ids=scene.object_ids,
        relation_names=tuple(model.relation_names),
        probability=probability,
        margin=np.zeros_like(probability),
        observed=np.ones(probability.shape, dtype=np.bool_),
    )


def _moved(scene: Scene, state: ModelState) -> Scene:
    """Returns the scene with the poses of a predicted state."""
    position = as_numpy(state.geometry.position_m)[0].tolist()
    quaternion = Rotation.from_matrix(as_numpy(state.geometry.rotation)[0]).as_quat().tolist()
    objects = tuple(
        item
        if item.fixed
        else item.model_copy(
            update={'pose_map': Pose(position_m=tuple(p), quaternion_xyzw=tuple(q))}
        )
        for item, p, q in zip(scene.objects, position, quaternion, strict=True)
    )
    return scene.model_copy(update={'objects': objects})


def _unit(value: float) -> float:
    return min(max(value, 0.0), 1.0)
