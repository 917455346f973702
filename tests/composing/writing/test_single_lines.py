"""A melody is not held into its next note; other parts may be."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from composer.composing.writing.single_lines import as_single_lines
from composer.music.lengths import LENGTHS_TICKS
from composer.music.piece import Note, Part, Piece


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(40, 80), st.integers(1, 127))))
def test_no_note_of_a_melody_is_held_into_the_next(drawn: list[tuple[int, int, int]]) -> None:
    """Onsets and pitches stay, lengths fall to lengths of the grid; other parts stay."""
    notes = tuple(
        sorted(
            {
                (onset, pitch): Note(onset, LENGTHS_TICKS[length - 1], pitch)
                for onset, pitch, length in drawn
            }.values()
        )
    )
    piece = Piece((Part("flute", 73, notes, role="melody"), Part("piano", 0, notes)), (), 4000)
    melody, piano = as_single_lines(piece).parts
    assert piano.notes == notes
    for before, after in zip(notes, melody.notes, strict=True):
        assert (before.onset_tick, before.pitch) == (after.onset_tick, after.pitch)
        assert after.length_ticks <= before.length_ticks
        assert after.length_ticks in LENGTHS_TICKS
    assert all(
        a.end_tick <= b.onset_tick or a.onset_tick == b.onset_tick
        for a, b in pairwise(melody.notes)
    )
