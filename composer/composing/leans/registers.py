"""Where each part lies: as another piece does, or where such parts lie in real music.

Both lean on pitches. Without the second chords under two hands climb, and tunes lie high.
"""

from __future__ import annotations

import numpy as np

from composer.composing.leans.lean import Floats, Setting, next_field
from composer.composing.leans.part_statistics import Register, usual_register
from composer.music.piece import Part
from composer.tokens.fields import DRUM_PITCH_OFFSET, FIELD_SIZES, UNKNOWN, Kind, column_of
from composer.tokens.values import pitch_of_register, role_of

LEAST_SPREAD = 3.0
"""Of a part that hardly moves, in semitones."""
_PART = column_of(Kind.NOTE, "part")

MEMORY_NOTES = 32
"""Over about so many notes the height of a part is averaged."""
KEYBOARD_SPREAD = 6.0
"""That of a lone keyboard around the register of its header, in semitones."""
AT_EASE = 0.5
"""Within this share of the spread a part may lie wherever it is: a piece has its own curve."""
PULL = 0.02
"""Logits a semitone of pitch, for every semitone that the average is farther away."""


def register_of(part: Part) -> Register | None:
    """The register of a part with pitches, else None."""
    if part.is_drums or not part.notes:
        return None
    pitches = np.array([note.pitch for note in part.notes])
    return Register(float(pitches.mean()), float(pitches.std()))


class AskedRegisters:
    """Each part is drawn to its register in the piece that is an influence, as it sounds there."""

    def __init__(self, setting: Setting) -> None:
        self.grammar, self.registers = setting.grammar, setting.registers

    def advance(self, row: list[int]) -> None:
        """A register does not change."""

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        if next_field(row) != (Kind.NOTE, "pitch") or row[_PART] not in self.registers:
            return None
        register = self.registers[row[_PART]]
        tilt = np.zeros(FIELD_SIZES["pitch"])
        apart = np.arange(DRUM_PITCH_OFFSET) + self.grammar.semitones - register.mean
        tilt[:DRUM_PITCH_OFFSET] = -0.5 * (apart / max(LEAST_SPREAD, register.spread)) ** 2
        return tilt


class UsualRegisters:
    """A part is drawn back to where such parts lie.

    How far it may lie from there depends on how far they do from piece to piece. Where a piece is
    there already, not `is_whole`, its parts lie where it has them. A lone keyboard lies where its
    header says, given or written there by the model for the style and mood.
    """

    def __init__(self, setting: Setting) -> None:
        self.grammar, self.is_whole = setting.grammar, setting.is_whole
        self.level = UNKNOWN
        self.places: dict[int, Register] = {}
        """As the piece sounds, by part field."""
        self.means: dict[int, float] = {}

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        if row[0] == Kind.MOOD:
            self.level = row[column_of(Kind.MOOD, "register")]
        elif row[0] == Kind.PART:
            usual = usual_register(row[1], role_of(row[3]))
            if usual is not None:
                self.places[row[1]] = usual
        elif row[0] == Kind.NOTE and (place := self._place(row[3])):
            mean = self.means.get(row[3], place.mean)
            self.means[row[3]] = mean + (row[4] + self.grammar.semitones - mean) / MEMORY_NOTES

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        if next_field(row) != (Kind.NOTE, "pitch"):
            return None
        place = self._place(row[3])
        if place is None or row[3] not in self.means:
            return None
        off = self.means[row[3]] - place.mean
        beyond = np.sign(off) * max(0.0, abs(off) - AT_EASE * place.spread)
        if not beyond:
            return None
        tilt = np.zeros(FIELD_SIZES["pitch"])
        apart = np.arange(DRUM_PITCH_OFFSET) + self.grammar.semitones - place.mean
        tilt[:DRUM_PITCH_OFFSET] = -PULL * beyond * apart
        return tilt

    def _place(self, part: int) -> Register | None:
        parts = self.grammar.parts
        if self.level != UNKNOWN and len(parts) == 1 and parts[0].instrument.has_two_hands:
            middle = pitch_of_register(self.level) + self.grammar.semitones
            return Register(middle, KEYBOARD_SPREAD)
        return self.places.get(part) if self.is_whole else None
