# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What of a bag is played, and under which names."""

from __future__ import annotations

from collections.abc import Mapping

from f2p_core.bags import Bag, BagError
from f2p_replay.contract import Role, Topic, topics_in

OUTPUT_PREFIX = 'recorded/'
"""Recorded outputs are played below this, beside those of the running nodes."""


def program_of(bag: Bag) -> Mapping[str, Topic]:
    """Returns the topic of the contract for each topic of the bag that is played.

    Args:
        bag: An open bag.

    Raises:
        BagError: If it has no topic of the contract, or messages of another definition than
            today's: they would arrive as something else.
    """
    found = topics_in(bag)
    if not found:
        said = ''.join(f'; {remark}' for remark in bag.remarks())
        raise BagError(
            f'the bag {bag.path} has no topic of a failure bag; see `f2p bag check`{said}'
        )
    for topic in found.values():
        bag.require_todays(topic.type_name)
    return found


def played_name(topic: Topic) -> str:
    """Returns the name a topic is played under, relative like that of the contract."""
    return f'{OUTPUT_PREFIX}{topic.name}' if topic.role is Role.OUTPUT else topic.name
