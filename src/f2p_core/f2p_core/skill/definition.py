# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a skill is to everything but the robot that carries it out.

A skill is one ``Skill`` value in one file. Model, planner, samplers, simulator and reports ask it
and know no skill by name; only the controllers that move a robot are elsewhere
(``f2p_sim.skills.registry``, ``f2p_moveit.plans``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import math
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

from f2p_core.errors import InvalidInputError
from f2p_core.geometry.fit import Bounds, goes_inside
from f2p_core.geometry.prisms import prism_of, Prisms
from f2p_core.geometry.shapes import Shape
from f2p_core.scene import Scene, SceneObject
from f2p_core.skill.hand import Hand
from f2p_core.supports import contents, support_tree

Array = Any

MAX_PARAMETERS = 6
"""Most parameters of a skill: a pose has six; messages hold as many."""

Parameters = tuple[float, ...]
"""Values in the order of a skill's parameters."""


class Parameter(NamedTuple):
    """One continuous parameter of a skill.

    Attributes:
        name: Its name, which ends in its unit: ``x_m``, ``yaw_rad``.
        low, high: Inclusive bounds.
        meaning: What it is, and in which frame.
        circular: An angle over the full turn: its bounds are the same value.
        mirror: Its sign in the scene mirrored at the plane y = 0 of ``map``.
        is_yaw: It is the yaw of the acted object in the target's frame at the end; the planner
            then also tries the yaw the object has now.
        near: Values that differ by no more are the same choice to one who tries another.
    """

    name: str
    low: float
    high: float
    meaning: str
    circular: bool = False
    mirror: Literal[1, -1] = 1
    is_yaw: bool = False
    near: float = 0.1


class Command(NamedTuple):
    """The rigid motion a call asks of the acted object; leading shape (...) of the parameters.

    Attributes:
        displacement_m: Of its centre, in ``map``, shape (..., 3) [m].
        turn_rad: About z, shape (...) [rad].
        sideways_m: Offset of the line of action to the left of the object's centre, (...) [m].
    """

    displacement_m: Array
    turn_rad: Array
    sideways_m: Array


class Call(Protocol):
    """What a skill is shown of a call (``f2p_core.skill.SkillCall``) to put it in words."""

    @property
    def skill(self) -> str:
        """Name of the skill."""

    @property
    def object_id(self) -> str:
        """The acted object."""

    @property
    def target_id(self) -> str:
        """The target."""

    @property
    def parameters(self) -> Parameters:
        """The values."""


class Pair(NamedTuple):
    """The acted object and the target of a call, as seen or as they are."""

    item: SceneObject
    target: SceneObject


def can_hold(item: SceneObject, target: SceneObject) -> bool:
    """Furniture, and containers the object goes into, can be a target."""
    if prism_of(target.shape).hollow:
        return goes_inside(item.shape, target.shape)
    return target.fixed


def unlimited(item: Shape, target: Shape) -> Bounds:
    """The bounds of the parameters themselves are enough, whatever the shapes."""
    del item, target
    return np.array(-math.inf), np.array(math.inf)


def any_hand(item: SceneObject, hand: Hand) -> bool:
    """No hand is too small."""
    del item, hand
    return True


def skill_and_objects(call: Call) -> str:
    """Returns for example ``pick_place container → table_b``."""
    return f'{call.skill} {call.object_id} → {call.target_id}'


@dataclass(frozen=True)
class Skill:
    """A skill.

    Attributes:
        name: A word.
        description: What the robot does, one sentence.
        parameters: One to ``MAX_PARAMETERS``, in the order of a call's values.
        planned: (acted, target, parameters (..., P)) → what is asked of the acted object. Takes
            arrays of NumPy and of torch, is differentiable in them, and broadcasts.
        grounded: (parameters, pair as seen, pair as it is) → the parameters that mean the same to
            the objects as they are.
        allows: Whether a target is one for an object, wherever they stand.
        room: Bounds that the shapes of object and target set to the parameters, beyond their own.
        hand_fits: Whether a hand can do this to an object as it stands.
        slides: The object stays on the target, on which it must stand before.
        needs_free_end: Where the object ends must be clear of other objects.
        words: A call in words.

    Raises:
        InvalidInputError: If the parameters are too few, too many, named alike or without range.
    """

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    planned: Callable[[Prisms, Prisms, Array], Command]
    grounded: Callable[[Parameters, Pair, Pair], Parameters]
    allows: Callable[[SceneObject, SceneObject], bool] = can_hold
    room: Callable[[Shape, Shape], Bounds] = unlimited
    hand_fits: Callable[[SceneObject, Hand], bool] = any_hand
    slides: bool = False
    needs_free_end: bool = True
    words: Callable[[Call], str] = skill_and_objects

    def __post_init__(self) -> None:
        names = [p.name for p in self.parameters]
        if not 1 <= len(names) <= MAX_PARAMETERS or len(set(names)) < len(names):
            raise InvalidInputError(
                f'skill {self.name!r} has the parameters {names}; it needs 1 to '
                f'{MAX_PARAMETERS} of different names'
            )
        for p in self.parameters:
            if not p.low < p.high:
                raise InvalidInputError(
                    f'skill {self.name!r}: {p.name} is bounded by [{p.low:g}, {p.high:g}]; give '
                    'it a range'
                )
            if p.circular and not math.isclose(p.high - p.low, math.tau):
                raise InvalidInputError(
                    f'skill {self.name!r}: {p.name} is circular, but its bounds '
                    f'[{p.low:g}, {p.high:g}] are no full turn'
                )

    def bounds(self, item: SceneObject, target: SceneObject) -> Bounds:
        """Returns lowest and highest parameters for an object and a target, each shape (P,)."""
        low, high = self.room(item.shape, target.shape)
        return (
            np.maximum(np.array([p.low for p in self.parameters]), low),
            np.minimum(np.array([p.high for p in self.parameters]), high),
        )

    def may_act(self, item: SceneObject, target: SceneObject, hand: Hand) -> bool:
        """Returns whether the pair is one for this skill and hand, wherever the target stands."""
        return (
            item.object_id != target.object_id
            and not item.fixed
            and self.allows(item, target)
            and self.hand_fits(item, hand)
        )

    def possible(self, scene: Scene, object_id: str, target_id: str, hand: Hand) -> bool:
        """Returns whether the skill can be tried on the pair as the scene stands now.

        Raises:
            InvalidInputError: If the scene has no such object.
        """
        if not self.may_act(scene.object(object_id), scene.object(target_id), hand):
            return False
        if self.slides:
            return support_tree(scene)[object_id] == target_id
        return target_id not in contents(scene, object_id)
