# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The judge of executed steps: looks, compares with the prediction, replays what differs."""

from __future__ import annotations

from f2p_core.control import Control
from f2p_core.failure import Failure
from f2p_core.parameters import Config, parameter
from f2p_planner.config import ClassifyConfig, MonitorConfig
from f2p_planner.diagnosis import diagnose, Posterior, Replays
from f2p_planner.environment import Environment, Percept
from f2p_planner.failure_record import Execution
from f2p_planner.monitor import begin, conclude, observe, Verdict, VerdictKind, watched_entries
from f2p_planner.pursuit_types import Executed, Judged
from f2p_sim.protocol import Simulator


class JudgeConfig(Config):
    """When a difference counts, and how it is explained.

    Raises:
        InvalidInputError: If a value is outside its bounds.
    """

    monitor: MonitorConfig = MonitorConfig()
    classify: ClassifyConfig = ClassifyConfig()
    max_frames: int = parameter(
        9, 'observations after a skill until the check gives up undecided', low=1, high=1000
    )


class MonitorJudge:
    """Implements ``Judge`` by the monitor and by replays in simulation.

    Args:
        environment: Looked through, never acted on.
        posterior: Draws scenes like the one before a failure.
        simulator: Runs the replays.
        seed: Seed of the replays.
        config: Thresholds.
    """

    def __init__(
        self,
        environment: Environment,
        posterior: Posterior,
        simulator: Simulator,
        *,
        seed: int,
        config: JudgeConfig | None = None,
    ) -> None:
        self._environment = environment
        self._replays = Replays(posterior, simulator, seed)
        self._config = config or JudgeConfig()

    def judge(self, executed: Executed, control: Control) -> Judged:
        """Judges one executed step; see ``Judge``."""
        percept, verdict = watch(self._environment, executed, self._config)
        if verdict.kind != VerdictKind.VIOLATED:
            return Judged(percept, verdict.kind)
        return Judged(percept, verdict.kind, self._diagnose(executed, percept, verdict, control))

    def _diagnose(
        self, executed: Executed, percept: Percept, verdict: Verdict, control: Control
    ) -> Failure:
        return diagnose(
            execution_of(executed, percept),
            verdict,
            self._replays,
            motion_succeeded=executed.motion.succeeded,
            config=self._config.classify,
            control=control,
        )


def watch(
    environment: Environment, executed: Executed, config: JudgeConfig
) -> tuple[Percept, Verdict]:
    """Looks at the scene after a step until the verdict falls or ``max_frames`` were seen.

    Args:
        environment: Looked through, never acted on.
        executed: The step.
        config: Thresholds.

    Returns:
        The last look and the verdict.
    """
    monitor, predicted = config.monitor, executed.step.predicted
    scene = executed.before.observation.scene
    watched = watched_entries(
        predicted, scene, executed.step.call, executed.goal, executed.remaining
    )
    state = begin(predicted)
    for _ in range(config.max_frames):
        percept = environment.observe()
        state = observe(state, percept.relations, predicted, watched, monitor)
        verdict = conclude(state, predicted, watched, monitor)
        if verdict.kind != VerdictKind.UNDECIDED:
            break
    return percept, verdict


def execution_of(executed: Executed, after: Percept) -> Execution:
    """Returns what a failure record needs of an executed step.

    Args:
        executed: The step.
        after: The look at the scene on which the verdict fell.
    """
    motion = executed.motion
    return Execution(
        call=executed.step.call,
        before=executed.before.observation,
        after=after.observation,
        relations_before=executed.before.relations,
        relations_predicted=executed.step.predicted,
        relations_observed=after.relations,
        commanded=motion.commanded,
        achieved=motion.achieved,
        robot_before=motion.robot_before,
        goal=executed.goal,
        remaining=executed.remaining,
        model_version=executed.plan.model_version,
        model_digest=executed.plan.model_digest,
    )
