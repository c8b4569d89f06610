# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A scene: objects with shapes, poses and physical parameters, and the robot's configuration."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from f2p_core.errors import InvalidInputError
from f2p_core.geometry.shapes import Shape
from f2p_core.models import Value
from f2p_core.pose import Pose

ObjectId = Annotated[str, Field(pattern=r'^[A-Za-z][A-Za-z0-9_]*$', max_length=64)]


MAX_OBJECTS = 1000
"""Objects of a scene: relations are between all pairs, so a scene of this size takes about
100 MB wherever they are computed. Servers hold to less (``f2p_core.limits``)."""

Spread = Annotated[float, Field(ge=0.0)]
"""A standard deviation, in the unit of what it is about."""


class Doubt(StrEnum):
    """Why an object is not understood, so that its shape only bounds it."""

    UNKNOWN = 'unknown'
    TOO_FEW_POINTS = 'too_few_points'
    NO_SHAPE_FITS = 'no_shape_fits'
    AMBIGUOUS = 'ambiguous'
    NOT_RIGID = 'not_rigid'
    FOREIGN = 'foreign'


class SceneObject(Value):
    """One rigid object.

    Attributes:
        object_id: Unique name inside the scene.
        shape: Geometry in the object's frame (see ``f2p_core.geometry.shapes``).
        pose_map: Pose of the object's frame in ``map``.
        mass_kg: Mass [kg]; without meaning for a fixed object.
        friction: Coulomb sliding friction coefficient [1].
        fixed: True for furniture, which never moves (tables, shelves).
        confidence: How sure it is that the object is there with this shape.
        doubt: Why it is not understood; ``None``: it is.
        mass_std_kg, friction_std: Standard deviation of mass [kg] and friction [1]; ``None``:
            unknown.
        centre_of_mass_m: In the object's frame [m]; ``None``: as the shape has it.
        centre_of_mass_std_m: Its standard deviation along each axis [m]; ``None``: unknown.
    """

    object_id: ObjectId
    shape: Shape
    pose_map: Pose
    mass_kg: Annotated[float, Field(gt=0.0, le=100.0)] = 0.2
    friction: Annotated[float, Field(gt=0.0, le=5.0)] = 0.8
    fixed: bool = False
    confidence: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0
    doubt: Doubt | None = None
    mass_std_kg: Spread | None = None
    friction_std: Spread | None = None
    centre_of_mass_m: tuple[float, float, float] | None = None
    centre_of_mass_std_m: tuple[Spread, Spread, Spread] | None = None

    @property
    def understood(self) -> bool:
        """Whether the shape is more than a bound of it."""
        return self.doubt is None


class RobotState(Value):
    """Configuration of a robot.

    Attributes:
        joint_names: J names.
        position: Position of each joint [m, rad].
        base_map: Pose of the base in ``map``; ``None``: it is bolted down.
    """

    joint_names: tuple[str, ...]
    position: tuple[float, ...]
    base_map: Pose | None = None

    @model_validator(mode='after')
    def _one_position_per_joint(self) -> RobotState:
        if len(self.position) != len(self.joint_names):
            raise ValueError(
                f'position has {len(self.position)} entries for {len(self.joint_names)} joints'
            )
        if len(set(self.joint_names)) != len(self.joint_names):
            raise ValueError(f'joint_names has a name twice: {", ".join(self.joint_names)}')
        return self


class Scene(Value):
    """Everything a simulator needs to start from, in the gravity-aligned frame ``map``.

    ``map`` has x forward (from the robot towards the tables), y left, z up, floor at z = 0.

    Attributes:
        schema_version: Version of the JSON form.
        objects: Objects and furniture; ids are unique.
        robot: Robot configuration; ``None`` stands for its home configuration.
    """

    schema_version: Literal[2] = 2
    objects: Annotated[tuple[SceneObject, ...], Field(max_length=MAX_OBJECTS)]
    robot: RobotState | None = None

    @model_validator(mode='after')
    def _unique_ids(self) -> Scene:
        for object_id, times in Counter(self.object_ids).items():
            if times > 1:
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
