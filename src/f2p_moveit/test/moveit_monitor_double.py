# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Planning scene monitor and execution manager of MoveIt's double; see moveit_double.py."""

from __future__ import annotations

import threading

from bound import Bound, bound
from message_doubles import AttachedCollisionObject, CollisionObject
from moveit_core_double import PlanningScene, World
import numpy as np


class _Locked(Bound):
    """Both context managers; the lock does not let one thread in twice, as the real one."""

    def __init__(self, scene: PlanningScene, lock: threading.Lock) -> None:
        self._scene = scene
        self._lock = lock

    def __enter__(self) -> PlanningScene:
        if not self._lock.acquire(timeout=60.0):
            raise RuntimeError('the planning scene is locked: a deadlock')
        return self._scene

    def __exit__(self, kind: object, value: object, traceback: object) -> None:
        self._lock.release()


class PlanningSceneMonitor(Bound):
    def __init__(self, scene: PlanningScene) -> None:
        self._scene = scene
        self._lock = threading.Lock()

    @bound
    def update_frame_transforms(self) -> None:
        pass

    @bound
    def read_only(self) -> _Locked:
        return _Locked(self._scene, self._lock)

    @bound
    def read_write(self) -> _Locked:
        return _Locked(self._scene, self._lock)

    @bound
    def process_attached_collision_object(
        self, attached_collision_object_msg: AttachedCollisionObject
    ) -> bool:
        message, scene = attached_collision_object_msg, self._scene
        if message.link_name not in scene._model._links:
            return False
        object_id = message.object.id
        tool = scene._world.robot.tool()
        if message.object.operation == CollisionObject.ADD:
            if object_id not in scene._objects:
                return False
            pose, parts = scene._objects.pop(object_id)
            scene._attached[object_id] = (np.linalg.inv(tool) @ pose, parts)
            return True
        if object_id not in scene._attached:
            return False
        in_tool, parts = scene._attached.pop(object_id)
        scene._objects[object_id] = (tool @ in_tool, parts)
        return True


class TrajectoryExecutionManager(Bound):
    def __init__(self, world: World) -> None:
        self._world = world

    @bound
    def stop_execution(self, auto_clear: bool = True) -> None:
        self._world.stop.set()
