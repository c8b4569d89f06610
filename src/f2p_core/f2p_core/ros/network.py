# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A ROS network of one's own: a free domain, nothing beyond this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import os
import socket

from f2p_core.errors import F2PError

_PORT_BASE = 32768
"""A domain is taken by binding the port _PORT_BASE + id, as ament's domain_coordinator does."""

_DOMAINS = 100
"""Domains 1 to 100: higher ones take ports that Linux hands out to others."""


class NetworkError(F2PError):
    """No ROS domain is free."""


@contextmanager
def free_domain() -> Iterator[int]:
    """Yields a ROS domain id (1 to 100) nobody who asks this way uses, and keeps it taken.

    Raises:
        NetworkError: If all are taken.
    """
    first = os.getpid()  # other containers on this network begin elsewhere
    for i in range(_DOMAINS):
        domain = 1 + (first + i) % _DOMAINS
        taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            taken.bind(('127.0.0.1', _PORT_BASE + domain))
        except OSError:
            taken.close()
            continue
        with taken:
            yield domain
        return
    raise NetworkError(f'all {_DOMAINS} ROS domains are taken; stop what you no longer need')


def local_environment(domain: int) -> dict[str, str]:
    """Returns the variables that keep a process to one domain of this machine."""
    return {'ROS_DOMAIN_ID': str(domain), 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}


@contextmanager
def own_network() -> Iterator[int]:
    """Puts this process and its children on a free domain of this machine, for the block."""
    with free_domain() as domain, joined_network(domain):
        yield domain


@contextmanager
def joined_network(domain: int) -> Iterator[int]:
    """Puts this process and its children on a domain of this machine, for the block."""
    ours = local_environment(domain)
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield domain
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
