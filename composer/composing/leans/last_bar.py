"""How a piece ends: on the tonic, its root in the bass, in notes that last to the end of the bar.

A model that has learned little goes on as if there were more to come.
"""

from __future__ import annotations

import numpy as np

from composer.composing.leans.chord_tones import chord_of, tones
from composer.composing.leans.lean import Floats, Setting, next_field, only
from composer.music.chords import CHORD_INTERVALS
from composer.music.lengths import LENGTHS_TICKS
from composer.tokens.fields import FIELD_SIZES, Kind, column_of
from composer.tokens.values import key_of, tick_in_bar

END = 2.5
"""Logits for the tonic chord in the last bar of a piece, the bass first."""
DONE = 2.0
"""Logits for the end when the bass has given it: else bands go on."""
LAST = 2.0
"""Logits for a note of the last bar that lasts to its end."""
HOME = 5.0
"""Logits for the tonic as the root of the last bar's chord."""
ROOT = 3.0
"""Logits that the root has there before other notes of the chord, in the bass."""
_TONIC_PITCH_CLASS = {"major": 0, "minor": 9}  # of the key without signature


class Ending:
    """Follows the rows of a piece to its last bar; who gives the chords says what it ends on."""

    def __init__(self, setting: Setting) -> None:
        self.grammar, self.chords_are_given = setting.grammar, setting.chords_are_given
        self.mode = ""
        self.chord: tuple[int, str] | None = None
        self.bass_notes = 0
        """How many notes the bass has begun in this bar."""

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        match row[0]:
            case Kind.FORM:
                key = key_of(row[column_of(Kind.FORM, "key")])
                self.mode = key[1] if key else ""
            case Kind.BAR:
                self.bass_notes = 0
                if self._in_last_bar() and not self.chords_are_given and self.mode:
                    self.chord = (_TONIC_PITCH_CLASS[self.mode], self.mode)
            case Kind.CHORD:
                self.chord = chord_of(row)
            case Kind.NOTE:
                self.bass_notes += self.grammar.order[row[3]] == self._bass()

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        if not self._in_last_bar():
            return None
        match next_field(row):
            case None:
                return only("kind", Kind.MARK, DONE) if self.bass_notes else None
            case Kind.NOTE, "pitch":
                return self._pitch(row)
            case Kind.NOTE, "part" if self._bass() >= 0:
                bass = self.grammar.parts[self._bass()]
                return None if self.bass_notes else only("part", bass.value, END)
            case Kind.NOTE, "length":
                return self._length(row)
            case Kind.CHORD, "root" if self.mode:
                return only("root", 1 + _TONIC_PITCH_CLASS[self.mode], HOME)
        return None

    def _in_last_bar(self) -> bool:
        return self.grammar.bar == self.grammar.bars - 1

    def _bass(self) -> int:
        """The place of the last part that is no drums: scores have the bass below."""
        parts = self.grammar.parts
        return max((i for i, p in enumerate(parts) if not p.instrument.is_drums), default=-1)

    def _pitch(self, row: list[int]) -> Floats | None:
        if self.chord is None or self.chord[1] == "none":
            return None
        root, quality = self.chord
        tilt = END * tones(root, CHORD_INTERVALS[quality])
        return tilt + ROOT * tones(root, (0,)) if self._begins_the_bass(row) else tilt

    def _begins_the_bass(self, row: list[int]) -> bool:
        """Whether this is the lowest note of the bass at its onset."""
        grammar = self.grammar
        is_first = tick_in_bar(row) != grammar.tick or grammar.last_part != self._bass()
        return is_first and grammar.order[row[3]] == self._bass()

    def _length(self, row: list[int]) -> Floats:
        """Lengths that fill the last bar."""
        tilt = np.zeros(FIELD_SIZES["length"])
        tilt[: len(LENGTHS_TICKS)] = np.equal(
            LENGTHS_TICKS, self.grammar.bar_ticks - tick_in_bar(row)
        )
        return LAST * tilt
