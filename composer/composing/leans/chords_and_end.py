"""What leans on notes while they are written: chords that hold, and the end.

A model that has learned little forgets a field that it was given; these lean on its logits, never
forbid. `docs/experiments.md` says what each of them brings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.analysis.texture import beat_ticks
from composer.composing.leans.lean import only
from composer.music.chords import CHORD_INTERVALS
from composer.music.facts import CHORD_QUALITIES
from composer.music.lengths import LENGTHS_TICKS
from composer.music.meters import grid_bar_ticks
from composer.music.piece import GRID_TICKS_PER_QUARTER, MeterChange
from composer.tokens.fields import DRUM_PITCH_OFFSET, FIELD_SIZES, ROW_FIELDS, Kind, column_of
from composer.tokens.grammar import Grammar
from composer.tokens.values import key_of, meter_of, tick_in_bar

Floats = NDArray[np.float64]

GIVEN_CHORD, GIVEN_CHORD_OFF_BEAT = 2.5, 0.8
"""Logits for the notes of a chord that was given, on the strong beats of a bar and elsewhere."""
OWN_CHORD, OWN_CHORD_OFF_BEAT = 0.5, 0.1
"""The same for a chord that the model wrote."""
END = 2.5
"""Logits for the tonic chord in the last bar of a piece, and against the end before it is whole."""
DONE = 2.0
"""Logits for the end when it is, under two hands, which else strike it again and again."""
LAST = 1.0
"""Logits for a note of the last bar that lasts to its end."""
HOME = 5.0
"""Logits for the tonic as the root of the last bar's chord."""
ROOT = 3.0
"""Logits that the root has there before other notes of the chord, in the bass."""
CHORD = 3
"""Notes that make a whole chord under two hands."""
FULL_CHORD, LAST_CHORD = (4, -0.5), (3, -2.0)
"""Notes of a full chord under two hands, and logits against one more at an onset for each that
sounds beyond it; the same in the last bar. Of 35,000 real onsets a ninetieth has six or more."""
_TONIC_PITCH_CLASS = {"major": 0, "minor": 9}  # of the key without signature


class Leanings:
    """Follows the rows of a piece of `grammar`; `chords_are_given` says whose its chords are.

    `comes_to_rest` says whether the piece ends here, on its tonic.
    """

    def __init__(self, grammar: Grammar, chords_are_given: bool, comes_to_rest: bool) -> None:
        self.grammar = grammar
        self.chords_are_given, self.comes_to_rest = chords_are_given, comes_to_rest
        self.mode = ""
        self.strong_ticks: tuple[int, ...] = (0,)
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
                self.strong_ticks = strong_ticks(row[column_of(Kind.BAR, "meter")])
                if self._in_last_bar() and not self.chords_are_given and self.mode:
                    self.chord = (_TONIC_PITCH_CLASS[self.mode], self.mode)
            case Kind.CHORD:
                self.chord = (row[3] - 1, CHORD_QUALITIES[row[4] - 1])
            case Kind.NOTE:
                self.bass_notes += self.grammar.order[row[3]] == self._bass()

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        if not row:
            return self._kind()
        match Kind(row[0]), ROW_FIELDS[Kind(row[0])][len(row) - 1]:
            case Kind.NOTE, "pitch":
                return self._pitch(row)
            case Kind.NOTE, "position":
                together = self._together(row) if self._in_last_bar() else None
                return self._thickness(row) if together is None else together
            case Kind.NOTE, "beat" if self._in_last_bar():
                return self._together(row)
            case Kind.NOTE, "part" if self._in_last_bar() and self._bass() >= 0:
                bass = self.grammar.parts[self._bass()]
                return None if self.bass_notes else only("part", bass.value, END)
            case Kind.NOTE, "length" if self._in_last_bar():
                return self._length(row)
            case Kind.CHORD, "root" if self._in_last_bar() and self.mode:
                return only("root", 1 + _TONIC_PITCH_CLASS[self.mode], HOME)
        return None

    def _in_last_bar(self) -> bool:
        return self.comes_to_rest and self.grammar.bar == self.grammar.bars - 1

    def _kind(self) -> Floats | None:
        """No end while the last chord is not whole; when it is, rather one under two hands."""
        if not self._in_last_bar() or not self.bass_notes:
            return None
        if not self._chord_is_whole():
            return only("kind", Kind.MARK, -END)
        has_two_hands = self.grammar.parts[self._bass()].instrument.has_two_hands
        return only("kind", Kind.MARK, DONE) if has_two_hands else None

    def _chord_is_whole(self) -> bool:
        """Whether the bass, or both hands, have given the last bar its chord."""
        bass = self.grammar.parts[self._bass()].instrument
        return self.bass_notes >= (CHORD if bass.has_two_hands else 1)

    def _together(self, row: list[int]) -> Floats | None:
        """The notes of a last chord that is not whole yet begin together."""
        if not self.bass_notes or self._chord_is_whole():
            return None
        beat, position = divmod(self.grammar.tick, GRID_TICKS_PER_QUARTER)
        if len(row) == 1:
            return only("beat", beat, END)
        return only("position", position, END) if row[1] == beat else None

    def _bass(self) -> int:
        """The place of the last part that is no drums: scores have the bass below."""
        parts = self.grammar.parts
        return max((i for i, p in enumerate(parts) if not p.instrument.is_drums), default=-1)

    def _pitch(self, row: list[int]) -> Floats | None:
        if self.chord is None or self.chord[1] == "none":
            return None
        strong = tick_in_bar(row) in self.strong_ticks
        root, quality = self.chord
        if self._in_last_bar():
            tilt = END * _tones(root, CHORD_INTERVALS[quality])
            return tilt + ROOT * _tones(root, (0,)) if self._begins_the_bass(row) else tilt
        if self.chords_are_given:
            lean = GIVEN_CHORD if strong else GIVEN_CHORD_OFF_BEAT
        else:
            lean = OWN_CHORD if strong else OWN_CHORD_OFF_BEAT
        return lean * _tones(root, CHORD_INTERVALS[quality])

    def _begins_the_bass(self, row: list[int]) -> bool:
        """Whether this is the lowest note of the bass at its onset."""
        grammar = self.grammar
        is_first = tick_in_bar(row) != grammar.tick or grammar.last_part != self._bass()
        return is_first and grammar.order[row[3]] == self._bass()

    def _thickness(self, row: list[int]) -> Floats | None:
        grammar = self.grammar
        beat, position = divmod(grammar.tick, GRID_TICKS_PER_QUARTER)
        if row[1] != beat or grammar.last_part < 0:
            return None
        part = grammar.parts[grammar.last_part]
        full, thick = LAST_CHORD if self._in_last_bar() else FULL_CHORD
        surplus = part.notes_sounding(grammar.bar_start_tick + grammar.tick) - full
        if surplus <= 0 or not part.instrument.has_two_hands:
            return None
        return only("position", position, thick * surplus)

    def _length(self, row: list[int]) -> Floats:
        """Lengths that fill the last bar."""
        tilt = np.zeros(FIELD_SIZES["length"])
        tilt[: len(LENGTHS_TICKS)] = np.equal(
            LENGTHS_TICKS, self.grammar.bar_ticks - tick_in_bar(row)
        )
        return LAST * tilt


def strong_ticks(meter_field: int) -> tuple[int, ...]:
    """The first beat of a bar, and its middle where it has four beats or more."""
    meter = MeterChange(0, *meter_of(meter_field))
    bar_ticks = grid_bar_ticks(*meter[1:])
    beats = bar_ticks // beat_ticks(meter, GRID_TICKS_PER_QUARTER)
    return (0, bar_ticks // 2) if beats >= 4 and beats % 2 == 0 else (0,)


def _tones(root: int, intervals: tuple[int, ...]) -> Floats:
    """1 for every pitch at these intervals above a root, drums aside: (pitch values,)."""
    pitches = np.arange(FIELD_SIZES["pitch"])
    tones = np.isin(pitches % 12, [(root + interval) % 12 for interval in intervals])
    tilt: Floats = (tones & (pitches < DRUM_PITCH_OFFSET)).astype(np.float64)
    return tilt
