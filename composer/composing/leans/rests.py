"""Who has rested too long: a lean towards parts that wait, and every player plays.

How long a part may rest is learned: the share of bars in which such a part rests in real music.
Drums, bass and strings hardly do, brass waits for half a page.
"""

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
from composer.composing.leans.part_statistics import rest_share
from composer.music.instruments import INSTRUMENTS
from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.tokens.fields import FIELD_SIZES, Kind
from composer.tokens.grammar import Grammar
from composer.tokens.values import part_of, role_of

PATIENCE_BARS = 8
"""So long may a part rest that nearly always rests; others as much less as they rest less."""
STEP, MOST = 2.0, 8.0
"""Logits that a part gains for each further bar, and at most."""
CERTAIN = 20.0
"""Logits for what is due: it comes, unless the model is surer of something that stands before."""
LAST_ENTRY = 0.75
"""How far through a piece a part that never played comes in."""
SILENT = 5.0
"""Logits against leaving a bar in which nothing begins; one of 200 real bars is like that."""
LEAD = 5.0
"""Logits for the leading part in the last bar, so that it is there before the bass ends it."""


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


class Rests:
    """Counts the bars in which each part has begun no note."""

    def __init__(self, setting: Setting) -> None:
        self.grammar, self.until = setting.grammar, setting.until
        self.is_whole, self.comes_to_rest = setting.is_whole, setting.comes_to_rest
        self.patience: dict[int, float] = {}
        self.lead = -1
        self.first_bar = setting.grammar.bar + 1
        self.last_bar_of_part: dict[int, int] = {}

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        if row[0] == Kind.PART:
            _, value, _, role, *_ = row
            self.patience[value] = PATIENCE_BARS * rest_share(value, role_of(role))
            is_pitched = not INSTRUMENTS[part_of(value)[0]].is_drums
            if role_of(role) == "melody" or (self.lead < 0 and is_pitched):
                self.lead = value
        elif row[0] == Kind.NOTE:
            self.last_bar_of_part[row[3]] = self.grammar.bar

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        match next_field(row):
            case None if self._is_silent_bar():
                return only("kind", Kind.BAR, -SILENT) + only("kind", Kind.MARK, -SILENT)
            case Kind.NOTE, "part":
                return self._part()
        return None

    def _is_silent_bar(self) -> bool:
        """Whether nothing begins in this bar so far, and nobody plays beside what is written."""
        grammar = self.grammar
        is_written = grammar.bar >= self.first_bar and not grammar.silent
        return is_written and grammar.bar not in self.last_bar_of_part.values()

    def _lacks_lead(self) -> bool:
        """Whether the last bar has nothing of the part that leads."""
        is_last = self.comes_to_rest and self.grammar.bar + 1 == self.grammar.bars
        return is_last and self.last_bar_of_part.get(self.lead) != self.grammar.bar

    def _part(self) -> Floats | None:
        bar = self.grammar.bar
        is_due = self.is_whole and is_late(self.grammar, self.until)
        tilt = np.zeros(FIELD_SIZES["part"])
        for value, patience in self.patience.items():
            last = self.last_bar_of_part.get(value)
            if last is None and is_due:
                continue  # a rule brings it in
            waited = bar - (self.first_bar - 1 if last is None else last) - 1 - patience
            tilt[value] = min(MOST, STEP * max(0.0, waited))
        if self._lacks_lead() and self.lead >= 0:
            tilt[self.lead] += LEAD
        return tilt if tilt.any() else None
