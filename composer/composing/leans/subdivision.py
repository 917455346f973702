"""A beat is divided in one way: what has begun on its sixteenths goes on there, triplets likewise.

Where many play the model mixes them in up to four times as many beats as people do: each player is
written for himself, and one slip leads to the next.
"""

from __future__ import annotations

import numpy as np

from composer.composing.leans.lean import Floats, Setting, next_field
from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.tokens.fields import FIELD_SIZES, Kind

STRENGTH = 3.0
"""Logits against a place that no division of the beat has."""
_PLACES = np.arange(FIELD_SIZES["position"])
_DIVISIONS = tuple(_PLACES % (GRID_TICKS_PER_QUARTER // parts) == 0 for parts in (8, 6))
"""Masks (positions,): 32nds, and triplets of sixteenths."""


class Subdivision:
    """Remembers how the latest beat is divided."""

    def __init__(self, setting: Setting) -> None:
        self.grammar = setting.grammar
        self.beat = (-1, -1)
        """Bar and beat of the last note."""
        self.possible = _DIVISIONS
        """The divisions that have every place at which a note of that beat begins."""

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        if row[0] != Kind.NOTE:
            return
        if (self.grammar.bar, row[1]) != self.beat:
            self.beat, self.possible = (self.grammar.bar, row[1]), _DIVISIONS
        self.possible = tuple(mask for mask in self.possible if mask[row[2]])

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        if next_field(row) != (Kind.NOTE, "position"):
            return None
        goes_on = (self.grammar.bar, row[1]) == self.beat and self.possible
        places = np.any(goes_on or _DIVISIONS, axis=0)
        return np.where(places, 0.0, -STRENGTH)
