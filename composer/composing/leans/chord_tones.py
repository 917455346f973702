"""Chords that were given: their tones are leaned on, most on strong beats."""

from __future__ import annotations

from functools import cache

import numpy as np

from composer.analysis.texture import beat_ticks
from composer.composing.leans.lean import Floats, Setting, next_field
from composer.music.chords import CHORD_INTERVALS, telling_intervals
from composer.music.facts import CHORD_QUALITIES
from composer.music.meters import grid_bar_ticks
from composer.music.piece import GRID_TICKS_PER_QUARTER, MeterChange
from composer.tokens.fields import DRUM_PITCH_OFFSET, FIELD_SIZES, Kind, column_of
from composer.tokens.values import meter_of, tick_in_bar

ON_STRONG_BEATS, ELSEWHERE = 2.5, 0.8
"""Logits for the notes of the chord that holds."""
UNHEARD = 2.5
"""Logits for its root and third while neither has sounded in the bar."""


class ChordTones:
    """The last bar is left to the ending, where the piece comes to rest."""

    def __init__(self, setting: Setting) -> None:
        self.grammar, self.comes_to_rest = setting.grammar, setting.comes_to_rest
        self.strong_ticks: tuple[int, ...] = (0,)
        self.chord: tuple[int, str] | None = None
        """Root (pitch class) and quality."""
        self.is_heard = False
        """Whether its root or its third has begun since it, or this bar, did."""

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        if row[0] == Kind.BAR:
            self.strong_ticks = strong_ticks(row[column_of(Kind.BAR, "meter")])
            self.is_heard = False
        elif row[0] == Kind.CHORD:
            self.chord, self.is_heard = chord_of(row), False
        elif row[0] == Kind.NOTE and self.chord is not None:
            pitch = row[column_of(Kind.NOTE, "pitch")]
            self.is_heard |= bool(tones(self.chord[0], telling_intervals(self.chord[1]))[pitch])

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        is_last = self.comes_to_rest and self.grammar.bar == self.grammar.bars - 1
        if next_field(row) != (Kind.NOTE, "pitch") or is_last:
            return None
        if self.chord is None or self.chord[1] == "none":
            return None
        root, quality = self.chord
        lean = ON_STRONG_BEATS if tick_in_bar(row) in self.strong_ticks else ELSEWHERE
        tilt = lean * tones(root, CHORD_INTERVALS[quality])
        return tilt if self.is_heard else tilt + UNHEARD * tones(root, telling_intervals(quality))


def chord_of(row: list[int]) -> tuple[int, str]:
    """Root (pitch class) and quality of a chord row."""
    return row[3] - 1, CHORD_QUALITIES[row[4] - 1]


def strong_ticks(meter_field: int) -> tuple[int, ...]:
    """The first beat of a bar, and its middle where it has four beats or more."""
    meter = MeterChange(0, *meter_of(meter_field))
    bar_ticks = grid_bar_ticks(*meter[1:])
    beats = bar_ticks // beat_ticks(meter, GRID_TICKS_PER_QUARTER)
    return (0, bar_ticks // 2) if beats >= 4 and beats % 2 == 0 else (0,)


@cache
def tones(root: int, intervals: tuple[int, ...]) -> Floats:
    """1 for pitches at these intervals above a root, drums aside; (pitch values,), read only."""
    pitches = np.arange(FIELD_SIZES["pitch"])
    found = np.isin(pitches % 12, [(root + interval) % 12 for interval in intervals])
    tilt: Floats = (found & (pitches < DRUM_PITCH_OFFSET)).astype(np.float64)
    tilt.flags.writeable = False
    return tilt
