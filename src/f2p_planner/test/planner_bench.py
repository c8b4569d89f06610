# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node planner in its own process, its neighbours in the test's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from f2p_msgs.action import AchieveGoal
from f2p_msgs.msg import ModelVersion, SkillPlan, SymbolicState
from planner_kinematics import after, SMALL_MODEL
from planner_scenes import transport
from ros_neighbours import Camera, Detector, Executor, Learner

from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.background import BackgroundNode
from f2p_core.ros.conversions.failure import model_to_msg, ModelRef
from f2p_core.ros.conversions.skills import goal_to_msg
from f2p_core.ros.conversions.time import duration_to_msg
from f2p_core.ros.network import own_network
from f2p_core.ros.qos import EVENTS, LATCHED
from f2p_core.ros.testing import BackgroundGoal, node_process, stop_process, wait_active
from f2p_core.ros.waiting import wait_until
from f2p_core.skill import SkillCall
from f2p_core.symbolic import Goal, Literal
from f2p_effects.model import new_model
from f2p_effects.store import ModelStore
from f2p_tasks.tabletop import TABLE_B

PLANNER = ('-m', 'f2p_planner.ros.planner_node')
TIMEOUT_S = 60.0
START = transport(2, 0)
FETCH = SkillCall(
    skill='pick_place', object_id='object_1', target_id=TABLE_B, parameters=(0.0, 0.0, 0.0)
)
FETCHED = after(START, FETCH)
WANTED = Goal(
    literals=(Literal(relation='above', subject_id='object_1', object_id=TABLE_B),), max_skills=1
)


class Bench(NamedTuple):
    """The neighbours of the node under test, and the client's side of it."""

    camera: Camera
    executor: Executor
    detector: Detector
    learner: Learner
    achieve: ActionCaller
    announce: Callable[[ModelVersion], None]
    store: ModelStore
    plans: list[Any]
    predictions: list[Any]

    def pursue(self, **changes: Any) -> Any:
        return self.achieve.call(goal_of(**changes), timeout_s=TIMEOUT_S)

    def is_as_at_first(self) -> bool:
        (plan,) = self.pursue(plan_only=True).plans
        return bool(plan.steps and plan.model_version.version == 1)

    def model(self, version: int) -> ModelVersion:
        return model_to_msg(ModelRef(version, self.store.record(version).digest))


def goal_of(wanted: Goal = WANTED, **changes: Any) -> Any:
    values = {'goal': goal_to_msg(wanted), 'planning_time': duration_to_msg(5.0), 'seed': 1}
    return AchieveGoal.Goal(**(values | changes))


def store_of(directory: Path, models: int) -> ModelStore:
    """Returns a store with models that were never trained."""
    store = ModelStore(directory)
    for seed in range(models):
        store.save(new_model(SMALL_MODEL, seed))
    store.activate(1)
    return store


@contextmanager
def running_planner(store: ModelStore, **parameters: object) -> Iterator[Bench]:
    """Starts a planner that does not think for long, and its neighbours."""
    effort = {'pursuit.planner.max_evaluations': 200, 'pursuit.max_frames': 2}
    with (
        own_network(),
        BackgroundNode('client', threads=8) as client,
        node_process(PLANNER, models_directory=store.directory, **effort, **parameters) as process,
    ):
        camera = Camera(client, START)
        plans: list[Any] = []
        predictions: list[Any] = []
        client.create_subscription(SkillPlan, 'plan', plans.append, EVENTS)
        client.create_subscription(SymbolicState, 'prediction', predictions.append, EVENTS)
        made = Bench(
            camera,
            Executor(client, camera, FETCHED),
            Detector(client, START),
            Learner(client),
            ActionCaller(client, AchieveGoal, 'achieve_goal'),
            client.create_publisher(ModelVersion, 'model_version', LATCHED).publish,
            store,
            plans,
            predictions,
        )
        wait_active(client, 'planner')
        yield made
        assert stop_process(process)[0] == 0


def hold(bench: Bench) -> BackgroundGoal:
    """Sends a goal and returns once its skill is being executed."""
    bench.executor.may_end.clear()
    goal = BackgroundGoal(bench.achieve, goal_of(), TIMEOUT_S)
    wait_until(lambda: bool(bench.executor.calls), TIMEOUT_S, 'the skill')
    return goal
