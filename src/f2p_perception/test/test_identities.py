# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Which sighting is which object: by place, else by size, and when that cannot tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from f2p_core.geometry.rigid import about_z
from f2p_perception.identities import match
from f2p_perception.real2sim import Primitive
from f2p_perception.tracks import first_track, Sighting, Track, updated_track

FIT_SIGMA = np.array([0.001, 0.001, 0.02, *[0.001] * 5])


def primitive(
    kind: str,
    size: Sequence[float],
    x: float,
    y: float,
    yaw: float = 0.0,
    cost: float = 50.0,
) -> Primitive:
    dimensions = np.zeros(5)
    dimensions[: len(size)] = size
    position = np.array([x, y, 0.75])
    rotation = about_z(np.array(yaw))
    return Primitive(kind, position, rotation, dimensions, FIT_SIGMA, cost, 0.3)


def sighting(p: Primitive, *others: Primitive) -> Sighting:
    return Sighting(np.arange(3), {q.kind: q for q in (p, *others)}, p)


def track(name: str, p: Primitive) -> Track:
    return first_track(name, sighting(p), 0)


BOX = ('box', (0.04, 0.05, 0.06))
TALL = ('box', (0.04, 0.045, 0.075))
CAN = ('cylinder', (0.022, 0.06))


def test_objects_that_stay_are_known_by_place_even_if_alike() -> None:
    tracks = [track('a', primitive(*BOX, 0.7, 0.5)), track('b', primitive(*BOX, 0.8, 0.5))]
    seen = [sighting(primitive(*BOX, 0.805, 0.5)), sighting(primitive(*BOX, 0.7, 0.505))]
    found = match(tracks, seen)
    assert found.track_of == (1, 0)
    assert found.moved == (False, False)
    assert found.look_alikes == (frozenset(), frozenset())


def test_objects_that_were_carried_are_known_by_size() -> None:
    tracks = [track('a', primitive(*BOX, 0.7, 0.5)), track('b', primitive(*TALL, 0.8, 0.5))]
    seen = [sighting(primitive(*TALL, 0.7, -0.5)), sighting(primitive(*BOX, 0.8, -0.5))]
    found = match(tracks, seen)
    assert found.track_of == (1, 0)
    assert found.moved == (True, True)
    assert found.look_alikes == (frozenset(), frozenset())


def test_a_box_turned_by_a_quarter_is_the_same_box() -> None:
    turned = primitive('box', (0.05, 0.04, 0.06), 0.8, -0.5)
    found = match([track('a', primitive(*BOX, 0.7, 0.5))], [sighting(turned)])
    assert found.track_of == (0,)


def test_look_alikes_that_were_carried_are_marked() -> None:
    tracks = [track('a', primitive(*BOX, 0.7, 0.5)), track('b', primitive(*BOX, 0.8, 0.5))]
    seen = [sighting(primitive(*BOX, 0.7, -0.5)), sighting(primitive(*BOX, 0.8, -0.5))]
    found = match(tracks, seen)
    assert sorted(found.track_of) == [0, 1]
    assert found.look_alikes[0] == {found.track_of[1]}
    assert found.look_alikes[1] == {found.track_of[0]}


def test_look_alikes_keep_their_places_in_a_container_that_was_seen_to_move() -> None:
    shape = ('open_box', (0.34, 0.28, 0.1, 0.006, 0.12))
    tracks = [
        track('c', primitive(*shape, 0.8, 0.5)),
        track('a', primitive(*BOX, 0.9, 0.55)),
        track('b', primitive(*BOX, 0.7, 0.45)),
    ]
    moved = primitive(*shape, 0.8, -0.5, yaw=0.5)
    offset = moved.rotation[:2, :2] @ [0.1, 0.05]
    seen = [
        sighting(primitive(*BOX, *(np.array([0.8, -0.5]) - offset))),
        sighting(primitive(*BOX, *(np.array([0.8, -0.5]) + offset))),
        sighting(moved),
    ]
    found = match(tracks, seen)
    assert found.track_of[2] == 0
    assert set(found.track_of[:2]) == {1, 2}
    assert found.look_alikes[0] == {found.track_of[1]}


def test_another_size_at_another_place_is_a_new_object() -> None:
    tracks = [track('a', primitive(*BOX, 0.7, 0.5))]
    found = match(tracks, [sighting(primitive(*CAN, 0.8, -0.5))])
    assert found.track_of == (-1,)


def test_an_object_that_is_gone_stays_unmatched() -> None:
    tracks = [track('a', primitive(*BOX, 0.7, 0.5)), track('b', primitive(*TALL, 0.8, 0.5))]
    found = match(tracks, [sighting(primitive(*BOX, 0.7, 0.5))])
    assert found.track_of == (0,)
    assert match(tracks, []).track_of == ()
    assert match([], [sighting(primitive(*BOX, 0.7, 0.5))]).track_of == (-1,)


def test_the_kind_is_the_one_that_explains_all_sightings_best() -> None:
    box = primitive('box', (0.04, 0.04, 0.06), 0.7, 0.5, cost=60.0)
    can = primitive(*CAN, 0.7, 0.5, cost=55.0)
    known = first_track('a', sighting(can, box), 0)
    assert known.primitive.kind == 'cylinder'
    clearly = sighting(box._replace(cost=40.0), can._replace(cost=90.0))
    known = updated_track(known, clearly, 1)
    assert known.primitive.kind == 'box'
    assert not known.settled
    known = updated_track(known, clearly, 2)
    assert known.settled
    assert updated_track(known, sighting(can._replace(cost=0.0), box), 3).primitive.kind == 'box'


def test_a_box_keeps_its_sides_and_direction() -> None:
    known = track('a', primitive(*BOX, 0.7, 0.5, yaw=0.7))
    for turn in (np.pi, np.pi / 2):
        size = (0.04, 0.05, 0.06) if turn == np.pi else (0.05, 0.04, 0.06)
        again = updated_track(known, sighting(primitive('box', size, 0.7, 0.5, 0.75 + turn)), 1)
        np.testing.assert_allclose(again.primitive.dimensions[:3], [0.04, 0.05, 0.06])
        yaw = np.arctan2(again.primitive.rotation[1, 0], again.primitive.rotation[0, 0])
        np.testing.assert_allclose(yaw, 0.75, atol=1e-9)
