# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""JSON files that state the SHA-256 of their own text, so that no changed bit is believed.

A sealed file is a JSON object whose first field is ``sha256``: that of every byte behind it.
"""

from __future__ import annotations

import hashlib
import json
import re

from f2p_core.errors import DamagedError

_SEAL = re.compile(rb'\{"sha256":"([0-9a-f]{64})",')
_CHANGED = 'it was changed or cut'


def seal(text: bytes) -> bytes:
    """Returns a JSON object's text with its SHA-256 as first field.

    Args:
        text: UTF-8 JSON of an object with at least one field.
    """
    rest = text.strip()[1:] + b'\n'
    return b'{"sha256":"' + hashlib.sha256(rest).hexdigest().encode() + b'",' + rest


def is_sealed(content: bytes) -> bool:
    """Says whether a file's content begins like a sealed one."""
    return _SEAL.match(content) is not None


def unseal(content: bytes, source: str) -> bytes:
    """Returns what was sealed.

    Args:
        content: A file's content.
        source: Where it is from, for the message.

    Raises:
        DamagedError: If it was changed, cut short, or never sealed; says where it stops being
            JSON if it does.
    """
    match = _SEAL.match(content)
    if match is None:
        raise DamagedError(
            f'{source}: it does not begin with its SHA-256: {_CHANGED}, or an older version of '
            'this software wrote it'
        )
    rest = content[match.end() :]
    if hashlib.sha256(rest).hexdigest().encode() != match[1]:
        place = _place(content)
        raise DamagedError(f'{source}: it does not have the SHA-256 it states: {_CHANGED}{place}')
    return b'{' + rest


def _place(content: bytes) -> str:
    """Where a text stops being JSON, in words; empty where it is JSON of something else."""
    try:
        json.loads(content)
    except json.JSONDecodeError as error:
        return f', at line {error.lineno}, column {error.colno}, or before'
    except UnicodeDecodeError as error:
        return f', at byte {error.start}'
    except RecursionError:
        return ''
    return ''
