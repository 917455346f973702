"""What of the rows can be heard: bars and notes, without header, plans, chords and dynamics.

What a piece is said to be must not tell who wrote it. A heard row is `HEARD_COLUMNS` small numbers,
0 where it has no such field: a bar has meter, tempo and its place from the start and the end; a
note has onset, pitch, length and instrument, and how it follows the notes before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from composer.music.lengths import LENGTHS_TICKS
from composer.music.meters import grid_bar_ticks
from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.tokens.fields import DRUM_PITCH_OFFSET, FIELD_SIZES, PART_VALUES, Kind
from composer.tokens.values import both_hands_of, meter_of, part_of

Rows = NDArray[np.int16]
Heard = NDArray[np.int64]
"""Shape (rows, HEARD_COLUMNS)."""

WINDOW_BARS = 8
WINDOW_ROWS = 288
"""A denser window has fewer bars."""
FARTHEST_BAR = 4
WIDEST_INTERVAL = 24
BARS_BACK = (1, 2, 4)
LONGEST_GAP = 96  # ticks: four quarters

HEARD_SIZES: dict[str, int] = {
    "kind": 3,
    "bar": WINDOW_BARS + 1,
    "meter": FIELD_SIZES["meter"],
    "tempo": FIELD_SIZES["tempo"],
    "from_start": FARTHEST_BAR + 2,
    "from_end": FARTHEST_BAR + 2,
    "beat": FIELD_SIZES["beat"] + 1,
    "position": FIELD_SIZES["position"] + 1,
    "pitch": FIELD_SIZES["pitch"] + 1,
    "length": len(LENGTHS_TICKS) + 1,
    "instrument": PART_VALUES + 1,
    "step": 2 * WIDEST_INTERVAL + 2,
    "above": 2 * WIDEST_INTERVAL + 2,
    "gap": LONGEST_GAP + 2,
    "again": 2 ** len(BARS_BACK) + 1,
}
"""How many values each column has, 0 being none. `step` is the interval from the part's last note,
`above` from the note before at the same onset, `gap` the ticks since the last onset. `again` tells
whether the same note stood at the same place one, two or four bars before."""
HEARD_COLUMNS = len(HEARD_SIZES)

_BAR, _NOTE = 1, 2


def windows(rows: Rows, first_bar: int = 0) -> list[Heard]:
    """The rows of a piece as heard, a window of at most `WINDOW_BARS` bars after another.

    The rows begin with bar `first_bar` (from 0), whatever stands before it. The last window ends
    with the last bar. Windows without notes are left out.
    """
    bars = list(_bars(rows, first_bar))
    found = []
    stop = len(bars)
    while stop > 0:
        start, size = stop - 1, len(bars[stop - 1])
        while start > max(0, stop - WINDOW_BARS) and size + len(bars[start - 1]) <= WINDOW_ROWS:
            start -= 1
            size += len(bars[start])
        window = np.concatenate(bars[start:stop])[:WINDOW_ROWS]
        window[:, 1] -= window[0, 1] - 1
        if (window[:, 0] == _NOTE).any():
            found.append(window)
        stop = start
    return found[::-1]


def _bars(rows: Rows, first_bar: int) -> Iterator[Heard]:
    """Each bar as heard, its column `bar` counting from 1."""
    edges = [*np.flatnonzero(rows[:, 0] == Kind.BAR).tolist(), len(rows)]
    last_pitch: dict[int, int] = {}
    there: list[set[tuple[int, int, int]]] = []
    """Of each bar the notes: onset in the bar, part and pitch."""
    start_tick = last_onset = 0
    for number, (start, stop) in enumerate(pairwise(edges)):
        _, left, meter, _, tempo = (int(value) for value in rows[start, :5])
        heard = [_bar(number, first_bar + number, left, meter, tempo)]
        last = -1
        there.append(set())
        notes = rows[start + 1 : stop][rows[start + 1 : stop, 0] == Kind.NOTE]
        for row in _hands_together(notes.tolist()):
            _, beat, position, part, pitch, length, _ = row
            tick = beat * GRID_TICKS_PER_QUARTER + position
            onset = start_tick + tick
            note = (tick, part, pitch)
            there[-1].add(note)
            again = [back <= number and note in there[number - back] for back in BARS_BACK]
            is_together = last >= 0 and onset == last_onset
            heard.append(
                [
                    _NOTE, number + 1, 0, 0, 0, 0, beat + 1, position + 1, pitch + 1, length + 1,
                    part_of(part)[0] + 1,
                    _interval(pitch, last_pitch.get(part, -1)),
                    _interval(pitch, last if is_together else -1),
                    min(onset - last_onset, LONGEST_GAP) + 1,
                    1 + sum(is_there << place for place, is_there in enumerate(again)),
                ]
            )  # fmt: skip
            last_pitch[part] = last = pitch
            last_onset = onset
        yield np.array(heard, dtype=np.int64)
        start_tick += grid_bar_ticks(*meter_of(meter))


def _hands_together(notes: list[list[int]]) -> Iterator[list[int]]:
    """Note rows with the hands of a part as one: what it begins together goes upwards."""
    whole = ([*row[:3], both_hands_of(row[3]), *row[4:]] for row in notes)
    for _, together in groupby(whole, key=lambda row: row[1:4]):
        yield from sorted(together, key=lambda row: row[4])


def _bar(number: int, of_piece: int, left: int, meter: int, tempo: int) -> list[int]:
    from_start = min(of_piece, FARTHEST_BAR) + 1
    from_end = min(left - 1, FARTHEST_BAR) + 1 if left else 0
    return [_BAR, number + 1, meter, tempo, from_start, from_end, *(0,) * (HEARD_COLUMNS - 6)]


def _interval(pitch: int, other: int) -> int:
    """Semitones from another pitch; 0 without one, or between drums and pitches."""
    if other < 0 or (pitch >= DRUM_PITCH_OFFSET) != (other >= DRUM_PITCH_OFFSET):
        return 0
    return max(-WIDEST_INTERVAL, min(WIDEST_INTERVAL, pitch - other)) + WIDEST_INTERVAL + 1
