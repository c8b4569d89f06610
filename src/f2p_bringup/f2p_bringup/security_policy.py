# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The SROS2 policy of the stack, written from the table of who does what.

``python -m f2p_bringup.security_policy [NAMESPACE ...]`` prints it, for the robots of those
namespaces (without any: for one in the root namespace). A test holds the file in the repository
equal to what this prints. Format: version 0.2.0 of sros2's policy schema.
"""

from __future__ import annotations

from collections.abc import Sequence
import re
import sys
import xml.etree.ElementTree as ET

from f2p_bringup.access import Access, EVERY_NODE, MANAGED_NODE, NODES_ACCESS, PEOPLE
from f2p_bringup.errors import BringupError
from f2p_bringup.node_table import NODES

ENCLAVES = '/f2p'
"""Every participant has the enclave ``/f2p/<name>``."""

_HEADER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!-- SPDX-FileCopyrightText: 2026 Fail2Progress developers -->\n'
    '<!-- SPDX-License-Identifier: Apache-2.0 -->\n'
    '<!-- Written by python -m f2p_bringup.security_policy from the table in access.py. -->\n'
)
_EXPRESSIONS = (
    ('publishes', 'topics', 'publish', 'topic'),
    ('subscribes', 'topics', 'subscribe', 'topic'),
    ('serves', 'services', 'reply', 'service'),
    ('requests', 'services', 'request', 'service'),
    ('executes', 'actions', 'execute', 'action'),
    ('calls', 'actions', 'call', 'action'),
)
"""Field of ``Access`` → element, attribute that allows it, element of one name."""


def granted() -> dict[str, Access]:
    """Returns everything each participant may do, people included.

    Raises:
        BringupError: If a node of the node table has no access of its own.
    """
    access = {}
    for spec in NODES:
        if spec.executable not in NODES_ACCESS:
            raise BringupError(f'the node {spec.executable} is missing in access.NODES_ACCESS')
        own = NODES_ACCESS[spec.executable].joined(EVERY_NODE)
        access[spec.executable] = own.joined(MANAGED_NODE) if spec.is_managed else own
    return access | {name: own.joined(EVERY_NODE) for name, own in PEOPLE.items()}


def policy(namespaces: Sequence[str] = ('/',)) -> str:
    """Returns the policy as XML.

    Args:
        namespaces: Of the robots, each with a leading slash.

    Raises:
        BringupError: If a namespace is none.
    """
    for namespace in namespaces:
        if not re.fullmatch(r'/|(/[A-Za-z_]\w*)+', namespace):
            raise BringupError(f'{namespace!r} is no namespace; give for example /robot_1')
    root = ET.Element('policy', version='0.2.0')
    enclaves = ET.SubElement(root, 'enclaves')
    for name, access in granted().items():
        enclave = ET.SubElement(enclaves, 'enclave', path=f'{ENCLAVES}/{name}')
        profiles = ET.SubElement(enclave, 'profiles')
        for namespace in namespaces:
            profile = ET.SubElement(profiles, 'profile', ns=namespace, node=name)
            _allow(profile, access)
    ET.indent(root)
    return _HEADER + ET.tostring(root, encoding='unicode') + '\n'


def _allow(profile: ET.Element, access: Access) -> None:
    for field, group, verb, one in _EXPRESSIONS:
        names = getattr(access, field)
        if names:
            element = ET.SubElement(profile, group, {verb: 'ALLOW'})
            for name in sorted(names):
                ET.SubElement(element, one).text = name


def main(arguments: Sequence[str]) -> int:
    """Prints the policy; returns the exit status."""
    try:
        print(policy(arguments or ('/',)), end='')
    except BringupError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
