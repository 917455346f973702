"""How alike two bars are: in pitch classes, in rhythm, in chords.

Conventions: 1 is the same, 0 has nothing in common; nan where neither bar has what is compared.
Pitch classes: the common area of the shares of the twelve, notes weighed by their length (Yang and
Lerch 2020 compare whole pieces so). Rhythm: onsets in common over all onsets of both, on the grid.
Chords: the share of the bar in which both have a chord of one root and, where both have thirds, of
one kind, as `composer.analysis.chord_finding` hears them. Drums count for rhythm only.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from composer.analysis.chord_finding import chords_of_table
from composer.analysis.table import Floats, NoteTable, note_table
from composer.errors import RequestError
from composer.music.bars import Bar
from composer.music.chords import CHORD_INTERVALS, PLAIN_QUALITIES
from composer.music.facts import Chord
from composer.music.piece import GRID_TICKS_PER_QUARTER, Piece

_SAMPLES_A_QUARTER = 4


class Alike(NamedTuple):
    """Of two bars, or the means over several."""

    pitch_classes: float
    rhythm: float
    chords: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A piece ready to be compared bar by bar."""

    table: NoteTable
    chords: tuple[Chord, ...]

    def of_bar(self, bar: int) -> NoteTable:
        return self.table.select(self.table.bar == bar)

    def chord_at(self, tick: int) -> Chord | None:
        place = bisect_right(self.chords, tick, key=lambda chord: chord.tick) - 1
        found = self.chords[place] if place >= 0 else None
        return None if found is None or found.quality == "none" else found


def validate(piece: Piece) -> None:
    """Raises RequestError for a piece that is not on the grid."""
    if piece.ticks_per_quarter != GRID_TICKS_PER_QUARTER:
        raise RequestError(
            f"bars are compared at {GRID_TICKS_PER_QUARTER} ticks a quarter, the piece has "
            f"{piece.ticks_per_quarter}; normalise it first"
        )


def bars_to_compare(piece: Piece) -> Bars:
    validate(piece)
    table = note_table(piece)
    return Bars(table, chords_of_table(table, piece))


def evaluate(first: Bars, second: Bars, pairs: Iterable[tuple[int, int]]) -> Alike:
    """Means over pairs of bars (from 0), one of each piece; of one length each."""
    found = np.array([_compared(first, second, *pair) for pair in pairs]).reshape(-1, 3)
    known = ~np.isnan(found)
    sums, counts = np.where(known, found, 0.0).sum(0), known.sum(0)
    means = np.divide(sums, counts, out=np.full(3, np.nan), where=counts > 0)
    return Alike(*means.tolist())


def _compared(first: Bars, second: Bars, bar: int, other: int) -> Alike:
    one, two = first.of_bar(bar), second.of_bar(other)
    return Alike(
        _common_area(_pitch_classes(one.pitched()), _pitch_classes(two.pitched())),
        _common_share(one.onset_in_bar.tolist(), two.onset_in_bar.tolist()),
        _same_chords(first, second, first.table.bars[bar], second.table.bars[other]),
    )


def _pitch_classes(table: NoteTable) -> Floats:
    """Shares of the twelve, (12,); zeros where nothing sounds."""
    weights = np.bincount(table.pitch % 12, weights=np.maximum(table.length, 1), minlength=12)
    return np.asarray(weights / max(1.0, float(weights.sum())))


def _common_area(one: Floats, two: Floats) -> float:
    return float(np.minimum(one, two).sum()) if one.any() or two.any() else float("nan")


def _common_share(one: Iterable[int], two: Iterable[int]) -> float:
    first, second = set(one), set(two)
    either = first | second
    return len(first & second) / len(either) if either else float("nan")


def _same_chords(first: Bars, second: Bars, bar: Bar, other: Bar) -> float:
    step = GRID_TICKS_PER_QUARTER // _SAMPLES_A_QUARTER
    heard = [
        (first.chord_at(bar.start_tick + tick), second.chord_at(other.start_tick + tick))
        for tick in range(0, min(bar.length_ticks, other.length_ticks), step)
    ]
    some = [(one, two) for one, two in heard if one or two]
    same = [one is not None and two is not None and _is_same(one, two) for one, two in some]
    return float(np.mean(same)) if same else float("nan")


def _is_same(one: Chord, two: Chord) -> bool:
    thirds = [
        {3, 4} & {*CHORD_INTERVALS[PLAIN_QUALITIES.get(chord.quality, chord.quality)]}
        for chord in (one, two)
    ]
    return one.root == two.root and (thirds[0] == thirds[1] or not all(thirds))
