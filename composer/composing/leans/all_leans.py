"""Everything that leans on a piece while it is written, beside what its request gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from composer.composing.leans.chords_and_end import Leanings
from composer.composing.leans.note_density import Pace
from composer.composing.leans.note_speed import Fingers
from composer.composing.leans.one_voice import SingleLine
from composer.composing.leans.recall_share import Returns
from composer.composing.leans.recalled_bar import Echo
from composer.composing.leans.registers import Height
from composer.composing.leans.rests import Rests
from composer.composing.leans.subdivision import Division
from composer.composing.leans.tonality import Tonality
from composer.tokens.grammar import Grammar

RowList = Sequence[list[int]]


class Leaner(Protocol):
    """Follows the rows of a piece, and adds to the logits of what comes next."""

    def advance(self, row: list[int]) -> None:
        """Take a complete row. The grammar has taken it already, and of rows that stand before
        what is written all of them."""

    def tilt(self, row: list[int]) -> NDArray[np.float64] | None:
        """What to add to the logits of the next field of a row; None for nothing."""


def leaners(
    grammar: Grammar,
    header: RowList,
    before: RowList,
    *,
    densities: Mapping[int, int],
    copied_bars: Collection[int],
    keeps_key: bool,
) -> tuple[Leaner, ...]:
    """All of them, for a piece whose `header` and bars `before` are there already.

    `densities` are the levels that are given by bar (from 0), `copied_bars` those that will not be
    written; `keeps_key` says that the key is a wish about the notes.
    """
    ends = grammar.until == grammar.bars
    free = [bar for bar in range(grammar.until) if bar not in copied_bars]
    found: tuple[Leaner, ...] = (
        Leanings(grammar, bool(grammar.chords), ends),
        Echo(grammar),
        Returns(),
        SingleLine(grammar),
        Division(grammar),
        Fingers(grammar),
        Rests(grammar, 1 + max(free, default=0), is_whole=grammar.bar < 0, comes_to_rest=ends),
        Tonality(grammar, is_asked=keeps_key),
        Height(grammar, is_whole=grammar.bar < 0),
        Pace(grammar, densities),
    )
    for leaner in found:
        for row in (*header, *before):
            leaner.advance(row)
    return found
