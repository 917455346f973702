"""Bring any piece onto the grid that the model reads and writes.

What may change, and only this (`docs/event-format.md` states each rule): ticks are rounded to 24
a quarter, bars get meters that the grid knows, lengths are snapped to the table, two notes of one
part never share onset and pitch or overlap on one pitch, velocities become levels and accents,
tempi become metronome marks at bar lines, and at most 16 parts remain; a last note does not ring
over the last bar line. (`on_grid` does the same for a page, with all parts and tempi.)
`normalise(normalise(piece)) == normalise(piece)`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from composer.errors import UnreadablePieceError
from composer.music.bars import Bar, bars_of
from composer.music.instruments import BY_NAME
from composer.music.lengths import LENGTHS_TICKS, TEMPI, floor_length, nearest_length_index
from composer.music.lengths import nearest_tempo_index as nearest_tempo
from composer.music.meters import (
    LONGEST_BAR_TICKS,
    SHORTEST_BEAT_TICKS,
    grid_bar_ticks,
    grid_meters,
    meter_of_length,
)
from composer.music.piece import (
    GRID_TICKS_PER_QUARTER,
    KeyChange,
    MeterChange,
    Note,
    Part,
    Piece,
    TempoChange,
    notes_of,
)
from composer.music.source import Source, with_words_moved

MOST_PARTS = 16
MOST_PARTS_OF_AN_INSTRUMENT = 4
LEVEL_VELOCITY = 16
"""Velocity between two dynamic levels: ppp 16, pp 32, p 48, mp 64, mf 80, f 96, ff 112."""
ACCENT_VELOCITY = 8
LEVELS = 7
MOST_ACCENT = 2

Ints = NDArray[np.int64]


def normalise(piece: Piece) -> Piece:
    """The same piece on the grid. Raises `UnreadablePieceError` if no note remains."""
    grid = _Grid.of(piece)
    parts = _merge_surplus(_placed(piece, grid))
    return replace(_on_grid(piece, grid, parts), tempi=grid.tempi(piece))


def on_grid(piece: Piece) -> Piece:
    """The piece on the grid as a page needs it: with all its parts, and every tempo as it is, where
    it is. Raises `UnreadablePieceError` if no note remains."""
    grid = _Grid.of(piece)
    tempi = (tempo._replace(tick=grid.tick_at(tempo.tick)) for tempo in piece.tempi)
    return replace(_on_grid(piece, grid, _placed(piece, grid)), tempi=tuple(tempi))


def _placed(piece: Piece, grid: _Grid) -> list[_GridPart]:
    return [_GridPart(part, grid.place(_columns(part.notes))) for part in piece.parts]


def _on_grid(piece: Piece, grid: _Grid, placed: list[_GridPart]) -> Piece:
    """The piece with the parts that were placed, tempi left as they are."""
    parts = [part for part in placed if part.columns.shape[1]]
    if not parts:
        raise UnreadablePieceError(f"{piece.title or 'the piece'} has no notes")
    columns = [_without_ring(_separate(part.columns), grid.end_tick) for part in parts]
    last_tick = max(int((c[0] + c[1]).max()) for c in columns)
    meters, end_tick = grid.meters(last_tick)
    starts = np.array([bar.start_tick for bar in _bars(meters, end_tick)])
    columns = [_with_levels(column, starts) for column in columns]
    if len(np.unique(np.concatenate([column[3] for column in columns]))) <= 2:
        for column in columns:
            column[3] = 0  # flat: nobody has decided the dynamics
    return replace(
        piece,
        parts=tuple(
            _finish(part.source, column) for part, column in zip(parts, columns, strict=True)
        ),
        meters=meters,
        end_tick=end_tick,
        keys=grid.keys(piece),
        ticks_per_quarter=GRID_TICKS_PER_QUARTER,
        source=grid.words(piece),
    )


_RING_TICKS = 6
"""A sixteenth: a last note that rings over the last bar line by less adds no bar."""


def _without_ring(columns: Ints, end_tick: int) -> Ints:
    """The notes (rows as in `_GridPart`) with those that only ring over the end cut there."""
    over = columns[0] + columns[1] - end_tick
    is_ring = (over > 0) & (over < _RING_TICKS) & (columns[0] < end_tick)
    if is_ring.any():
        room = np.maximum(end_tick - columns[0], 1)
        columns[1] = np.where(is_ring, floor_length(np.minimum(room, 1 << 20)), columns[1])
    return columns


class _GridBar(NamedTuple):
    source_tick: int
    start_tick: int
    length_ticks: int
    denominator: int


class _Grid:
    """Where each bar of a source piece lies on the grid."""

    def __init__(self, bars: list[_GridBar], source_ticks_per_quarter: int) -> None:
        self.bars = bars
        self.source_ticks_per_quarter = source_ticks_per_quarter
        self.source_starts = np.array([bar.source_tick for bar in bars], dtype=np.int64)
        self.starts = np.array([bar.start_tick for bar in bars], dtype=np.int64)

    @classmethod
    def of(cls, piece: Piece) -> _Grid:
        bars: list[_GridBar] = []
        start_tick = 0
        for bar in bars_of(piece):
            for source_tick, length_ticks in _cut(bar, piece.ticks_per_quarter):
                bars.append(_GridBar(source_tick, start_tick, length_ticks, bar.meter.denominator))
                start_tick += length_ticks
        if not bars:
            raise UnreadablePieceError(f"{piece.title or 'the piece'} has no bars")
        return cls(bars, piece.ticks_per_quarter)

    def scaled(self, ticks: Ints) -> Ints:
        """Source ticks to grid ticks, halves up."""
        doubled = 2 * ticks * GRID_TICKS_PER_QUARTER + self.source_ticks_per_quarter
        scaled: Ints = doubled // (2 * self.source_ticks_per_quarter)
        return scaled

    def place(self, columns: Ints) -> Ints:
        """Notes as (onset, length, pitch, velocity) rows on the grid; shape (4, notes)."""
        bar = np.searchsorted(self.source_starts, columns[0], side="right") - 1
        bar = np.maximum(bar, 0)
        placed = columns.copy()
        placed[0] = self.starts[bar] + self.scaled(columns[0] - self.source_starts[bar])
        placed[1] = np.array(LENGTHS_TICKS)[nearest_length_index(self.scaled(columns[1]))]
        return placed

    def bar_at(self, source_tick: int) -> int:
        """Index of the bar that holds a tick; up to a 32nd before a bar line counts as behind it.

        A tick on a bar line stays there, so that a bar as short as a 32nd keeps what is its own.
        """
        found = int(np.searchsorted(self.source_starts, source_tick, side="right")) - 1
        if found >= 0 and self.source_starts[found] == source_tick:
            return found
        grace = self.source_ticks_per_quarter // 8
        found = int(np.searchsorted(self.source_starts, source_tick + grace, side="right")) - 1
        return max(0, found)

    @property
    def end_tick(self) -> int:
        """Where the last bar ends."""
        return self.bars[-1].start_tick + self.bars[-1].length_ticks

    def tick_at(self, source_tick: int) -> int:
        """The grid's tick of a tick of the piece."""
        bar = max(0, int(np.searchsorted(self.source_starts, source_tick, side="right")) - 1)
        since = np.array([source_tick - self.source_starts[bar]], dtype=np.int64)
        return int(self.starts[bar] + self.scaled(since)[0])

    def words(self, piece: Piece) -> Source | None:
        """The words and chord symbols of the piece's file, on the grid."""
        source = piece.source
        if source is None:
            return None

        def tick_at(tick: int) -> int:
            return self.tick_at(tick * piece.ticks_per_quarter // source.ticks_per_quarter)

        return with_words_moved(source, tick_at, GRID_TICKS_PER_QUARTER)

    def meters(self, last_tick: int) -> tuple[tuple[MeterChange, ...], int]:
        """Meter changes, and the end of the last bar, with bars added until `last_tick`."""
        bars = [
            (bar.start_tick, meter_of_length(bar.length_ticks, bar.denominator))
            for bar in self.bars
        ]
        end_tick = self.bars[-1].start_tick + self.bars[-1].length_ticks
        while end_tick < last_tick:
            bars.append((end_tick, bars[-1][1]))
            end_tick += grid_bar_ticks(*bars[-1][1])
        changes = [
            MeterChange(start, *meter)
            for (_, before), (start, meter) in pairwise([(-1, (0, 0)), *bars])
            if meter != before
        ]
        return tuple(changes), end_tick

    def keys(self, piece: Piece) -> tuple[KeyChange, ...]:
        by_bar = {self.bar_at(key.tick): key for key in piece.keys}
        changes: list[KeyChange] = []
        for index, key in sorted(by_bar.items()):
            fifths = max(-7, min(7, key.fifths))
            if not changes or changes[-1][1:] != (fifths, key.mode):
                start_tick = int(self.starts[index]) if changes else 0
                changes.append(KeyChange(start_tick, fifths, key.mode))
        return tuple(changes)

    def tempi(self, piece: Piece) -> tuple[TempoChange, ...]:
        """One metronome mark a bar: the mean over the bar, so that it lasts as long as it did."""
        if not piece.tempi:
            return ()
        seconds = _seconds_at(piece, np.append(self.source_starts, piece.end_tick))
        quarters = np.diff(np.append(self.source_starts, piece.end_tick)) / piece.ticks_per_quarter
        means = 60.0 * quarters / np.maximum(np.diff(seconds), 1e-6)
        changes: list[TempoChange] = []
        for start, mean, span in zip(self.starts.tolist(), means.tolist(), quarters, strict=True):
            mark = float(TEMPI[nearest_tempo(mean)]) if span > 0 else 0.0
            if mark and (not changes or changes[-1].quarters_per_minute != mark):
                changes.append(TempoChange(start, mark))
        return tuple(changes)


def _seconds_at(piece: Piece, ticks: Ints) -> NDArray[np.float64]:
    change_ticks = np.array([0] + [max(0, tempo.tick) for tempo in piece.tempi[1:]])
    speeds = np.array([tempo.quarters_per_minute for tempo in piece.tempi])
    spans = np.diff(change_ticks) / piece.ticks_per_quarter * 60.0 / speeds[:-1]
    change_seconds = np.concatenate([[0.0], np.cumsum(spans)])
    index = np.searchsorted(change_ticks, ticks, side="right") - 1
    since = (ticks - change_ticks[index]) / piece.ticks_per_quarter * 60.0 / speeds[index]
    seconds: NDArray[np.float64] = change_seconds[index] + since
    return seconds


def _cut(bar: Bar, ticks_per_quarter: int) -> list[tuple[int, int]]:
    """(source tick, grid length) of the bars that one source bar becomes.

    A bar's length is rounded up to a 32nd note; one over four whole notes is cut into several.
    """
    exact = bar.meter[1:] in _GRID_METERS and bar.length_ticks * bar.meter.denominator == (
        bar.meter.numerator * 4 * ticks_per_quarter
    )
    if exact:
        return [(bar.start_tick, grid_bar_ticks(*bar.meter[1:]))]
    beat_source = ticks_per_quarter * SHORTEST_BEAT_TICKS
    beats = -(-bar.length_ticks * GRID_TICKS_PER_QUARTER // beat_source)
    pieces: list[tuple[int, int]] = []
    longest_beats = LONGEST_BAR_TICKS // SHORTEST_BEAT_TICKS
    for first in range(0, beats, longest_beats):
        source_tick = bar.start_tick + first * beat_source // GRID_TICKS_PER_QUARTER
        length = min(longest_beats, beats - first) * SHORTEST_BEAT_TICKS
        pieces.append((source_tick, length))
    return pieces


_GRID_METERS = frozenset(grid_meters())


class _GridPart(NamedTuple):
    source: Part
    columns: Ints  # (4, notes): onset, length, pitch, velocity


def _columns(notes: tuple[Note, ...]) -> Ints:
    flat = np.fromiter(chain.from_iterable(notes), dtype=np.int64, count=4 * len(notes))
    return flat.reshape(-1, 4).T


def _merge_surplus(parts: list[_GridPart]) -> list[_GridPart]:
    """At most four parts of one instrument and sixteen in all.

    A fifth part of an instrument joins the fourth; while more than sixteen remain, the last part
    joins the nearest earlier one of its instrument, else of its section, else its neighbour.
    """
    kept: list[_GridPart] = []
    counts: Counter[str] = Counter()
    for part in parts:
        name = part.source.instrument
        if counts[name] == MOST_PARTS_OF_AN_INSTRUMENT:
            last = max(i for i, other in enumerate(kept) if other.source.instrument == name)
            kept[last] = _joined(kept[last], part)
        else:
            counts[name] += 1
            kept.append(part)
    while len(kept) > MOST_PARTS:
        part = kept.pop()
        target = _nearest_kin(kept, part.source.instrument)
        kept[target] = _joined(kept[target], part)
    return kept


def _nearest_kin(kept: list[_GridPart], instrument: str) -> int:
    def section(name: str) -> str:
        return BY_NAME[name].section

    same = [i for i, other in enumerate(kept) if other.source.instrument == instrument]
    kin = [i for i, o in enumerate(kept) if section(o.source.instrument) == section(instrument)]
    pitched = [i for i, o in enumerate(kept) if not o.source.is_drums]
    return (same or kin or pitched or [len(kept) - 1])[-1]


def _joined(first: _GridPart, second: _GridPart) -> _GridPart:
    return _GridPart(first.source, np.concatenate([first.columns, second.columns], axis=1))


def _separate(columns: Ints) -> Ints:
    """Sort by onset and pitch; one note for each onset and pitch; none overlaps on its pitch."""
    order = np.lexsort((-columns[3], -columns[1], columns[0], columns[2]))
    columns = columns[:, order]  # by pitch, onset, longest first
    same_pitch = columns[2, 1:] == columns[2, :-1]
    repeats = same_pitch & (columns[0, 1:] == columns[0, :-1])
    columns = columns[:, np.concatenate([[True], ~repeats])]
    gap = np.where(columns[2, 1:] == columns[2, :-1], np.diff(columns[0]), 1 << 40)
    room = np.concatenate([gap, [1 << 40]])
    columns[1] = np.where(columns[1] > room, floor_length(np.minimum(room, 1 << 20)), columns[1])
    return columns[:, np.lexsort((columns[2], columns[0]))]


def _with_levels(columns: Ints, bar_starts: Ints) -> Ints:
    """Velocities as a level a bar and an accent a note (multiples of 16 and 8)."""
    quantised = np.clip((columns[3] + 4) // ACCENT_VELOCITY, 1, 15) * ACCENT_VELOCITY
    quantised[columns[3] == 0] = LEVEL_VELOCITY * 4
    bar = np.searchsorted(bar_starts, columns[0], side="right") - 1
    level = levels_by_note(quantised, bar)
    centre = level * LEVEL_VELOCITY
    reach = MOST_ACCENT * ACCENT_VELOCITY
    columns[3] = np.clip(quantised, centre - reach, centre + reach)
    return columns


def levels_by_note(velocities: Ints, bars: Ints) -> Ints:
    """Dynamic level 1..7 of each note's bar: that of the lower median velocity of the bar.

    `velocities` and `bars` have shape (notes,), bars ascending. Clipping accents around a level
    leaves the median, and so the level, where it was.
    """
    order = np.lexsort((velocities, bars))
    _, first, inverse, count = np.unique(
        bars, return_index=True, return_inverse=True, return_counts=True
    )
    medians = velocities[order][first + (count - 1) // 2]
    levels = np.clip((medians + LEVEL_VELOCITY // 2 - 1) // LEVEL_VELOCITY, 1, LEVELS)
    by_note: Ints = levels[inverse]
    return by_note


def _bars(meters: tuple[MeterChange, ...], end_tick: int) -> list[Bar]:
    return bars_of(Piece((), meters, end_tick))


def _finish(part: Part, columns: Ints) -> Part:
    instrument = BY_NAME[part.instrument]
    known = instrument.is_drums or not instrument.programs or part.program in instrument.programs
    return replace(
        part,
        program=part.program if known else instrument.program,
        notes=notes_of(columns.T.tolist()),
    )
