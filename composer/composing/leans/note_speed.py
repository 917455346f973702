"""No part plays faster than fingers: a lean against an onset too soon behind the part's last one.

A mood can ask for a tempo at which what the model takes for its usual values cannot be played.
"""

from __future__ import annotations

import numpy as np

from composer.composing.leans.lean import Floats, Setting, next_field
from composer.music.instruments import INSTRUMENTS
from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.tokens.fields import FIELD_SIZES, Kind, column_of
from composer.tokens.values import part_of, tempo_of, tick_in_bar

STRENGTH = 4.0
"""Logits against a part whose last onset is nearer than `SHORTEST_SECONDS`, but not the same."""
SHORTEST_SECONDS = 0.06
"""One of a hundred real notes follows sooner, most of them ornaments."""
_PART = column_of(Kind.NOTE, "part")


class NoteSpeed:
    """Remembers the last onset of each part."""

    def __init__(self, setting: Setting) -> None:
        self.grammar = setting.grammar
        self.shortest_ticks = 0.0
        self.last_onset: dict[int, int] = {}
        """The tick of the last onset of each part (part field)."""

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        if row[0] == Kind.BAR:
            tempo = tempo_of(row[column_of(Kind.BAR, "tempo")])
            quarters_per_second = (tempo or 0.0) / 60.0
            self.shortest_ticks = SHORTEST_SECONDS * quarters_per_second * GRID_TICKS_PER_QUARTER
        elif row[0] == Kind.NOTE and not INSTRUMENTS[part_of(row[_PART])[0]].is_drums:
            self.last_onset[row[_PART]] = self.grammar.bar_start_tick + self.grammar.tick

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        if next_field(row) != (Kind.NOTE, "part"):
            return None
        tick = self.grammar.bar_start_tick + tick_in_bar(row)
        tilt = np.zeros(FIELD_SIZES["part"])
        for part, last in self.last_onset.items():
            tilt[part] = -STRENGTH * (0 < tick - last < self.shortest_ticks)
        return tilt
