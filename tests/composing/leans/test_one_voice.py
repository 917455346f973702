"""A part that leads has one note at a time; others may have chords."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.composing.leans.lean import RULED_OUT, Setting
from composer.composing.leans.one_voice import OneVoice, as_single_lines
from composer.music.instruments import BY_NAME, INSTRUMENTS
from composer.music.lengths import LENGTHS_TICKS
from composer.music.piece import Note, Part, Piece
from composer.tokens.fields import Kind
from composer.tokens.grammar import Grammar, empty_row
from composer.tokens.values import bars_value, key_value, meter_value, part_value, role_value

GUITAR = part_value(INSTRUMENTS.index(BY_NAME["electric-guitar"]), 0)


@pytest.mark.parametrize(("role", "lean"), [("melody", RULED_OUT), ("chords", 0.0)])
@pytest.mark.parametrize(("beat", "is_together"), [(0, True), (1, False)])
def test_only_a_melody_may_not_begin_a_second_note_at_its_onset(
    role: str, lean: float, beat: int, is_together: bool
) -> None:
    """A guitar that leads is ruled out where it has begun a note, and nowhere else."""
    grammar = Grammar(1)
    line = OneVoice(Setting(grammar))
    for row in (
        empty_row(Kind.FORM, bars_value(1), meter_value(4, 4), key_value(0, "major")),
        empty_row(Kind.PART, GUITAR, 28, role_value(role)),
        empty_row(Kind.BAR, 1, meter_value(4, 4)),
        empty_row(Kind.NOTE, 0, 0, GUITAR, 60, 23),
    ):
        grammar.advance(row)
        line.advance(row)
    tilt = line.tilt([Kind.NOTE, beat, 0])
    found = 0.0 if tilt is None else tilt[GUITAR]
    assert found == (lean if is_together else 0.0)


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
