"""Versions of a piece as a tree: undo goes to the parent, redo to the child that one came from.

Nothing is ever lost: writing on after an undo begins a branch beside what was undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from composer.composing.session.locks import Lock
from composer.errors import RequestError
from composer.music.piece import Piece

EDIT = "edit"
"""The verb of a step that was done by hand: no model, no chance."""


@dataclass(frozen=True, slots=True)
class Step:
    """What made a version of its parent: a verb by name, its arguments, and all that it hung on.

    `fingerprint` names the weights, `made_with` the versions of the program, Python and
    onnxruntime; `locks` are those that were in force.
    """

    verb: str
    arguments: Mapping[str, Any]
    seed: int
    fingerprint: str
    made_with: Mapping[str, Any]
    locks: tuple[Lock, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A piece, and how it came to be: `parent` is None for the first, and `step` where a user gave
    the piece. `locks` are in force from here on, `label` is a user's name for it."""

    parent: int | None
    piece: Piece
    step: Step | None = None
    locks: tuple[Lock, ...] = ()
    label: str = ""
    number: int = field(default=0)


class Tree:
    """Versions by number from 0, each after its parent; one of them is current.

    `ahead` says for a version to which child redo goes.
    """

    def __init__(self, versions: Iterable[Version]) -> None:
        self.versions: list[Version] = []
        self.ahead: dict[int, int] = {}
        for version in versions:
            self.add(version)
        if not self.versions:
            raise ValueError("a tree has at least one version")

    @property
    def current(self) -> Version:
        return self.versions[self._current]

    def add(self, version: Version) -> Version:
        """Add a version and make it current. Raises ValueError unless its parent is there."""
        number, parent = len(self.versions), version.parent
        if (parent is None) != (number == 0) or (parent is not None and not 0 <= parent < number):
            raise ValueError(f"version {number} has no parent {parent}")
        self.versions.append(replace(version, number=number))
        if parent is not None:
            self.ahead[parent] = number
        self._current = number
        return self.current

    def change(self, **values: Any) -> Version:
        """Give the current version other locks or another label."""
        self.versions[self._current] = replace(self.current, **values)
        return self.current

    def undo(self) -> Version:
        """Go to the parent. Raises RequestError at the first version."""
        parent = self.current.parent
        if parent is None:
            raise RequestError("nothing to undo: this is the first version")
        self.ahead[parent] = self._current
        self._current = parent
        return self.current

    def redo(self) -> Version:
        """Go to the child that was current last. Raises RequestError where there is none."""
        if self._current not in self.ahead:
            raise RequestError("nothing to redo: nothing was made of this version")
        self._current = self.ahead[self._current]
        return self.current

    def go_to(self, version: int | str) -> Version:
        """Go to a version by number or label; redo then leads to it. Raises RequestError."""
        target = self.find(version).number
        for before, after in pairwise(self.path(target)):
            self.ahead[before.number] = after.number
        self._current = target
        return self.current

    def path(self, number: int) -> list[Version]:
        """The versions from the first to this one."""
        path = [self.versions[number]]
        while path[-1].parent is not None:
            path.append(self.versions[path[-1].parent])
        return path[::-1]

    def children(self, number: int) -> list[Version]:
        """What was made of a version, in order."""
        return [version for version in self.versions if version.parent == number]

    def find(self, version: int | str) -> Version:
        """A version by number or, the latest of that name, by label. Raises RequestError."""
        for one in reversed(self.versions):
            if version != "" and version in (one.label, one.number):
                return one
        labels = ", ".join(repr(one.label) for one in self.versions if one.label)
        raise RequestError(
            f"there is no version {version!r}; there are 0 to {len(self.versions) - 1}"
            + (f", and labels {labels}" if labels else "")
        )
