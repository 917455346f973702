"""What a crop may become: with fewer parts, at another tempo, with fewer fields known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.music.lengths import TEMPI
from composer.tokens.fields import UNKNOWN, Kind, column_of
from composer.tokens.values import WITHOUT_CHORDS

Rows = NDArray[np.int16]
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
    (Kind.BAR, "phrase"): 0.25,
    (Kind.PLAN, "recall_distance"): 0.25,
    (Kind.PLAN, "density"): 0.35,
    (Kind.PLAN, "valence"): 0.3,
    (Kind.PLAN, "arousal"): 0.3,
    (Kind.PART, "role"): 0.2,
}
"""How often a field is dropped from all rows of a crop."""

_DROPPED_TOGETHER = {"recall_distance": ("recall_kind", "semitones"), "phrase": ("cadence",)}
CHORDS = 0.2
"""How often a crop loses its chord rows; its header says so."""
PARTS = 0.1
"""How often a crop of several parts loses some of them."""
TEMPO = 0.5
"""How often a crop is played faster or slower, and how far at most in steps of the tempo field."""
TEMPO_STEPS = 2

_WITH_A_PART = (Kind.PART, Kind.DYNAMICS, Kind.NOTE)


def augmented(rows: Rows, random: np.random.Generator) -> Rows:
    """The crop as another piece might have been: fewer parts, a little faster or slower."""
    return _at_another_tempo(_with_fewer_parts(rows, random), random)


def without_facts(rows: Rows) -> Rows:
    """The crop without what its bars say of themselves: no chords, all plans unknown."""
    rows = without_chords(rows)
    rows[rows[:, 0] == Kind.PLAN, 1:] = UNKNOWN
    for name in ("phrase", "cadence"):
        rows[rows[:, 0] == Kind.BAR, column_of(Kind.BAR, name)] = UNKNOWN
    return rows


def without_chords(rows: Rows) -> Rows:
    """The crop without its chord rows, and a header that says so."""
    rows = rows[rows[:, 0] != Kind.CHORD]
    rows[rows[:, 0] == Kind.STYLE, column_of(Kind.STYLE, "chords")] = WITHOUT_CHORDS
    return rows


def _with_fewer_parts(rows: Rows, random: np.random.Generator) -> Rows:
    """Some parts leave; what is left is no ensemble by name, nor as dense as the bars say."""
    parts = rows[rows[:, 0] == Kind.PART, column_of(Kind.PART, "part")]
    if len(parts) < 3 or random.random() >= PARTS:
        return rows
    gone = random.choice(parts, int(random.integers(1, len(parts) - 1)), replace=False)
    leaves = np.zeros(len(rows), dtype=bool)
    for kind in _WITH_A_PART:
        leaves |= (rows[:, 0] == kind) & np.isin(rows[:, column_of(kind, "part")], gone)
    rows = rows[~leaves].copy()
    for kind, name in (
        (Kind.STYLE, "ensemble"),
        (Kind.MOOD, "register"),
        (Kind.MOOD, "density"),
        (Kind.PLAN, "density"),
    ):
        rows[rows[:, 0] == kind, column_of(kind, name)] = UNKNOWN
    return rows


def _at_another_tempo(rows: Rows, random: np.random.Generator) -> Rows:
    """All tempi moved by the same few steps, where none leaves the table."""
    if random.random() >= TEMPO:
        return rows
    steps = int(random.integers(-TEMPO_STEPS, TEMPO_STEPS + 1))
    rows = rows.copy()
    for kind in (Kind.FORM, Kind.BAR):
        column = column_of(kind, "tempo")
        known = (rows[:, 0] == kind) & (rows[:, column] != UNKNOWN)
        rows[known, column] = np.clip(rows[known, column] + steps, 1, len(TEMPI))
    return rows


def drop_fields(rows: Rows, random: np.random.Generator) -> Rows:
    """The crop with some fields unknown, so that a user may leave any of them free."""
    rows = rows.copy()
    without_tags = random.random() < ALL_TAGS
    for (kind, name), share in _DROPPED_SHARE.items():
        tag = kind in (Kind.STYLE, Kind.MOOD)
        if random.random() < share or (without_tags and tag):
            for dropped in (name, *_DROPPED_TOGETHER.get(name, ())):
                rows[rows[:, 0] == kind, column_of(kind, dropped)] = UNKNOWN
    return without_chords(rows) if random.random() < CHORDS else rows
