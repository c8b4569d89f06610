# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Objects as solids that any viewer can show."""

from __future__ import annotations

import math

from f2p_msgs.msg import Scene as SceneMsg
from geometry_msgs.msg import Point, Quaternion
from geometry_msgs.msg import Pose as PoseMsg
from shape_msgs.msg import SolidPrimitive

from f2p_core.geometry.parts import shape_parts
from f2p_core.geometry.shapes import Part
from f2p_core.scene import Scene


def show_solids(message: SceneMsg, scene: Scene) -> None:
    """Adds to the message of a scene the convex solids of its objects.

    Only where somebody may look: they say nothing that the shapes do not.
    """
    for shown, scene_object in zip(message.objects, scene.objects, strict=True):
        parts = shape_parts(scene_object.shape)
        shown.solids = [_solid(part) for part in parts]
        shown.solid_poses = [_pose(part) for part in parts]


def _solid(part: Part) -> SolidPrimitive:
    x, y, z = part.half_m
    match part.kind:
        case 'box':
            return SolidPrimitive(type=SolidPrimitive.BOX, dimensions=[2 * x, 2 * y, 2 * z])
        case 'cylinder':
            return SolidPrimitive(type=SolidPrimitive.CYLINDER, dimensions=[2 * z, x])
        case 'sphere':
            return SolidPrimitive(type=SolidPrimitive.SPHERE, dimensions=[x])


def _pose(part: Part) -> PoseMsg:
    x, y, z = part.centre_m
    half = part.yaw_rad / 2
    return PoseMsg(
        position=Point(x=x, y=y, z=z),
        orientation=Quaternion(x=0.0, y=0.0, z=math.sin(half), w=math.cos(half)),
    )
