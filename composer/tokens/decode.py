"""Rows become a piece; the mirror of `composer.tokens.encode`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from composer.music.ensembles import ensembles
from composer.music.facts import CHORD_QUALITIES, Chord
from composer.music.instruments import INSTRUMENTS
from composer.music.lengths import LENGTHS_TICKS
from composer.music.meters import grid_bar_ticks
from composer.music.normalise import ACCENT_VELOCITY, LEVEL_VELOCITY, MOST_ACCENT
from composer.music.piece import (
    GRID_TICKS_PER_QUARTER,
    KeyChange,
    MeterChange,
    Note,
    Part,
    Piece,
    Tags,
    TempoChange,
)
from composer.music.styles import composers, styles
from composer.tokens.fields import DRUM_PITCH_OFFSET, UNKNOWN, Kind
from composer.tokens.values import (
    both_hands_of,
    key_of,
    meter_of,
    part_of,
    role_of,
    tempo_of,
    tick_in_bar,
)

Rows = NDArray[np.int16]


def decode(rows: Rows) -> Piece:
    """The piece that rows of shape (rows, COLUMNS) write down: header, bars, end mark.

    Rows that are no music (plans, marks) are passed over, so a piece cut off in the middle
    decodes as far as it goes.
    """
    kinds = rows[:, 0]
    part_rows = rows[kinds == Kind.PART].tolist()
    bar_rows = rows[kinds == Kind.BAR].tolist()
    lengths = [grid_bar_ticks(*meter_of(row[2])) for row in bar_rows]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    bar_of_row = np.cumsum(kinds == Kind.BAR) - 1
    notes = _notes(rows, bar_of_row, starts)
    joined = _without_left_hands(part_rows)
    all_values = [row[1] for row, _ in joined]
    return Piece(
        parts=tuple(
            _part(row, role, all_values, notes[both_hands_of(row[1])])
            for row, role in joined
            if notes.get(both_hands_of(row[1]))
        ),
        meters=tuple(
            MeterChange(start, *meter_of(value))
            for start, value in _changes(starts, [row[2] for row in bar_rows])
        ),
        end_tick=int(starts[-1]),
        keys=tuple(
            KeyChange(start, *key)
            for start, value in _changes(starts, [row[3] for row in bar_rows])
            if (key := key_of(value)) is not None
        ),
        tempi=tuple(
            TempoChange(start, tempo)
            for start, value in _changes(starts, [row[4] for row in bar_rows])
            if (tempo := tempo_of(value)) is not None
        ),
        tags=_tags(rows),
    )


def chords_of(rows: Rows) -> tuple[Chord, ...]:
    """The chord rows as chords at ticks of the decoded piece."""
    chords: list[Chord] = []
    start_tick = end_tick = 0
    for row in rows.tolist():
        if row[0] == Kind.BAR:
            start_tick = end_tick
            end_tick += grid_bar_ticks(*meter_of(row[2]))
        elif row[0] == Kind.CHORD:
            tick = start_tick + tick_in_bar(row)
            chords.append(Chord(tick, row[3] - 1, CHORD_QUALITIES[row[4] - 1], row[5] - 1))
    return tuple(chords)


def _without_left_hands(part_rows: list[list[int]]) -> list[tuple[list[int], str]]:
    """A row and a role for each part: hands that have different roles make a part without one."""
    roles: dict[int, list[str]] = {}
    rows: dict[int, list[int]] = {}
    for row in part_rows:
        value = both_hands_of(row[1])
        roles.setdefault(value, []).append(role_of(row[3]))
        rows.setdefault(value, row)
    return [(rows[value], of[0] if len(set(of)) == 1 else "") for value, of in roles.items()]


def _changes(starts: NDArray[np.int64], values: list[int]) -> Iterable[tuple[int, int]]:
    for start, (before, value) in zip(starts.tolist(), pairwise([-1, *values]), strict=False):
        if value != before:
            yield start, value


def _notes(
    rows: Rows, bar_of_row: NDArray[np.int64], starts: NDArray[np.int64]
) -> dict[int, list[Note]]:
    """The notes of each part, by part field, both hands together, in order of onset and pitch."""
    level: dict[int, int] = {}
    notes: dict[int, list[Note]] = {}
    bar_ticks = starts[bar_of_row].tolist()
    for row, bar_tick in zip(rows.tolist(), bar_ticks, strict=True):
        kind, *values = row
        if kind == Kind.DYNAMICS:
            level[values[0]] = values[1]
        elif kind == Kind.NOTE:
            beat, position, hand, pitch, length, accent = values
            part = both_hands_of(hand)
            onset = bar_tick + beat * GRID_TICKS_PER_QUARTER + position
            notes.setdefault(part, []).append(
                Note(
                    onset,
                    LENGTHS_TICKS[length],
                    pitch % DRUM_PITCH_OFFSET,
                    _velocity(level.get(part, 0), accent),
                )
            )
    return {part: sorted(of, key=lambda note: note[:3:2]) for part, of in notes.items()}


def _velocity(level: int, accent: int) -> int:
    if level == 0 or accent == UNKNOWN:
        return 0
    velocity = level * LEVEL_VELOCITY + (accent - MOST_ACCENT - 1) * ACCENT_VELOCITY
    return max(ACCENT_VELOCITY, min(velocity, 127))


def _part(row: list[int], role: str, all_parts: list[int], notes: list[Note]) -> Part:
    instrument_index, number = part_of(row[1])
    instrument = INSTRUMENTS[instrument_index]
    several = sum(part_of(other)[0] == instrument_index for other in all_parts) > 1
    return Part(
        instrument=instrument.name,
        program=row[2] - 1,
        notes=tuple(notes),
        name=f"{instrument.label} {number + 1}" if several else instrument.label,
        role=role,
    )


def _tags(rows: Rows) -> Tags:
    style_rows = rows[rows[:, 0] == Kind.STYLE].tolist()
    if not style_rows:
        return Tags()
    _, style, composer, ensemble, *_ = style_rows[0]
    return Tags(
        style=styles()[style - 1].name if style else "",
        composer=composers()[composer - 1].name if composer else "",
        ensemble=ensembles()[ensemble - 1].name if ensemble else "",
    )
