"""How many onsets a bar gets where its density is given: a lean on when the next note begins.

A model that has learned little reads the density of a bar and goes on as it was. Here each next
onset leans towards where it would have to be for the rest of the bar to hold as many as are wanted.
"""

from __future__ import annotations

from math import log2

import numpy as np

from composer.composing.leans.lean import Floats, Setting, next_field
from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.tokens.fields import FIELD_SIZES, Kind
from composer.tokens.values import density_of

SIXTEENTH, TRIPLET = GRID_TICKS_PER_QUARTER // 4, GRID_TICKS_PER_QUARTER // 3
STRENGTH = 3.0
"""Logits for every octave by which a distance between onsets misses the wanted one."""
MOST_OCTAVES = 3.0
FINE = 2.0
"""Logits against onsets on neither sixteenths nor triplets: haste is no reason for them."""
SAME_ONSET_OCTAVES = 0.5
"""Another note at the same tick costs as much as a miss of so many octaves, lest chords grow."""


class NoteDensity:
    """Counts the onsets of a bar."""

    def __init__(self, setting: Setting) -> None:
        self.grammar, self.levels = setting.grammar, setting.densities
        self.onsets: set[int] = set()

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        if row[0] == Kind.BAR:
            self.onsets.clear()
        elif row[0] == Kind.NOTE:
            self.onsets.add(self.grammar.tick)

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        level = self.levels.get(self.grammar.bar)
        if level is None or not self.onsets:
            return None
        match next_field(row):
            case None:
                return self._kind(level)
            case Kind.NOTE, "beat":
                ticks = self._leans(level)
                beats = np.full(FIELD_SIZES["beat"], -STRENGTH * MOST_OCTAVES)
                best = np.maximum.reduceat(ticks, range(0, len(ticks), GRID_TICKS_PER_QUARTER))
                beats[: len(best)] = best
                return beats
            case Kind.NOTE, "position":
                start = row[1] * GRID_TICKS_PER_QUARTER
                positions = np.zeros(FIELD_SIZES["position"])
                here = self._leans(level)[start : start + GRID_TICKS_PER_QUARTER]
                positions[: len(here)] = here
                return positions
        return None

    def _kind(self, level: int) -> Floats:
        """The bar ends more readily when it has its onsets, less readily before."""
        missing = log2(max(self._wanted(level), 0.5) / len(self.onsets))
        tilt = np.zeros(FIELD_SIZES["kind"])
        tilt[[Kind.BAR, Kind.MARK]] = -STRENGTH * max(-MOST_OCTAVES, min(MOST_OCTAVES, missing))
        return tilt

    def _leans(self, level: int) -> Floats:
        """(ticks of the bar,): logits for a note that begins there."""
        ticks, now = self.grammar.bar_ticks, self.grammar.tick
        left = max(0.5, self._wanted(level) - len(self.onsets) + 1)
        distance = np.maximum(1, np.arange(ticks) - now)
        misses = np.abs(np.log2(distance * left / max(1, ticks - now)))
        misses[now] = SAME_ONSET_OCTAVES
        is_fine = (np.arange(ticks) % SIXTEENTH > 0) & (np.arange(ticks) % TRIPLET > 0)
        return -STRENGTH * np.minimum(misses, MOST_OCTAVES) - FINE * is_fine

    def _wanted(self, level: int) -> float:
        """Onsets that make a bar of the level."""
        return density_of(level) * self.grammar.bar_ticks / GRID_TICKS_PER_QUARTER
