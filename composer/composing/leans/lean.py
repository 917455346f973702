"""What a lean is: it follows the rows of a piece and adds to the logits of what comes next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from composer.composing.leans.part_statistics import Register
from composer.tokens.fields import FIELD_SIZES, ROW_FIELDS, Kind
from composer.tokens.grammar import Grammar

Floats = NDArray[np.float64]

RULED_OUT = -np.inf
"""What a rule adds to the logits of values that may not be."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What leans may know of the rows to be written, before the first of them.

    `densities` are the levels that are given by bar (from 0), `copied_bars` those that will not be
    written; `keeps_key` says that the key is a wish about the notes, `chords_are_given` whose the
    chords of the grammar are; `registers` are where parts (part fields) are to lie.
    """

    grammar: Grammar
    densities: Mapping[int, int] = field(default_factory=dict)
    copied_bars: Collection[int] = ()
    keeps_key: bool = False
    chords_are_given: bool = False
    registers: Mapping[int, Register] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether the piece begins here."""
        return self.grammar.bar < 0

    @property
    def comes_to_rest(self) -> bool:
        """Whether the piece ends here, on its tonic."""
        return self.grammar.until == self.grammar.bars

    @property
    def until(self) -> int:
        """The bar (from 0) behind the last that is written."""
        free = (bar for bar in range(self.grammar.until) if bar not in self.copied_bars)
        return 1 + max(free, default=0)


class Follower(Protocol):
    """A lean at work on one piece."""

    def advance(self, row: list[int]) -> None:
        """Take a complete row. The grammar has taken it already, and of rows that stand before
        what is written all of them."""

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""


NAMED = tuple(tuple((kind, name) for name in ROW_FIELDS[kind]) for kind in Kind)
"""Kind and name of each field of each kind of row."""


class Lean(NamedTuple):
    """A lean of the table: how to make it (None where it has nothing to do), and why it is there.

    A "rule" is one of playing, and rules out what breaks it; a "control" brings what was asked for;
    what is "weak" makes up for weights that have learned little, and is to go when better ones do
    without it. `measured` is what the lean brings, or where that is told.
    """

    make: Callable[[Setting], Follower | None]
    purpose: Literal["rule", "control", "weak"]
    why: str
    measured: str


def next_field(row: list[int]) -> tuple[Kind, str] | None:
    """Kind and name of the next field of a row; None where its kind comes next."""
    return NAMED[row[0]][len(row) - 1] if row else None


def only(name: str, value: int, lean: float) -> Floats:
    """`lean` for one value of a field and nothing for the others; (values of the field,)."""
    tilt = np.zeros(FIELD_SIZES[name])
    tilt[value] = lean
    return tilt


def nothing_but(name: str, *values: int) -> Floats:
    """All values of a field but these ruled out; (values of the field,)."""
    tilt = np.full(FIELD_SIZES[name], RULED_OUT)
    tilt[[*values]] = 0.0
    return tilt
