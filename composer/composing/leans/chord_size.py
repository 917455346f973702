"""Under two hands four notes are a full chord: what sounds beyond it is leaned against."""

from __future__ import annotations

from composer.composing.leans.lean import Floats, Setting, next_field, only
from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.tokens.fields import Kind
from composer.tokens.grammar import Grammar

FULL_CHORD, SURPLUS = 4, -0.5
"""Notes of a full chord under two hands, and logits against one more at an onset for each that
sounds beyond it. Of 35,000 real onsets a ninetieth has six or more."""


class ChordSize:
    """The last bar is left to the ending, where the piece comes to rest."""

    def __init__(self, setting: Setting) -> None:
        self.grammar, self.comes_to_rest = setting.grammar, setting.comes_to_rest

    def advance(self, row: list[int]) -> None:
        """The grammar knows what sounds."""

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        is_last = self.comes_to_rest and self.grammar.bar == self.grammar.bars - 1
        if next_field(row) != (Kind.NOTE, "position") or is_last:
            return None
        return against_more(self.grammar, row, FULL_CHORD, SURPLUS)


def against_more(grammar: Grammar, row: list[int], full: int, lean: float) -> Floats | None:
    """`lean` against another note at this onset of who plays with two hands, for each note that
    sounds beyond `full`; (positions,)."""
    beat, position = divmod(grammar.tick, GRID_TICKS_PER_QUARTER)
    if row[1] != beat or grammar.last_part < 0:
        return None
    part = grammar.parts[grammar.last_part]
    surplus = part.notes_sounding(grammar.bar_start_tick + grammar.tick) - full
    if surplus <= 0 or not part.instrument.has_two_hands:
        return None
    return only("position", position, lean * surplus)
