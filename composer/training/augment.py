"""What a crop may become: another key, fewer fields."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.music.instruments import INSTRUMENTS
from composer.tokens.fields import DRUM_PITCH_OFFSET, FIELD_SIZES, UNKNOWN, Kind, column_of
from composer.tokens.values import key_of, key_value, part_of

Rows = NDArray[np.int16]
DOWN, UP = -5, 6
"""Semitones: every key is reached once."""

PART, PITCH = column_of(Kind.NOTE, "part"), column_of(Kind.NOTE, "pitch")
_RANGES = np.array(
    [
        (INSTRUMENTS[index].low, INSTRUMENTS[index].high) if index < len(INSTRUMENTS) else (0, 127)
        for index in (part_of(value)[0] for value in range(FIELD_SIZES["part"]))
    ]
)
"""(part values, 2): lowest and highest pitch of the part's instrument."""


def transpose(rows: Rows, random: np.random.Generator) -> Rows:
    """The crop in another key, every part within its instrument's range where it was before."""
    pitched = (rows[:, 0] == Kind.NOTE) & (rows[:, PITCH] < DRUM_PITCH_OFFSET)
    if not pitched.any():
        return rows
    pitches, ranges = rows[pitched, PITCH], _RANGES[rows[pitched, PART]]
    down = max(DOWN, min(0, int((ranges[:, 0] - pitches).max())))
    up = min(UP, max(0, int((ranges[:, 1] - pitches).min())))
    return transposed(rows, int(random.integers(down, up + 1)))


def transposed(rows: Rows, semitones: int) -> Rows:
    """Notes, keys, chords and register `semitones` higher; drums stay."""
    if semitones == 0:
        return rows
    rows = rows.copy()
    kind = rows[:, 0]
    pitched = (kind == Kind.NOTE) & (rows[:, PITCH] < DRUM_PITCH_OFFSET)
    rows[pitched, PITCH] += semitones
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


def _transposed_keys(semitones: int) -> NDArray[np.int16]:
    """Key values after transposition, spelled with at most six sharps or flats."""
    table = np.zeros(FIELD_SIZES["key"], dtype=np.int16)
    for value in range(1, 31):
        key = key_of(value)
        assert key is not None
        fifths, mode = key
        moved = (fifths + 7 * semitones + 5) % 12 - 5
        table[value] = key_value(moved, mode)
    return table


ALL_TAGS = 0.1
"""How often a crop says nothing at all about style and mood: the unconditioned model."""

_DROPPED_SHARE: dict[tuple[Kind, str], float] = {
    (Kind.STYLE, "style"): 0.1,
    (Kind.STYLE, "composer"): 0.3,
    (Kind.STYLE, "ensemble"): 0.15,
    (Kind.STYLE, "origin"): 0.1,
    (Kind.STYLE, "dynamics"): 0.1,
    (Kind.MOOD, "valence"): 0.3,
    (Kind.MOOD, "arousal"): 0.3,
    (Kind.MOOD, "register"): 0.4,
    (Kind.MOOD, "loudness"): 0.4,
    (Kind.MOOD, "legato"): 0.4,
    (Kind.MOOD, "density"): 0.4,
    (Kind.FORM, "bars"): 0.1,
    (Kind.FORM, "meter"): 0.05,
    (Kind.FORM, "key"): 0.15,
    (Kind.FORM, "tempo"): 0.15,
    (Kind.BAR, "key"): 0.1,
    (Kind.BAR, "tempo"): 0.15,
    (Kind.PLAN, "recall_distance"): 0.25,
    (Kind.PLAN, "density"): 0.35,
    (Kind.PLAN, "valence"): 0.3,
    (Kind.PLAN, "arousal"): 0.3,
    (Kind.PART, "role"): 0.2,
}
"""How often a field is dropped from all rows of a crop."""

_DROPPED_TOGETHER = {"recall_distance": ("recall_kind", "semitones")}
CHORDS = 0.4
"""How often a crop loses its chord rows."""


def drop_fields(rows: Rows, random: np.random.Generator) -> Rows:
    """The crop with some fields unknown, so that a user may leave any of them free."""
    rows = rows.copy()
    without_tags = random.random() < ALL_TAGS
    for (kind, name), share in _DROPPED_SHARE.items():
        tag = kind in (Kind.STYLE, Kind.MOOD)
        if random.random() < share or (without_tags and tag):
            for dropped in (name, *_DROPPED_TOGETHER.get(name, ())):
                rows[rows[:, 0] == kind, column_of(kind, dropped)] = UNKNOWN
    if random.random() < CHORDS:
        rows = rows[rows[:, 0] != Kind.CHORD]
    return rows
