"""Who was asked to play plays, before the piece is over."""

from __future__ import annotations

import numpy as np

from composer.composing.leans.lean import (
    RULED_OUT,
    Floats,
    Setting,
    next_field,
    nothing_but,
    only,
)
from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.tokens.fields import Kind
from composer.tokens.grammar import Grammar

CERTAIN = 20.0
"""Logits for what is due: it comes, unless the model is surer of something that stands before."""
LAST_ENTRY = 0.75
"""How far through a piece a part that never played comes in."""


class EverybodyPlays:
    """Who has not played by then comes in, in order, and the piece does not end before.

    That is known only of a piece that begins here.
    """

    def __init__(self, setting: Setting) -> None:
        self.grammar, self.until = setting.grammar, setting.until
        self.is_whole = setting.is_whole
        self.heard: set[int] = set()

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        if row[0] == Kind.NOTE:
            self.heard.add(row[3])

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        unheard = self._unheard()
        if not unheard:
            return None
        is_last = self.grammar.bar + 1 >= self.until
        match next_field(row):
            case None if is_last:
                tilt = only("kind", Kind.NOTE, CERTAIN)  # a chord that is due may still come first
                tilt[[Kind.BAR, Kind.MARK]] = RULED_OUT
                return tilt
            case Kind.NOTE, ("beat" | "position") if is_last and self._can_come_in(unheard):
                beat, position = divmod(self.grammar.tick, GRID_TICKS_PER_QUARTER)
                here = ("beat", beat) if len(row) == 1 else ("position", position)
                return only(*here, CERTAIN)
            case Kind.NOTE, "part" if is_late(self.grammar, self.until):
                tilt = nothing_but("part", *unheard)
                tilt[unheard] = -np.arange(len(unheard))  # since notes of a tick go by part
                return tilt
        return None

    def _unheard(self) -> list[int]:
        """The parts that must play and never did, in order."""
        parts = self.grammar.parts if self.is_whole else ()
        return [part.value for part in parts if part.value not in self.heard]

    def _can_come_in(self, unheard: list[int]) -> bool:
        """Whether one of them can still begin a note at this tick."""
        return any(self.grammar.order[value] > self.grammar.last_part for value in unheard)


def is_late(grammar: Grammar, until: int) -> bool:
    """Whether parts that never played are due."""
    return grammar.bar + 1 >= LAST_ENTRY * until
