"""Where each part lies: as another piece does, or a lone keyboard where its header says.

Both lean on pitches. Without the second, chords under two hands drift upwards bar by bar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
from composer.tokens.values import pitch_of_register

LEAST_SPREAD = 3.0

MEMORY_NOTES = 48
"""Over about so many notes the height of a keyboard is averaged."""
AT_EASE_SEMITONES = 5.0
"""So far from where it belongs the average may lie: a piece has its own curve."""
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
    """Follows the rows of a piece of `grammar`; a lone keyboard is drawn back to the register that
    the header names, given or written there by the model for the style and mood."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.middle: float | None = None
        self.mean = 0.0

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        if row[0] == Kind.MOOD:
            level = row[column_of(Kind.MOOD, "register")]
            self.middle = None if level == UNKNOWN else pitch_of_register(level)
            self.mean = self.middle or 0.0
        elif row[0] == Kind.NOTE and self.middle is not None:
            self.mean += (row[4] - self.mean) / MEMORY_NOTES

    def tilt(self, row: list[int]) -> NDArray[np.float64] | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        if not row or Kind(row[0]) != Kind.NOTE or ROW_FIELDS[Kind.NOTE][len(row) - 1] != "pitch":
            return None
        parts = self.grammar.parts
        if self.middle is None or len(parts) != 1 or not parts[0].instrument.has_two_hands:
            return None
        off = self.mean - self.middle
        beyond = np.sign(off) * max(0.0, abs(off) - AT_EASE_SEMITONES)
        if not beyond:
            return None
        tilt = np.zeros(FIELD_SIZES["pitch"])
        tilt[:DRUM_PITCH_OFFSET] = -PULL * beyond * (np.arange(DRUM_PITCH_OFFSET) - self.middle)
        return tilt
