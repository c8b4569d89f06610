# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The robot file: everything the executor has to know about a robot, strictly read.

Frames: the *tool* is a frame of our own with z out of the hand and y along the direction the
fingers close; quaternions are xyzw.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from f2p_core.errors import InvalidInputError
from f2p_core.files import parse_document
from f2p_core.models import Value
from f2p_core.pose import Pose
from f2p_moveit.errors import RobotFileError
from f2p_moveit.yaml_files import read_yaml
from f2p_sim.grasp import HandSize

MAX_ARM_JOINTS = 32
"""Joints of an arm: four times what the most jointed arms have."""

Name = Annotated[str, Field(min_length=1, max_length=100)]
Positive = Annotated[float, Field(gt=0.0, le=10.0)]
Share = Annotated[float, Field(gt=0.0, le=1.0)]


class ToolMount(Value):
    """Where the tool is.

    Attributes:
        link: The link MoveIt plans for, the tip of the arm's group.
        pose: Pose of the tool in that link.
    """

    link: Name
    pose: Pose


class FingerJoint(Value):
    """A finger's joint and its positions [m, rad] closed and fully open."""

    name: Name
    closed: float
    opened: float

    @model_validator(mode='after')
    def _moves(self) -> FingerJoint:
        if self.closed == self.opened:
            raise ValueError(f'closed and opened of {self.name} are both {self.closed:g}')
        return self


class Gripper(Value):
    """A parallel gripper.

    Attributes:
        group: Its planning group.
        joints: The joints that move, of a mimicking pair only the leading one.
        max_opening_m: How far each finger is from the middle when open [m].
        tip_beyond_tool_m: How far the fingers end beyond the tool's origin [m].
        touch_links: Links that touch what is held.
    """

    group: Name
    joints: Annotated[tuple[FingerJoint, ...], Field(min_length=1)]
    max_opening_m: Positive
    tip_beyond_tool_m: Annotated[float, Field(ge=0.0, le=0.5)]
    touch_links: Annotated[tuple[Name, ...], Field(min_length=1)]

    @property
    def hand(self) -> HandSize:
        """The size of the hand, for the choice of a hold."""
        return HandSize(self.max_opening_m, self.tip_beyond_tool_m)

    def positions(self, opening_m: float) -> dict[str, float]:
        """Returns joint positions [m, rad] at an opening of each finger [m]."""
        share = opening_m / self.max_opening_m
        return {j.name: j.closed + share * (j.opened - j.closed) for j in self.joints}

    def opening_m(self, positions: dict[str, float]) -> float:
        """Returns the mean opening of a finger [m] at joint positions."""
        shares = [(positions[j.name] - j.closed) / (j.opened - j.closed) for j in self.joints]
        return self.max_opening_m * sum(shares) / len(shares)


class PlanarBase(Value):
    """A base that MoveIt moves: joints x [m], y [m], yaw [rad] of a planning group."""

    kind: Literal['planar'] = 'planar'
    group: Name
    joints: tuple[Name, Name, Name]
    radius_m: Positive


class Nav2Base(Value):
    """A base that nav2 drives; ``frame`` is its link, looked up in ``map``."""

    kind: Literal['nav2'] = 'nav2'
    frame: Name
    radius_m: Positive


class FixedBase(Value):
    """A base that stands still, as an arm's on a bench; ``frame`` is looked up in ``map``."""

    kind: Literal['fixed'] = 'fixed'
    frame: Name
    radius_m: Positive


class Stance(Value):
    """Where the base stands for the hand to reach something.

    Attributes:
        reaches_m: Distances of the hand from the base's middle, the most comfortable first [m].
        arm_yaw_rad: Direction in which the arm reaches, in the base's frame [rad]; without meaning
            for a fixed base, whose arm reaches all round.
        carry_reach_m: Distance of the hand from the base's middle while driving [m].
    """

    reaches_m: Annotated[tuple[Positive, ...], Field(min_length=1, max_length=8)]
    arm_yaw_rad: Annotated[float, Field(ge=-3.15, le=3.15)] = 0.0
    carry_reach_m: Positive


class Distances(Value):
    """Lengths of the straight motions over an object [m]."""

    approach_m: Positive
    lift_m: Positive
    retreat_m: Positive


class Limits(Value):
    """What the robot may do.

    Attributes:
        speed: Share of the joint limits for free motions.
        contact_speed: Share while something is taken, put down or pushed.
        carry_speed: Share while something is carried.
        force_n: Force at the wrist above which the robot stops for good [N]; null: no force is
            measured.
        stage_s: Time after which a stage of a skill is stopped [s].
        drive_s: The same of a drive [s].
        stop_s: Time a stopped motion may take to end [s].
        stale_s: Joint states and forces older than this count as unknown [s]; longer than the
            planning time of MoveIt, during which nothing is heard.
    """

    speed: Share
    contact_speed: Share
    carry_speed: Share
    force_n: Annotated[float, Field(gt=0.0, le=1000.0)] | None
    stage_s: Annotated[float, Field(gt=0.0, le=600.0)]
    drive_s: Annotated[float, Field(gt=0.0, le=3600.0)]
    stop_s: Annotated[float, Field(gt=0.0, le=10.0)]
    stale_s: Annotated[float, Field(gt=0.0, le=60.0)]


class RobotFile(Value):
    """A robot.

    Attributes:
        schema_version: Version of the file.
        name: Its name.
        description: Folder of ``robot.urdf``, ``robot.srdf`` and MoveIt's YAML files, relative to
            this file.
        arm_group: Planning group of arm and lift, a chain that ends at the tool's link.
        safe_state: Named state of that group in which the robot waits.
        lift_joint: The joint that lifts the arm, if there is one.
        arm_joints: The joints of the arm, from the base outwards.
        tool, gripper, base, stance, distances, limits: See there.
    """

    schema_version: Literal[1]
    name: Name
    description: Name
    arm_group: Name
    safe_state: Name
    lift_joint: Name | None = None
    arm_joints: Annotated[tuple[Name, ...], Field(min_length=1, max_length=MAX_ARM_JOINTS)]
    tool: ToolMount
    gripper: Gripper
    base: Annotated[PlanarBase | Nav2Base | FixedBase, Field(discriminator='kind')]
    stance: Stance
    distances: Distances
    limits: Limits

    @property
    def joint_names(self) -> tuple[str, ...]:
        """The joints that are recorded, each once, beside the pose of a base that moves."""
        lift = () if self.lift_joint is None else (self.lift_joint,)
        return tuple(
            dict.fromkeys((*lift, *self.arm_joints, *(j.name for j in self.gripper.joints)))
        )


def read_robot_file(path: Path) -> RobotFile:
    """Reads a robot file; the description it names is not looked at.

    Raises:
        RobotFileError: Naming the file, the first field that is wrong, its value and the mend.
    """
    content = read_yaml(path, 'name a file')
    try:
        text = json.dumps(content, default=str).encode()
        return parse_document(RobotFile, text, str(path))
    except InvalidInputError as error:
        raise RobotFileError(str(error)) from None
    except TypeError as error:
        raise RobotFileError(f'{path}: a key is no word: {error}') from None
