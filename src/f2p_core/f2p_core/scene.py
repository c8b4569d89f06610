# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A scene: objects with shapes, poses and physical parameters, and the robot's configuration."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from f2p_core.errors import InvalidInputError
from f2p_core.geometry.shapes import Shape
from f2p_core.models import Value
from f2p_core.pose import Pose

ObjectId = Annotated[str, Field(pattern=r'^[A-Za-z][A-Za-z0-9_]*$', max_length=64)]


class SceneObject(Value):
    """One rigid object.

    Attributes:
        object_id: Unique name inside the scene.
        shape: Geometry in the object's frame (see ``f2p_core.geometry.shapes``).
        pose_map: Pose of the object's frame in ``map``.
        mass_kg: Mass; without meaning for a fixed object.
        friction: Coulomb sliding friction coefficient.
        fixed: True for furniture, which never moves (tables, shelves).
    """

    object_id: ObjectId
    shape: Shape
    pose_map: Pose
    mass_kg: Annotated[float, Field(gt=0.0, le=100.0)] = 0.2
    friction: Annotated[float, Field(gt=0.0, le=5.0)] = 0.8
    fixed: bool = False


class RobotState(Value):
    """Configuration of the mobile manipulator.

    Attributes:
        base_map: Base pose (x [m], y [m], yaw [rad]) in ``map``.
        lift_m: Height of the lift joint [m].
        arm_rad: The seven arm joint positions [rad].
        finger_m: Opening of each finger from the closed position [m].
    """

    base_map: tuple[float, float, float]
    lift_m: float
    arm_rad: tuple[float, float, float, float, float, float, float]
    finger_m: float


class Scene(Value):
    """Everything a simulator needs to start from, in the gravity-aligned frame ``map``.

    ``map`` has x forward (from the robot towards the tables), y left, z up, floor at z = 0.

    Attributes:
        schema_version: Version of the JSON form.
        objects: Objects and furniture; ids are unique.
        robot: Robot configuration; ``None`` stands for its home configuration.
    """

    schema_version: Literal[1] = 1
    objects: tuple[SceneObject, ...]
    robot: RobotState | None = None

    @model_validator(mode='after')
    def _unique_ids(self) -> Scene:
        ids = [o.object_id for o in self.objects]
        for object_id in ids:
            if ids.count(object_id) > 1:
                raise ValueError(f'object_id {object_id!r} is used twice; ids must be unique')
        return self

    @property
    def object_ids(self) -> tuple[str, ...]:
        """Ids in the order of ``objects``."""
        return tuple(o.object_id for o in self.objects)

    def index(self, object_id: str) -> int:
        """Returns the position of an object in ``objects``.

        Raises:
            InvalidInputError: If the scene has no such object.
        """
        for i, candidate in enumerate(self.objects):
            if candidate.object_id == object_id:
                return i
        known = ', '.join(self.object_ids)
        raise InvalidInputError(f'no object {object_id!r} in the scene; it has: {known}')

    def object(self, object_id: str) -> SceneObject:
        """Returns the object of that id.

        Raises:
            InvalidInputError: If the scene has no such object.
        """
        return self.objects[self.index(object_id)]
