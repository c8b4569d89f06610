# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Markers as messages."""

from __future__ import annotations

from geometry_msgs.msg import Point as PointMsg
from geometry_msgs.msg import Vector3
from std_msgs.msg import ColorRGBA, Header
from visualization_msgs.msg import Marker as MarkerMsg
from visualization_msgs.msg import MarkerArray

from f2p_core.ros.conversions.scene import map_header, pose_to_msg
from f2p_viz.layer import Update
from f2p_viz.marker import Identity, Kind, Marker, Point

_TYPES: dict[Kind, int] = {
    'box': MarkerMsg.CUBE,
    'cylinder': MarkerMsg.CYLINDER,
    'sphere': MarkerMsg.SPHERE,
    'text': MarkerMsg.TEXT_VIEW_FACING,
    'lines': MarkerMsg.LINE_LIST,
    'arrow': MarkerMsg.ARROW,
}


def update_to_msg(update: Update, stamp_ns: int) -> MarkerArray:
    """Returns an update; what is to be taken away comes first."""
    header = map_header(stamp_ns)
    clear = [MarkerMsg(header=header, action=MarkerMsg.DELETEALL)] if update.clear else []
    gone = [_deletion(identity, header) for identity in update.gone]
    return MarkerArray(markers=[*clear, *gone, *(_marker(m, header) for m in update.markers)])


def _deletion(identity: Identity, header: Header) -> MarkerMsg:
    namespace, number = identity
    return MarkerMsg(header=header, ns=namespace, id=number, action=MarkerMsg.DELETE)


def _marker(marker: Marker, header: Header) -> MarkerMsg:
    namespace, number = marker.identity
    red, green, blue, alpha = marker.colour
    x, y, z = marker.scale_m
    return MarkerMsg(
        header=header,
        ns=namespace,
        id=number,
        type=_TYPES[marker.kind],
        action=MarkerMsg.ADD,
        pose=pose_to_msg(marker.pose_map),
        scale=Vector3(x=x, y=y, z=z),
        color=ColorRGBA(r=red, g=green, b=blue, a=alpha),
        points=[_point(p) for p in marker.points_map],
        text=marker.text,
    )


def _point(point_m: Point) -> PointMsg:
    x, y, z = point_m
    return PointMsg(x=x, y=y, z=z)
