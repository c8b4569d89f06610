# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""No changed bit of a sealed text is believed."""

from __future__ import annotations

import json

import pytest

from f2p_core.errors import DamagedError
from f2p_core.seal import is_sealed, seal, unseal

TEXT = b'{"a": [1.5, "\xc3\xa4"],\n "b": null}'


def test_what_was_sealed_is_returned_and_stays_json() -> None:
    sealed = seal(TEXT)
    assert is_sealed(sealed)
    assert unseal(sealed, 'x.json') == TEXT + b'\n'
    assert list(json.loads(sealed)) == ['sha256', 'a', 'b']
    assert seal(b' \n' + TEXT + b'\n\n') == sealed


def test_every_flipped_bit_and_every_cut_is_refused() -> None:
    sealed = seal(TEXT)
    for position in range(len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[position] ^= 1 << bit
            with pytest.raises(DamagedError, match=r'^x\.json: .*it was changed or cut'):
                unseal(bytes(changed), 'x.json')
        with pytest.raises(DamagedError):
            unseal(sealed[:position], 'x.json')
    with pytest.raises(DamagedError):
        unseal(sealed + b' ', 'x.json')


def test_the_place_is_named_where_it_stops_being_json() -> None:
    sealed = seal(TEXT)
    with pytest.raises(DamagedError, match='at line 1, column 85, or before'):
        unseal(sealed.replace(b'1.5', b'1.x'), 'x.json')
    with pytest.raises(DamagedError, match='at byte 89'):
        unseal(sealed.replace(b'\xc3', b'\xff'), 'x.json')
    nested = seal(b'{"a": ' + b'[' * 100_000 + b'}')
    with pytest.raises(DamagedError):
        unseal(nested[:-3], 'x.json')


def test_what_was_never_sealed_is_refused() -> None:
    assert not is_sealed(TEXT)
    with pytest.raises(DamagedError, match='does not begin with its SHA-256'):
        unseal(TEXT, 'x.json')
