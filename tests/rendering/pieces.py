"""Pieces to render: hypothesis strategies, and small ones written by hand."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from composer.music.bars import meter_ticks
from composer.music.instruments import BY_NAME, INSTRUMENTS
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, TempoChange

METERS = ((4, 4), (3, 4), (2, 4), (6, 8), (12, 8), (5, 4), (7, 8), (2, 2), (3, 8), (9, 8))


@st.composite
def grid_pieces(draw: st.DrawFn, most_parts: int = 4) -> Piece:
    """Any piece on the grid: odd lengths, overlaps of different pitches, silence, drums."""
    numerator, denominator = draw(st.sampled_from(METERS))
    bar = meter_ticks(numerator, denominator, 24)
    end = bar * draw(st.integers(1, 4))
    parts = draw(st.lists(_parts(end), min_size=1, max_size=most_parts))
    return Piece(
        tuple(parts),
        (MeterChange(0, numerator, denominator),),
        end,
        keys=(KeyChange(0, draw(st.integers(-7, 7)), draw(st.sampled_from(("major", "minor")))),),
        tempi=(TempoChange(0, float(draw(st.integers(30, 250)))),),
        title="A Piece",
    )


@st.composite
def _parts(draw: st.DrawFn, end: int) -> Part:
    instrument = draw(st.sampled_from(INSTRUMENTS))
    pitches = st.integers(instrument.low, instrument.high)
    rows = draw(
        st.lists(st.tuples(st.integers(0, end - 1), st.integers(1, 96), pitches), max_size=24)
    )
    notes: list[Note] = []
    free_from: dict[int, int] = {}
    for onset, length, pitch in sorted(rows):
        if onset >= free_from.get(pitch, 0):
            note = Note(onset, min(length, end - onset), pitch, draw(st.integers(0, 127)))
            free_from[pitch] = note.end_tick
            notes.append(note)
    notes.sort(key=lambda note: (note.onset_tick, note.pitch))
    program = 0 if instrument.is_drums else instrument.program
    return Part(instrument.name, program, tuple(notes))


def part_of(name: str, notes: Sequence[tuple[float, float, int]]) -> Part:
    """A part of notes given as onset, length (in quarters or their fractions) and pitch."""
    instrument = BY_NAME[name]
    made = tuple(Note(round(24 * on), round(24 * length), p) for on, length, p in notes)
    return Part(name, 0 if instrument.is_drums else instrument.program, made)


def piece_of(*parts: Part, meter: tuple[int, int] = (4, 4), fifths: int = 0) -> Piece:
    bar = meter_ticks(*meter, 24)
    end = max(note.end_tick for part in parts for note in part.notes)
    return Piece(
        parts,
        (MeterChange(0, *meter),),
        -(-end // bar) * bar,
        keys=(KeyChange(0, fifths, "major"),),
        tempi=(TempoChange(0, 96.0),),
        title="A Piece",
    )
