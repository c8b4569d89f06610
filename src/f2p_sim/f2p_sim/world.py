# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The simulated robot "world": one scene that lives on, acts when told to and is seen by a camera.

It runs the same skill controllers as the learning simulator, on physics that may differ by a gap.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import mujoco
import numpy as np
from numpy.typing import NDArray

from f2p_core.camera import PinholeCamera
from f2p_core.control import Control, UNCONTROLLED
from f2p_core.failure import Motion as JointMotion
from f2p_core.parameters import Config, parameter
from f2p_core.pose import Pose
from f2p_core.scene import Scene
from f2p_core.skill import SkillCall
from f2p_sim.camera import DepthImage, HEAD_CAMERA, head_camera_pose, ray_cast
from f2p_sim.cell import Cell
from f2p_sim.errors import SkillError
from f2p_sim.physics import LEARNER_PHYSICS, PhysicsParameters
from f2p_sim.robot import FloatVector, JOINT_COUNT, robot_motion, robot_state
from f2p_sim.scene_model import compile_scene, initial_qpos, scene_at
from f2p_sim.skills.base import Motion, Operator
from f2p_sim.skills.recover import recover
from f2p_sim.skills.registry import controller_of
from f2p_sim.track import Track

RECORD_S = 0.05
"""Executed motions are recorded at this interval [s]."""

_TICK_STEPS = 5
"""Physics steps between two ticks of the clock: 15 to 20 ms, finer than any deadline."""

OnTick = Callable[[float, FloatVector], None]
"""Called every tick with the simulated time [s] and the robot configuration (13,)."""


class WorldOptions(Config):
    """How the world differs from the learning simulator and how its camera errs."""

    physics: PhysicsParameters = LEARNER_PHYSICS
    depth_noise_m: float = parameter(
        0.002, 'Standard deviation of each depth reading', unit='m', low=0.0, high=0.05
    )
    limit_s: float = parameter(
        40.0, 'Simulated time after which a skill is stopped', unit='s', low=1.0, high=300.0
    )


class Execution(NamedTuple):
    """What one executed call did.

    Attributes:
        motion_succeeded: Whether the robot did what it was told.
        reason: Why not, ``snake_case: detail``; empty when it succeeded.
        commanded, achieved: Joint trajectories, 20 rows a second, times from the start.
        start_s, end_s: Simulated time when the skill began and when the robot was back [s].
    """

    motion_succeeded: bool
    reason: str
    commanded: JointMotion
    achieved: JointMotion
    start_s: float
    end_s: float


class WorldView(NamedTuple):
    """One camera image of the world.

    Attributes:
        stamp_s: Simulated time [s].
        camera_map: Pose of the optical frame (z forward, x right, y down) in ``map``.
        camera: Intrinsics.
        depth_m: Noisy depth along the optical axis, (H, W) float32 [m]; 0: no reading.
        labels: Index into ``label_ids`` of the movable object at each pixel, (H, W); −1: none.
        label_ids: Object ids.
    """

    stamp_s: float
    camera_map: Pose
    camera: PinholeCamera
    depth_m: NDArray[np.float32]
    labels: NDArray[np.int16]
    label_ids: tuple[str, ...]


class SimulatedWorld:
    """Owns one running simulation.

    Not safe for use from several threads at once.
    """

    def __init__(self, scene: Scene, options: WorldOptions | None = None, seed: int = 0):
        """Lets the scene come to rest with the robot at its look pose.

        Args:
            scene: Start; its ``robot`` is where the robot starts.
            options: Physics and camera.
            seed: Seed of motion planning and camera noise.
        """
        self.options = options or WorldOptions()
        self._rng = np.random.default_rng(seed)
        self._compiled = compile_scene(scene, self.options.physics)
        self._cell = Cell(self._compiled, self._rng)
        self._data = mujoco.MjData(self._compiled.model)
        self._data.qpos[:] = initial_qpos(self._compiled)
        self._reference: FloatVector = self._data.qpos[:JOINT_COUNT].copy()
        self._data.ctrl[:] = self._reference
        self.idle(0.5)

    @property
    def time_s(self) -> float:
        """Simulated time [s]."""
        return float(self._data.time)

    @property
    def configuration(self) -> FloatVector:
        """The robot's joint positions now (13,)."""
        configuration: FloatVector = self._data.qpos[:JOINT_COUNT].copy()
        return configuration

    def scene(self) -> Scene:
        """Returns the truth. For evaluators only: no part of the robot may look at it."""
        truth = scene_at(self._compiled, self._data.qpos)
        return truth.model_copy(update={'robot': robot_state(self.configuration)})

    def idle(self, duration_s: float, on_tick: OnTick | None = None) -> None:
        """Lets time pass while the robot holds still."""
        robot = Operator(self._cell, self._data.qpos.copy())
        robot.reference = self._reference
        recorder = _Recorder(self.time_s)
        self._drive(robot.wait(duration_s), recorder, on_tick or _ignore_tick, UNCONTROLLED)

    def execute(
        self,
        call: SkillCall,
        *,
        control: Control = UNCONTROLLED,
        on_tick: OnTick | None = None,
    ) -> Execution:
        """Runs one skill call, then drives back to the look pose.

        Args:
            call: What to do; an unknown object or skill gives a failed execution.
            control: Polled every tick; on a stop the robot puts back what it holds and
                returns to the look pose, and the execution fails with ``cancelled``. Told the
                simulated tenths of a second.
            on_tick: Called after every tick, for clocks and joint states.
        """
        start_s, before = self.time_s, self._data.qpos.copy()
        recorder = _Recorder(start_s, control)
        tick = on_tick or _ignore_tick
        reason = ''
        try:
            motion = controller_of(call.skill).motion(self._cell, call, self._data.qpos.copy())
            self._drive(motion, recorder, tick, control)
        except SkillError as error:
            reason = str(error)
        back = recover(self._cell, self._data.qpos.copy(), self._reference, before)
        self._drive(back, recorder, tick, UNCONTROLLED)
        self.idle(0.2, tick)
        commanded, achieved = recorder.motions()
        return Execution(reason == '', reason, commanded, achieved, start_s, self.time_s)

    def observe(self, camera: PinholeCamera = HEAD_CAMERA) -> WorldView:
        """Returns what the robot's camera sees now, with noise."""
        compiled, data = self._compiled, self._data
        mujoco.mj_kinematics(compiled.model, data)
        pose = head_camera_pose(compiled.model, data)
        image: DepthImage = ray_cast(compiled.model, data, pose, camera)
        noise = self._rng.normal(scale=self.options.depth_noise_m, size=image.depth_m.shape)
        seen = image.geom >= 0
        depth = np.where(seen, image.depth_m + noise, 0.0).astype(np.float32)
        label_of = np.full(len(compiled.scene.objects) + 1, -1, dtype=np.int16)
        label_of[list(compiled.movable)] = np.arange(len(compiled.movable))
        labels = np.where(seen, label_of[compiled.geom_object[image.geom]], -1).astype(np.int16)
        ids = tuple(compiled.scene.object_ids[i] for i in compiled.movable)
        return WorldView(self.time_s, pose, camera, depth, labels, ids)

    def _drive(
        self, motion: Motion, recorder: _Recorder, on_tick: OnTick, control: Control
    ) -> None:
        """Runs a controller to its end.

        Raises:
            SkillError: What the controller raised, ``timeout`` or ``cancelled``.
        """
        model, data = self._compiled.model, self._data
        track = Track(model, motion, self._reference)
        stop: SkillError | None = None
        while not track.done:
            for row in track.take(_TICK_STEPS):
                data.ctrl[:] = row
                mujoco.mj_step(model, data)
            self._reference = track.now
            recorder.record(self.time_s, track.now, self.configuration)
            on_tick(self.time_s, self.configuration)
            if stop is None and control.should_stop():
                stop = SkillError('cancelled', 'stopped on request')
                track.brake()
            elif stop is None and track.time_s > self.options.limit_s:
                stop = SkillError('timeout', f'not done after {self.options.limit_s:g} s')
                track.brake()
            if track.ended and stop is not None:
                raise stop
            if track.ended:
                track.advance(data.qpos)
        if track.error is not None:
            raise track.error


class _Recorder:
    """Keeps the commanded and the achieved motion, one row every ``RECORD_S``."""

    def __init__(self, start_s: float, control: Control = UNCONTROLLED):
        self._start_s = start_s
        self._control = control
        self._time_s: list[float] = []
        self._commanded: list[FloatVector] = []
        self._achieved: list[FloatVector] = []

    def record(self, time_s: float, commanded: FloatVector, achieved: FloatVector) -> None:
        """Takes one tick."""
        elapsed_s = time_s - self._start_s
        if self._time_s and elapsed_s < self._time_s[-1] + RECORD_S - 1e-9:
            return
        self._time_s.append(elapsed_s)
        self._commanded.append(commanded.copy())
        self._achieved.append(achieved.copy())
        self._control.report('execute', round(10 * elapsed_s), 0)

    def motions(self) -> tuple[JointMotion, JointMotion]:
        """Returns what was commanded and what was achieved."""
        return self._motion(self._commanded), self._motion(self._achieved)

    def _motion(self, rows: list[FloatVector]) -> JointMotion:
        return robot_motion(np.array(self._time_s), np.array(rows))


def _ignore_tick(time_s: float, configuration: FloatVector) -> None:
    """Discards ticks."""
