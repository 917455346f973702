"""Rows in another key. The model reads and writes every piece in the key without signature.

With all music in C major or A minor, nothing has to be learned twelve times; a piece is moved
there before the model reads it, and back to its key after it has written (docs/experiments.md
has the figures).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from composer.tokens.fields import DRUM_PITCH_OFFSET, FIELD_SIZES, UNKNOWN, Kind, column_of
from composer.tokens.values import key_of, key_value

Rows = NDArray[np.int16]


def semitones_to_common_key(fifths: int) -> int:
    """How far to move a piece with this key signature so that it has none: -5..6 semitones."""
    return (-7 * fifths + 5) % 12 - 5


def in_common_key(rows: Rows) -> tuple[Rows, int]:
    """The rows moved to the key without signature, and by how many semitones.

    The key is that of the form row; where it is unknown nothing moves.
    """
    form = rows[rows[:, 0] == Kind.FORM]
    key = key_of(int(form[0, column_of(Kind.FORM, "key")])) if len(form) else None
    semitones = semitones_to_common_key(key[0]) if key else 0
    return transposed(rows, semitones), semitones


def transposed(rows: Rows, semitones: int) -> Rows:
    """Notes, keys, chords and register `semitones` higher; drums stay."""
    if semitones == 0:
        return rows
    rows = rows.copy()
    kind = rows[:, 0]
    pitch = column_of(Kind.NOTE, "pitch")
    pitched = (kind == Kind.NOTE) & (rows[:, pitch] < DRUM_PITCH_OFFSET)
    rows[pitched, pitch] = np.clip(rows[pitched, pitch] + semitones, 0, DRUM_PITCH_OFFSET - 1)
    keys = _transposed_keys(semitones)
    for with_key in (Kind.FORM, Kind.BAR):
        column = column_of(with_key, "key")
        rows[kind == with_key, column] = keys[rows[kind == with_key, column]]
    for name in ("root", "bass"):
        column = column_of(Kind.CHORD, name)
        known = (kind == Kind.CHORD) & (rows[:, column] != UNKNOWN)
        rows[known, column] = (rows[known, column] - 1 + semitones) % 12 + 1
    register = column_of(Kind.MOOD, "register")
    known = (kind == Kind.MOOD) & (rows[:, register] != UNKNOWN)
    rows[known, register] = np.clip(rows[known, register] + round(semitones / 6), 1, 8)
    return rows


@cache
def _transposed_keys(semitones: int) -> NDArray[np.int16]:
    """Key values after transposition, spelled with at most six sharps or five flats."""
    table = np.zeros(FIELD_SIZES["key"], dtype=np.int16)
    for value in range(1, 31):
        key = key_of(value)
        assert key is not None
        fifths, mode = key
        table[value] = key_value((fifths + 7 * semitones + 5) % 12 - 5, mode)
    return table
