"""The notes of a piece as columns, because facts are computed over all notes at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from composer.music.bars import Bar, bars_of
from composer.music.piece import Piece

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NoteTable:
    """Columns of shape (notes,) in order of onset, in the piece's own ticks.

    `part` is the index of the note's part, `bar` the index (from 0) of the bar it begins in.
    `bar_starts` and `bar_lengths` have shape (bars,).
    """

    ticks_per_quarter: int
    onset: Ints
    length: Ints
    pitch: Ints
    velocity: Ints
    part: Ints
    is_drum: Bools
    bar: Ints
    bars: tuple[Bar, ...]
    bar_starts: Ints
    bar_lengths: Ints

    @property
    def count(self) -> int:
        return len(self.onset)

    @property
    def onset_in_bar(self) -> Ints:
        return self.onset - self.bar_starts[self.bar]

    def select(self, keep: npt.NDArray[Any]) -> NoteTable:
        """The notes of a mask or of an index, on the same bars."""
        return NoteTable(
            self.ticks_per_quarter,
            self.onset[keep],
            self.length[keep],
            self.pitch[keep],
            self.velocity[keep],
            self.part[keep],
            self.is_drum[keep],
            self.bar[keep],
            self.bars,
            self.bar_starts,
            self.bar_lengths,
        )

    def pitched(self) -> NoteTable:
        return self.select(~self.is_drum)


def note_table(piece: Piece) -> NoteTable:
    """The columns of a piece; a piece without notes gives columns of length 0."""
    bars = tuple(bars_of(piece))
    starts = np.array([bar.start_tick for bar in bars], dtype=np.int64)
    lengths = np.array([bar.length_ticks for bar in bars], dtype=np.int64)
    columns = [np.array(part.notes, dtype=np.int64).reshape(-1, 4) for part in piece.parts]
    sizes = [len(column) for column in columns]
    rows = np.concatenate(columns) if columns else np.zeros((0, 4), dtype=np.int64)
    part = np.repeat(np.arange(len(columns), dtype=np.int64), sizes)
    drums = np.repeat(np.array([part.is_drums for part in piece.parts], dtype=np.bool_), sizes)
    order = np.lexsort((rows[:, 2], part, rows[:, 0]))
    rows, part, drums = rows[order], part[order], drums[order]
    bar = np.clip(np.searchsorted(starts, rows[:, 0], side="right") - 1, 0, max(0, len(bars) - 1))
    return NoteTable(
        piece.ticks_per_quarter,
        rows[:, 0],
        rows[:, 1],
        rows[:, 2],
        rows[:, 3],
        part,
        drums,
        bar,
        bars,
        starts,
        lengths,
    )
