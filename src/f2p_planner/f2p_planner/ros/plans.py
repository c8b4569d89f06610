# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Plans as messages."""

from __future__ import annotations

from f2p_msgs.msg import PlanStep as PlanStepMsg
from f2p_msgs.msg import SkillPlan

from f2p_core.messages.reading import floats, reading
from f2p_core.ros.conversions.failure import model_to_msg, ModelRef
from f2p_core.ros.conversions.observation import msg_to_symbolic, symbolic_to_msg
from f2p_core.ros.conversions.scene import map_header, msg_to_scene, scene_to_msg
from f2p_core.ros.conversions.skills import call_to_msg, goal_to_msg, msg_to_call, msg_to_goal
from f2p_planner.plans import Plan, PlanStep


def plan_to_msg(plan: Plan, plan_id: str, stamp_ns: int) -> SkillPlan:
    """Returns a plan; ``plan_id`` names it in predictions and verdicts."""
    model = ModelRef(plan.model_version, plan.model_digest)
    message = SkillPlan(
        header=map_header(stamp_ns),
        plan_id=plan_id,
        goal=goal_to_msg(plan.goal),
        steps=[_step_to_msg(step) for step in plan.steps],
        score=plan.score,
        product=plan.product,
        literals=floats(plan.literals),
        best_effort=not plan.confident,
        base_trips=plan.base_trips,
        model_version=model_to_msg(model),
        evaluated=plan.evaluations,
    )
    for number, step in enumerate(message.steps):
        step.predicted.plan_id, step.predicted.step = plan_id, number
        step.predicted.model_version = message.model_version
    return message


def msg_to_plan(message: SkillPlan, what: str = 'plan') -> Plan:
    """Reads a plan.

    Raises:
        InvalidInputError: Naming the field that cannot be used.
    """
    goal = msg_to_goal(message.goal, f'{what}.goal')
    steps = tuple(_msg_to_step(step, f'{what}.steps[{i}]') for i, step in enumerate(message.steps))
    with reading(what):
        return Plan(
            goal=goal,
            steps=steps,
            score=message.score,
            product=message.product,
            literals=tuple(message.literals),
            confident=not message.best_effort,
            base_trips=message.base_trips,
            evaluations=message.evaluated,
            model_version=message.model_version.version,
            model_digest=message.model_version.digest,
        )


def _step_to_msg(step: PlanStep) -> PlanStepMsg:
    return PlanStepMsg(
        call=call_to_msg(step.call),
        predicted=symbolic_to_msg(step.predicted),
        predicted_scene=scene_to_msg(step.predicted_scene),
        feasible=step.feasible,
        goal_probability=step.goal_probability,
    )


def _msg_to_step(message: PlanStepMsg, what: str) -> PlanStep:
    call = msg_to_call(message.call, f'{what}.call')
    predicted = msg_to_symbolic(message.predicted, f'{what}.predicted')
    scene = msg_to_scene(message.predicted_scene, f'{what}.predicted_scene')
    with reading(what):
        return PlanStep(
            call=call,
            predicted=predicted,
            predicted_scene=scene,
            feasible=message.feasible,
            goal_probability=message.goal_probability,
        )
