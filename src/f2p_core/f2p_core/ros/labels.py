# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Names behind the numbers of a segmenter: what instance label stands for which object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import re

from f2p_core.errors import InvalidInputError

DEFAULT_LABEL_NAMES = ('1000:container',)
LABEL_NAMES_HELP = (
    'Names of instance labels as label:name, an empty name for what is no object; '
    'label k stands for object_k unless it is named here'
)
_OWN_NAME = re.compile(r'object_(\d+)')


def parse_label_names(entries: Sequence[str]) -> dict[int, str]:
    """Reads entries like ``1000:container``.

    Raises:
        InvalidInputError: If an entry has another form, or a label or name is used twice.
    """
    names: dict[int, str] = {}
    for entry in entries:
        label, colon, name = entry.partition(':')
        if not colon or not label.isdigit():
            raise InvalidInputError(
                f'label name {entry!r} is not of the form label:name, for example 1000:container'
            )
        if int(label) in names or (name and name in names.values()):
            raise InvalidInputError(f'label name {entry!r} repeats a label or a name')
        names[int(label)] = name
    return names


def label_of(object_id: str, names: Mapping[int, str]) -> int:
    """Returns the instance label of an object.

    Raises:
        InvalidInputError: If the object is neither named nor called object_<number>.
    """
    for label, name in names.items():
        if name == object_id:
            return label
    own = _OWN_NAME.fullmatch(object_id)
    if own is None:
        raise InvalidInputError(
            f'no instance label for {object_id!r}; add an entry label:{object_id} to label_names'
        )
    return int(own[1])
