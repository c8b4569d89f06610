# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The window forgets what is old or too much, and keeps what still holds."""

from __future__ import annotations

from bag_material import image, model_version, SECOND_NS, transform

from f2p_replay.window import Recorded, Thinning, Window


def times_s(messages: tuple[Recorded, ...]) -> list[float]:
    return [m.time_ns / SECOND_NS for m in messages]


def filled(window: Window, *messages: Recorded) -> Window:
    for message in messages:
        window.add(message)
    return window


def test_the_oldest_go() -> None:
    window = filled(Window(5.0, 10**6, 0.0), *(transform('/tf', t) for t in range(10)))
    assert times_s(window.messages()) == [4, 5, 6, 7, 8, 9]


def test_memory_is_bounded() -> None:
    frames = [image('depth', t, pixels=1000) for t in range(50)]
    window = filled(Window(100.0, 4 * len(frames[0].data), 0.0), *frames)
    assert times_s(window.messages()) == [46, 47, 48, 49]


def test_one_message_is_kept_however_large() -> None:
    window = filled(Window(1.0, 10, 0.0), image('depth', 1, pixels=1000))
    assert len(window.messages()) == 1


def test_what_is_latched_stays_whatever_its_age() -> None:
    window = filled(
        Window(5.0, 10**6, 0.0),
        model_version(1, 0.0),
        transform('/tf_static', 1.0),
        model_version(2, 2.0),
        *(transform('/tf', t) for t in range(3, 30)),
    )
    kept = window.messages()
    held = {m.topic.name: m.data for m in kept if m.topic.delivery.latched}
    assert set(held) == {'/tf_static', 'model_version'}
    assert held['model_version'] == model_version(2, 0.0).data
    assert times_s(kept) == sorted(times_s(kept))
    assert kept[0].time_ns == 24 * SECOND_NS  # a bag does not begin long before the rest


def test_frames_are_kept_whole_and_not_too_often() -> None:
    frames = [image(n, t / 10) for t in range(20) for n in ('labels', 'depth')]
    kept = filled(Window(100.0, 10**6, 0.5), *frames).messages()
    for name in ('labels', 'depth'):
        stamps = [m.stamp_ns / SECOND_NS for m in kept if m.topic.name == name]
        assert stamps == [0.0, 0.5, 1.0, 1.5]


def test_a_late_part_of_a_frame_belongs_to_it() -> None:
    window = filled(
        Window(100.0, 10**6, 0.5),
        image('depth', 1.0),
        image('depth', 1.6),
        image('labels', 1.0, time_s=1.7),
    )
    assert [m.stamp_ns for m in window.messages()] == [SECOND_NS, 1.6 * SECOND_NS, SECOND_NS]


def test_time_that_jumps_back_begins_anew() -> None:
    window = filled(
        Window(5.0, 10**6, 0.5),
        model_version(3, 99.0),
        image('depth', 100.0),
        image('depth', 10.0),
        image('depth', 10.5),
    )
    kept = window.messages()
    assert [m.topic.name for m in kept] == ['model_version', 'depth', 'depth']
    assert times_s(kept) == [10, 10, 10.5]


def test_thinned_keeps_the_evidence() -> None:
    frames = tuple(image('depth', t) for t in range(20))
    others = (transform('/tf', 0.5), transform('/tf', 0.6))
    thinning = Thinning(8.0, [3 * SECOND_NS, round(6.4 * SECOND_NS)])
    kept = thinning.chosen((*frames, *others))
    stamps = [m.stamp_ns // SECOND_NS for m in kept if m.topic.per_frame]
    assert stamps == [3, 6, 14]
    assert [m for m in kept if not m.topic.per_frame] == list(others)


def test_thinned_takes_messages_without_frames() -> None:
    assert Thinning(8.0, [0]).chosen((transform('/tf', 1.0),)) == (transform('/tf', 1.0),)


def test_thinned_goes_on_in_the_next_part() -> None:
    """Evidence that comes late is kept, and both halves of a frame, but no frame in between."""
    thinning = Thinning(8.0, [3 * SECOND_NS, 6 * SECOND_NS])
    first = thinning.chosen((image('depth', 3.0), image('depth', 5.0)))
    assert [m.stamp_ns // SECOND_NS for m in first] == [3, 5]
    late = (image('labels', 5.0), image('labels', 4.0), image('depth', 6.0), image('depth', 14.0))
    assert [m.stamp_ns // SECOND_NS for m in thinning.chosen(late)] == [5, 6, 14]


def test_what_came_since_a_mark() -> None:
    window = filled(Window(100.0, 10**6, 0.0), transform('/tf', 1.0), transform('/tf', 1.0))
    _, mark = window.marked()
    assert window.newer(mark) == ((), mark)
    window.add(transform('/tf', 1.0))
    newer, next_mark = window.newer(mark)
    assert newer == (transform('/tf', 1.0),)
    assert window.newer(next_mark)[0] == ()
    window.add(transform('/tf', 0.5))  # another run
    window.add(transform('/tf', 0.6))
    assert window.newer(next_mark) == ((), next_mark)


def test_what_the_window_let_go_is_not_newer() -> None:
    window = filled(Window(1.0, 10**6, 0.0), transform('/tf', 1.0))
    _, mark = window.marked()
    for t in (2.0, 3.0, 4.0):
        window.add(transform('/tf', t))
    assert times_s(window.newer(mark)[0]) == [3, 4]


def test_stamps_of_either_byte_order() -> None:
    message = image('depth', 7.25)
    swapped = bytearray(message.data)
    swapped[1] &= 0xFE
    swapped[4:8], swapped[8:12] = swapped[4:8][::-1], swapped[8:12][::-1]
    assert message.stamp_ns == message._replace(data=bytes(swapped)).stamp_ns == 7_250_000_000
