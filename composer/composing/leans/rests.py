"""Who has rested too long: a lean towards parts that wait, and every player plays.

How long a part may rest is learned: the share of bars in which such a part rests in real music.
Drums, bass and strings hardly do, brass waits for half a page.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.composing.leans.lean import only
from composer.composing.leans.part_statistics import rest_share
from composer.music.instruments import INSTRUMENTS
from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.tokens.fields import FIELD_SIZES, ROW_FIELDS, Kind
from composer.tokens.grammar import Grammar
from composer.tokens.values import part_of, role_of

Floats = NDArray[np.float64]

PATIENCE_BARS = 8
"""So long may a part rest that nearly always rests; others as much less as they rest less."""
STEP, MOST = 2.0, 8.0
"""Logits that a part gains for each further bar, and at most."""
CERTAIN = 20.0
"""Logits that leave nothing to chance."""
LAST_ENTRY = 0.75
"""How far through a piece a part that never played comes in."""
SILENT = 5.0
"""Logits against leaving a bar in which nothing begins; one of 200 real bars is like that."""
LEAD = 5.0
"""Logits for the leading part in the last bar, so that it is there before the bass ends it."""


class Rests:
    """Follows the rows of a piece of `grammar` whose bars before `until` (from 0) are written.

    `is_whole` says that the piece begins here, so that who never plays is known; `comes_to_rest`
    that it ends here.
    """

    def __init__(
        self, grammar: Grammar, until: int, *, is_whole: bool, comes_to_rest: bool
    ) -> None:
        self.grammar, self.until = grammar, until
        self.is_whole, self.comes_to_rest = is_whole, comes_to_rest
        self.patience: dict[int, float] = {}
        self.lead = -1
        self.first_bar = grammar.bar + 1
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
        if not row:
            return self._kind()
        match Kind(row[0]), ROW_FIELDS[Kind(row[0])][len(row) - 1]:
            case Kind.NOTE, "part":
                return self._part()
            case Kind.NOTE, ("beat" | "position") if self._comes_in_now():
                beat, position = divmod(self.grammar.tick, GRID_TICKS_PER_QUARTER)
                return only(*(("beat", beat) if len(row) == 1 else ("position", position)), CERTAIN)
        return None

    def _kind(self) -> Floats | None:
        """No end before everybody has played, and hardly a bar in which nothing begins."""
        tilt = np.zeros(FIELD_SIZES["kind"])
        if self.grammar.bar + 1 >= self.until and self._unheard():
            tilt[[Kind.BAR, Kind.MARK]] = -CERTAIN
            tilt[Kind.NOTE] = CERTAIN
        elif self._is_silent_bar():
            tilt[[Kind.BAR, Kind.MARK]] = -SILENT
        return tilt if tilt.any() else None

    def _is_silent_bar(self) -> bool:
        """Whether nothing begins in this bar so far, and nobody plays beside what is written."""
        grammar = self.grammar
        is_written = grammar.bar >= self.first_bar and not grammar.silent
        return is_written and grammar.bar not in self.last_bar_of_part.values()

    def _comes_in_now(self) -> bool:
        """Whether a part that never played can still come in at this tick of the last bar."""
        if self.grammar.bar + 1 < self.until:
            return False
        orders = [self.grammar.order[value] for value in self._unheard()]
        return any(order > self.grammar.last_part for order in orders)

    def _unheard(self) -> list[int]:
        """The parts that must play and never did, in order."""
        if not self.is_whole:
            return []
        return [
            part.value for part in self.grammar.parts if part.value not in self.last_bar_of_part
        ]

    def _lacks_lead(self) -> bool:
        """Whether the last bar has nothing of the part that leads."""
        is_last = self.comes_to_rest and self.grammar.bar + 1 == self.grammar.bars
        return is_last and self.last_bar_of_part.get(self.lead) != self.grammar.bar

    def _part(self) -> Floats | None:
        bar = self.grammar.bar
        tilt = np.zeros(FIELD_SIZES["part"])
        for value, patience in self.patience.items():
            waited = bar - self.last_bar_of_part.get(value, self.first_bar - 1) - 1 - patience
            tilt[value] = min(MOST, STEP * max(0.0, waited))
        if bar + 1 >= LAST_ENTRY * self.until:
            for place, value in enumerate(self._unheard()):
                tilt[value] = CERTAIN - place  # in order, since notes of a tick go by part
        if self._lacks_lead() and self.lead >= 0:
            tilt[self.lead] += LEAD
        return tilt if tilt.any() else None
