# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a failure bag holds: the one table that recorder, checker, player and docs share."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from f2p_core.bags import Bag, BagMessage, FAILURE_TYPE
from f2p_core.bags.storage import OnDamage


class Role(StrEnum):
    """What a topic is to a replay."""

    INPUT = 'input'
    EXECUTION = 'execution'
    OUTPUT = 'output'


class Need(StrEnum):
    """Whether a failure bag must have a topic."""

    REQUIRED = 'yes'
    ONE_CAMERA = 'points, or depth with camera_info and labels'
    OPTIONAL = 'no'


class Delivery(NamedTuple):
    """Quality of service: reliable or best effort, latched (transient local) or not, queue."""

    reliable: bool
    latched: bool
    depth: int

    def in_words(self) -> str:
        """Returns for example ``reliable, latched, 1``."""
        reliable = 'reliable' if self.reliable else 'best effort'
        return ', '.join((reliable, *(('latched',) if self.latched else ()), str(self.depth)))


class Topic(NamedTuple):
    """One topic of a failure bag.

    Attributes:
        name: Relative to the robot's namespace; with a leading slash, absolute.
        type_name: Message type.
        delivery: How it is published and played.
        role: Inputs and executions are played under their names, outputs below ``recorded/``.
        need: Whether a bag must have it.
        per_frame: Comes with each camera frame and carries its stamp; thinned when written.
    """

    name: str
    type_name: str
    delivery: Delivery
    role: Role
    need: Need = Need.OPTIONAL
    per_frame: bool = False


_CAMERA = Delivery(reliable=True, latched=False, depth=2)
"""As cameras of ours send: large, so that few are kept."""

_EVENTS = Delivery(reliable=True, latched=False, depth=10)
"""Small messages of which none may be lost."""

_STATE = Delivery(reliable=True, latched=True, depth=1)
"""What holds until the next one; who comes later gets the last."""

_FAILURES = Delivery(reliable=True, latched=True, depth=10)
"""Failures are few, and who comes later needs all of them."""

_TF = Delivery(reliable=True, latched=False, depth=100)
"""As tf2 sends."""

_TF_STATIC = Delivery(reliable=True, latched=True, depth=100)
"""As tf2 sends."""

FAILURE = Topic('failure', FAILURE_TYPE, _FAILURES, Role.OUTPUT, Need.REQUIRED)
TF_STATIC = Topic('/tf_static', 'tf2_msgs/msg/TFMessage', _TF_STATIC, Role.INPUT)
CAMERAS = {'points': ('points',), 'depth': ('depth', 'camera_info', 'labels')}
"""Per value of the parameter ``camera`` its topics."""


def _frame(name: str, type_name: str) -> Topic:
    return Topic(name, type_name, _CAMERA, Role.INPUT, Need.ONE_CAMERA, per_frame=True)


CONTRACT = (
    _frame('points', 'sensor_msgs/msg/PointCloud2'),
    _frame('depth', 'sensor_msgs/msg/Image'),
    _frame('camera_info', 'sensor_msgs/msg/CameraInfo'),
    _frame('labels', 'sensor_msgs/msg/Image'),
    Topic('/tf', 'tf2_msgs/msg/TFMessage', _TF, Role.INPUT, Need.REQUIRED),
    TF_STATIC,
    Topic('joint_states', 'sensor_msgs/msg/JointState', _EVENTS, Role.EXECUTION),
    Topic('scene', 'f2p_msgs/msg/SceneObservation', _STATE, Role.OUTPUT, per_frame=True),
    Topic('relations', 'f2p_msgs/msg/SymbolicState', _STATE, Role.OUTPUT, per_frame=True),
    Topic('plan', 'f2p_msgs/msg/SkillPlan', _EVENTS, Role.OUTPUT),
    Topic('prediction', 'f2p_msgs/msg/SymbolicState', _EVENTS, Role.OUTPUT),
    FAILURE,
    Topic('model_version', 'f2p_msgs/msg/ModelVersion', _STATE, Role.OUTPUT),
)
"""Every topic of a failure bag. ``/clock`` is none: the player makes it."""


def topics_of_camera(camera: str) -> tuple[Topic, ...]:
    """Returns the contract with one kind of camera input only: ``points`` or ``depth``."""
    chosen = CAMERAS[camera]
    return tuple(t for t in CONTRACT if t.need is not Need.ONE_CAMERA or t.name in chosen)


def namespace_in(topics: Collection[tuple[str, str]]) -> str:
    """Returns the namespace a bag was recorded in: that of its failure topic.

    Args:
        topics: (name, type) of the bag's topics.

    Returns:
        For example ``/robot_1``; ``''`` for none, or where there is no failure topic.
    """
    suffix = f'/{FAILURE.name}'
    names = (name for name, type_name in topics if type_name == FAILURE.type_name)
    return next((name.removesuffix(suffix) for name in names if name.endswith(suffix)), '')


def resolved(topic: Topic, namespace: str) -> str:
    """Returns the full name a topic is written under in a namespace (``''`` or ``/robot_1``)."""
    return topic.name if topic.name.startswith('/') else f'{namespace}/{topic.name}'


def names_of(topic: Topic, namespace: str) -> frozenset[str]:
    """Returns the full names a topic may have: ``/tf`` is often moved into the namespace."""
    return frozenset({resolved(topic, namespace), f'{namespace}/{topic.name.lstrip("/")}'})


def missing_topics(present: Collection[str], namespace: str) -> tuple[str, ...]:
    """Returns the required topics that are not there; alternatives as one entry.

    Args:
        present: Full names of the topics that have messages.
        namespace: Namespace of the bag.
    """
    missing = [
        resolved(t, namespace)
        for t in CONTRACT
        if t.need is Need.REQUIRED and names_of(t, namespace).isdisjoint(present)
    ]
    cameras = [{f'{namespace}/{name}' for name in names} for names in CAMERAS.values()]
    if not any(wanted <= set(present) for wanted in cameras):
        missing.append(f'a camera: {Need.ONE_CAMERA}')
    return tuple(missing)


def topics_in(bag: Bag) -> dict[str, Topic]:
    """Returns the topics of the contract that a bag has, by their full names in it."""
    topics = [(t.name, t.type_name) for t in bag.topics]
    namespace = namespace_in(topics)
    by_name = {(n, t.type_name): t for t in CONTRACT for n in names_of(t, namespace)}
    return {name: by_name[name, kind] for name, kind in topics if (name, kind) in by_name}


def messages_of(
    bag: Bag, topics: Mapping[str, Topic], on_damage: OnDamage | None = None
) -> Iterator[BagMessage]:
    """Yields the messages of topics as ``topics_in`` has them; of no other type of that name.

    Raises:
        BagError: As ``Bag.messages`` does.
    """
    for message in bag.messages(topics, on_damage):
        if message.type_name == topics[message.topic].type_name:
            yield message


def contract_table() -> str:
    """Returns the contract as the table of docs/failure_bags.md."""
    rows = [
        f'| `{t.name}` | `{t.type_name}` | {t.delivery.in_words()} | {t.need} | {t.role} |'
        for t in CONTRACT
    ]
    return '\n'.join(('| topic | type | QoS | required | role |', '|---|---|---|---|---|', *rows))
