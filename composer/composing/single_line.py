"""A part that leads has one note at a time, as melodies of the corpora do.

In 586 parts there whose role is the melody (tunes aside, which fiddlers double) no two notes begin
together; a model that has learned little gives a guitar that leads the chords that guitars play.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.composing.tilts import only
from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.tokens.fields import Kind, column_of
from composer.tokens.grammar import Grammar
from composer.tokens.values import role_of

STRENGTH = 10.0
"""Logits against a second note of the melody at its onset."""
_PART = column_of(Kind.NOTE, "part")


class SingleLine:
    """Follows the rows of a piece of `grammar`."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.leading: set[int] = set()
        """Parts (part fields) that have the melody."""

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        if row[0] == Kind.PART and role_of(row[column_of(Kind.PART, "role")]) == "melody":
            self.leading.add(row[column_of(Kind.PART, "part")])

    def tilt(self, row: list[int]) -> NDArray[np.float64] | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        grammar = self.grammar
        if not row or row[0] != Kind.NOTE or len(row) != _PART or grammar.last_part < 0:
            return None
        last = grammar.parts[grammar.last_part].value
        is_together = row[1] * GRID_TICKS_PER_QUARTER + row[2] == grammar.tick
        return only("part", last, -STRENGTH) if is_together and last in self.leading else None
