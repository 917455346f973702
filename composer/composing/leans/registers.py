"""Where each part lies: as another piece does, or where such parts lie in real music.

Both lean on pitches. Without the second chords under two hands climb, and tunes lie high.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from composer.composing.leans.part_statistics import usual_register
from composer.music.piece import Part
from composer.tokens.fields import (
    DRUM_PITCH_OFFSET,
    FIELD_SIZES,
    ROW_FIELDS,
    UNKNOWN,
    Kind,
    column_of,
)
from composer.tokens.grammar import Grammar
from composer.tokens.values import pitch_of_register, role_of

LEAST_SPREAD = 3.0

MEMORY_NOTES = 32
"""Over about so many notes the height of a part is averaged."""
KEYBOARD_SPREAD = 6.0
"""That of a lone keyboard around the register of its header, in semitones."""
AT_EASE = 0.5
"""Within this share of the spread a part may lie wherever it is: a piece has its own curve."""
PULL = 0.02
"""Logits a semitone of pitch, for every semitone that the average is farther away."""


class Register(NamedTuple):
    """Mean and standard deviation of the MIDI pitches of a part."""

    mean: float
    spread: float


def register_of(part: Part) -> Register | None:
    """The register of a part with pitches, else None."""
    if part.is_drums or not part.notes:
        return None
    pitches = np.array([note.pitch for note in part.notes])
    return Register(float(pitches.mean()), float(pitches.std()))


def pitch_tilt(
    row: list[int], registers: Mapping[int, Register], grammar: Grammar
) -> NDArray[np.float64] | None:
    """Logits for the pitch of a note whose part is there; None for nothing.

    `registers` are those of the part fields, as the piece is to sound.
    """
    if not row or Kind(row[0]) != Kind.NOTE or ROW_FIELDS[Kind.NOTE][len(row) - 1] != "pitch":
        return None
    register = registers.get(row[1 + ROW_FIELDS[Kind.NOTE].index("part")])
    if register is None:
        return None
    tilt = np.zeros(FIELD_SIZES["pitch"])
    apart = np.arange(DRUM_PITCH_OFFSET) + grammar.semitones - register.mean
    tilt[:DRUM_PITCH_OFFSET] = -0.5 * (apart / max(LEAST_SPREAD, register.spread)) ** 2
    return tilt


class Height:
    """Follows the rows of a piece of `grammar`; a part is drawn back to where such parts lie.

    How far it may lie from there depends on how far they do from piece to piece. Where a piece is
    there already, not `is_whole`, its parts lie where it has them. A lone keyboard lies where its
    header says, given or written there by the model for the style and mood.
    """

    def __init__(self, grammar: Grammar, *, is_whole: bool) -> None:
        self.grammar, self.is_whole = grammar, is_whole
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
                self.places[row[1]] = Register(*usual)
        elif row[0] == Kind.NOTE and (place := self._place(row[3])):
            mean = self.means.get(row[3], place.mean)
            self.means[row[3]] = mean + (row[4] + self.grammar.semitones - mean) / MEMORY_NOTES

    def tilt(self, row: list[int]) -> NDArray[np.float64] | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        if not row or Kind(row[0]) != Kind.NOTE or ROW_FIELDS[Kind.NOTE][len(row) - 1] != "pitch":
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
