# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Which version of the model is in use, and every word that was said about versions.

Both are one file of the store, so that the version in use and the reason for it change together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
import os
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from f2p_core.disk import set_aside
from f2p_core.files import write_sealed
from f2p_core.models import Value
from f2p_effects.errors import DecisionError, EffectsError
from f2p_effects.store_files import read_document

Version = Annotated[int, Field(ge=1)]
Digest = Annotated[str, Field(pattern=r'^[0-9a-f]{64}$')]


class ModelState(StrEnum):
    """What became of a version."""

    ACTIVE = 'active'
    AWAITING = 'awaiting'
    REJECTED = 'rejected'
    RETIRED = 'retired'


class Decision(Value):
    """One word about one version.

    Attributes:
        version, digest: Which one.
        activated: Whether it was put into use; else it was rejected.
        who: Who decided; empty: a program, without asking anybody.
        when_ns: When, on the clock of the machine [ns]; 0: not known.
        why: Why; may be empty.
    """

    version: Version
    digest: Digest
    activated: bool
    who: str = ''
    when_ns: Annotated[int, Field(ge=0)] = 0
    why: str = ''


class ActivePointer(Value):
    """Which version is in use, and all decisions, oldest first."""

    schema_version: Literal[1] = 1
    version: Version
    digest: Digest
    decisions: tuple[Decision, ...] = ()

    def moved(self, decision: Decision) -> ActivePointer:
        """Returns the pointer after a decision."""
        decisions = (*self.decisions, decision)
        if not decision.activated:
            return self.model_copy(update={'decisions': decisions})
        return first_pointer(decision, self._with_the_active_one())

    def _with_the_active_one(self) -> tuple[Decision, ...]:
        """The decisions, also where nobody noted how the active version came into use."""
        if any(_is_about(d, self.version, self.digest) for d in self.decisions):
            return self.decisions
        unnoted = Decision(version=self.version, digest=self.digest, activated=True)
        return (*self.decisions, unnoted)


class Word(NamedTuple):
    """What somebody says about a version: which one, who says it, and why."""

    version: int
    digest: str
    who: str
    why: str


class ActiveFile:
    """The file with the pointer; whoever writes holds the store's lock.

    Args:
        path: The file.
        clock: Time of the machine [ns], by which decisions are dated.
    """

    def __init__(self, path: Path, clock: Callable[[], int]) -> None:
        self._path = path
        self._clock = clock

    def read(self) -> ActivePointer | None:
        """Returns the pointer; ``None`` when no version was ever put into use.

        Raises:
            EffectsError: If the file is not readable.
        """
        if not os.path.lexists(self._path):
            return None
        return read_document(ActivePointer, self._path)

    def activate(self, word: Word) -> None:
        """Puts a version into use; a file that is not readable is set aside and begins anew.

        Raises:
            StorageError: If it cannot be written.
        """
        try:
            pointer = self.read()
        except EffectsError as error:
            set_aside(self._path, error)
            pointer = None
        decision = self._decision(word, activated=True)
        self._write(first_pointer(decision) if pointer is None else pointer.moved(decision))

    def reject(self, word: Word) -> None:
        """Notes that a version is not wanted.

        Raises:
            EffectsError: If the file is not readable.
            DecisionError: If the version is in use, or none is.
        """
        pointer = self.read()
        if pointer is None or pointer.version == word.version:
            raise DecisionError(
                f'version {word.version} is in use or no version is; activate another one first'
            )
        self._write(pointer.moved(self._decision(word, activated=False)))

    def _decision(self, word: Word, *, activated: bool) -> Decision:
        return Decision(activated=activated, when_ns=self._clock(), **word._asdict())

    def _write(self, pointer: ActivePointer) -> None:
        write_sealed(self._path, pointer)


class Standing(NamedTuple):
    """How a version stands, and the last word about it, if there was any."""

    state: ModelState
    decision: Decision | None


def first_pointer(decision: Decision, earlier: Sequence[Decision] = ()) -> ActivePointer:
    """Returns the pointer to the version that a decision puts into use."""
    return ActivePointer(
        version=decision.version, digest=decision.digest, decisions=(*earlier, decision)
    )


def standing_of(pointer: ActivePointer | None, version: int, digest: str) -> Standing:
    """Returns how a version stands.

    Args:
        pointer: Of the store; ``None``: no version was ever put into use.
        version: Its number.
        digest: Its digest: a number can be given anew after a version was deleted.
    """
    said = () if pointer is None else pointer.decisions
    about = [d for d in said if _is_about(d, version, digest)]
    last = about[-1] if about else None
    if pointer is not None and (pointer.version, pointer.digest) == (version, digest):
        return Standing(ModelState.ACTIVE, last)
    if last is None:
        return Standing(ModelState.AWAITING, None)
    return Standing(ModelState.RETIRED if last.activated else ModelState.REJECTED, last)


def _is_about(decision: Decision, version: int, digest: str) -> bool:
    return (decision.version, decision.digest) == (version, digest)
