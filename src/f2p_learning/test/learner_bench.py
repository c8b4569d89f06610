# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node learner in its own process, with models that were never trained, and its client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from f2p_msgs.action import FineTune, LearnFromFailure
from f2p_msgs.msg import ModelVersion
from f2p_msgs.srv import CorrectFailure, RequestLearning, ReviewModel
import numpy as np
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rclpy.node import Node

from f2p_core.files import read_failure
from f2p_core.ros.action_client import ActionCaller
from f2p_core.ros.conversions.failure import failure_to_msg
from f2p_core.ros.qos import LATCHED
from f2p_core.ros.services import ServiceCaller
from f2p_core.ros.testing import BackgroundGoal, node_process, stop_process, wait_active
from f2p_core.ros.waiting import Latest
from f2p_core.skill import SkillCall
from f2p_effects.config import ModelConfig
from f2p_effects.data import save_dataset
from f2p_effects.executions import executions_from_rollouts
from f2p_effects.model import new_model
from f2p_effects.store import ModelStore
from f2p_learning.library import FailureLibrary
from f2p_learning.pretrain import HELD_OUT_FILE, REPLAY_FILE
from f2p_sim.mujoco_backend import MujocoSimulator
from f2p_tasks.tabletop import TABLE_B
from f2p_tasks.transport import transport_scene

TIMEOUT_S = 180.0
FAILURE = read_failure(Path(__file__).parents[3] / 'examples' / 'failure_filled_carry.json')


class Bench(NamedTuple):
    """The client's side of the node under test."""

    node: Node
    directory: Path
    learn: ActionCaller
    fine_tune: ActionCaller
    request: ServiceCaller
    review: ServiceCaller
    correct: ServiceCaller
    version: Latest[Any]

    @property
    def store(self) -> ModelStore:
        return ModelStore(self.directory / 'models')

    @property
    def library(self) -> FailureLibrary:
        return FailureLibrary(self.directory / 'failures')

    def learn_from(self, **goal: Any) -> Any:
        goal.setdefault('overrides', SMALL)
        return self.learn.call(LearnFromFailure.Goal(**goal), timeout_s=TIMEOUT_S)

    def activated(self, version: int) -> Any:
        return self.reviewed(ReviewModel.Request.APPROVE, version)

    def reviewed(self, decision: int, version: int, who: str = 'Ada', why: str = '') -> Any:
        request = ReviewModel.Request(decision=decision, version=version, who=who, why=why)
        return self.review.call(request, timeout_s=TIMEOUT_S)


def begin(bench: Bench, overrides: list[Parameter]) -> BackgroundGoal:
    """Sends a learning goal and returns at once."""
    goal = LearnFromFailure.Goal(failures=[failure_to_msg(FAILURE)], overrides=overrides)
    return BackgroundGoal(bench.learn, goal, TIMEOUT_S)


def integer(name: str, value: int) -> Parameter:
    return Parameter(
        name=name,
        value=ParameterValue(type=ParameterType.PARAMETER_INTEGER, integer_value=value),
    )


def real(name: str, value: float) -> Parameter:
    return Parameter(
        name=name,
        value=ParameterValue(type=ParameterType.PARAMETER_DOUBLE, double_value=value),
    )


SMALL = [
    integer('learning.n_scenes', 2),
    integer('learning.n_calls', 1),
    integer('learning.gate_scenes', 1),
    integer('learning.gate_calls', 1),
    integer('learning.max_rounds', 1),
    integer('tuning.steps', 3),
]


def make_store(directory: Path) -> None:
    """Makes a model store with two models, a few old executions beside it, and a data set."""
    store = ModelStore(directory / 'models')
    for seed in (0, 1):
        store.save(new_model(ModelConfig(), seed))
    store.activate(1)
    scenes = [transport_scene(1, np.random.default_rng(i)) for i in range(12)]
    fetch = [
        SkillCall(
            skill='pick_place',
            object_id='object_1',
            target_id=TABLE_B,
            parameters=(0.0, -0.3 + 0.05 * i, 0.0),
        )
        for i in range(12)
    ]
    rollouts = MujocoSimulator().simulate(scenes, fetch, seed=0)
    executions = executions_from_rollouts(scenes, fetch, rollouts, list(range(12)))
    save_dataset(executions.take(np.arange(8)), directory / 'models' / REPLAY_FILE)
    save_dataset(executions.take(np.arange(8, 12)), directory / 'models' / HELD_OUT_FILE)
    save_dataset(executions, directory / 'dataset.safetensors')


@contextmanager
def running_learner(client: Node, directory: Path, **parameters: object) -> Iterator[Bench]:
    """Starts the learner on the store of a directory."""
    with node_process(
        ('-m', 'f2p_learning.ros.learner_node'),
        models_directory=directory / 'models',
        library_directory=directory / 'failures',
        runs_directory=directory / 'runs',
        readable_directories=[str(directory.parent)],
        threads=1,
        **parameters,
    ) as process:
        wait_active(client, 'learner')
        version: Latest[Any] = Latest()
        client.create_subscription(ModelVersion, 'model_version', version.put, LATCHED)
        yield Bench(
            client,
            directory,
            ActionCaller(client, LearnFromFailure, 'learn_from_failure'),
            ActionCaller(client, FineTune, 'fine_tune'),
            ServiceCaller(client, RequestLearning, 'request_learning'),
            ServiceCaller(client, ReviewModel, 'review_model'),
            ServiceCaller(client, CorrectFailure, 'correct_failure'),
            version,
        )
        status, errors = stop_process(process)
        assert (status, 'Traceback' in errors) == (0, False), errors
