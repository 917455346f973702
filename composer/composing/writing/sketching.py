"""The sketch of a piece: of every bar its place in the form, its phrase and its chords.

A sketch costs a tenth of the piece, so several are written and the one is kept whose phrases close
as they say they do, and whose end is one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from composer.analysis.phrases import close_at, tonic_of
from composer.music.facts import CADENCES, Chord
from composer.music.meters import grid_bar_ticks
from composer.tokens.decode import chords_of
from composer.tokens.fields import HEADER_KINDS, Kind, column_of
from composer.tokens.values import key_of, meter_of

Rows = NDArray[np.int16]
RowList = list[list[int]]

SKETCHES = 6
"""How many are written for a piece."""
_PHRASE_END = 1
"""The value of the phrase field in the last bar of a phrase."""
_ENDING, _MOVING = 2.0, 1.0
"""What the end, and harmony that moves in all bars, count beside all other closes."""
_ENDINGS = {"authentic": 1.0, "plagal": 0.7}
_ON_THE_TONIC = 0.3
_SHORTEST_PHRASE = 3
"""Bars."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """`header` are the rows before the first bar, `bars` the bar, plan and chord rows of each."""

    header: RowList
    bars: tuple[RowList, ...]

    @property
    def chords(self) -> dict[int, RowList]:
        """The chord rows of each bar (from 0)."""
        return {
            bar: [row for row in rows if row[0] == Kind.CHORD] for bar, rows in enumerate(self.bars)
        }

    @property
    def has_chords(self) -> bool:
        return any(self.chords.values())


def sketch_of(rows: Rows) -> Sketch:
    """From rows that a writer of sketches wrote: header, bars, end mark."""
    header = [row for row in rows.tolist() if row[0] in HEADER_KINDS]
    body = [row for row in rows.tolist() if row[0] in (Kind.BAR, Kind.PLAN, Kind.CHORD)]
    edges = [*(i for i, row in enumerate(body) if row[0] == Kind.BAR), len(body)]
    return Sketch(header, tuple(body[start:stop] for start, stop in pairwise(edges)))


def merit(sketch: Sketch) -> float:
    """How well the phrases of a sketch close: the share of their ends that are the cadence they
    announce, whether the last is an authentic one, the share of bars in phrases of some length, and
    that of bars in which harmony moves.
    """
    rows = np.array([*sketch.header, *(row for bar in sketch.bars for row in bar)], dtype=np.int16)
    chords = chords_of(rows)
    if not chords:
        return 0.0
    form = next(row for row in sketch.header if row[0] == Kind.FORM)
    fifths, mode = key_of(form[column_of(Kind.FORM, "key")]) or (0, "major")
    tonic = tonic_of(fifths, mode)
    ends = np.cumsum([grid_bar_ticks(*meter_of(rows[0][2])) for rows in sketch.bars]).tolist()
    kept: list[float] = []
    lengths = [0]
    for rows_of_bar, end_tick in zip(sketch.bars, ends, strict=True):
        _, _, _, _, _, phrase, cadence = rows_of_bar[0]
        lengths[-1] += 1
        if phrase == _PHRASE_END and cadence:
            kept.append(float(close_at(chords, end_tick, tonic) == CADENCES[cadence - 1]))
            lengths.append(0)
    on_tonic = _ON_THE_TONIC * (chords[-1].root == tonic)
    ending = _ENDINGS.get(close_at(chords, ends[-1], tonic), on_tonic)
    moving = _moving(chords, ends)
    phrases = sum(kept) / len(kept) if kept else 0.0
    whole = sum(length for length in lengths if length >= _SHORTEST_PHRASE) / len(sketch.bars)
    return phrases + whole + _ENDING * ending + _MOVING * moving


def _moving(chords: Sequence[Chord], ends: Sequence[int]) -> float:
    """The share of bars, which end at these ticks, in which the root changes."""
    moved = {
        bisect_right(ends, chord.tick)
        for before, chord in pairwise(chords)
        if chord.root != before.root
    }
    return len(moved) / len(ends)
