"""Where each part lies, when a piece is to lie as another does: a lean on pitches, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from composer.music.piece import Part
from composer.tokens.fields import DRUM_PITCH_OFFSET, FIELD_SIZES, ROW_FIELDS, Kind
from composer.tokens.grammar import Grammar

LEAST_SPREAD = 3.0


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
