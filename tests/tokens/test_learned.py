"""What a network reads in place of what it has hardly met."""

from __future__ import annotations

import pytest

from composer.music.chords import PLAIN_QUALITIES, parse_chord
from composer.music.facts import CHORD_QUALITIES, Chord
from composer.tokens.encode import chord_row
from composer.tokens.fields import Kind
from composer.tokens.learned import as_learned


@pytest.mark.parametrize("quality", CHORD_QUALITIES)
def test_a_rare_colour_is_read_as_its_plain_chord_and_everything_else_as_it_is(
    quality: str,
) -> None:
    """The row that was written keeps its colour; root, place and bass stay in both."""
    row = chord_row(Chord(0, 7, quality, 2), 24)
    before = list(row)
    plain = PLAIN_QUALITIES.get(quality, quality)
    assert as_learned(row) == chord_row(Chord(0, 7, plain, 2), 24)
    assert row == before


def test_rows_that_are_no_chords_or_only_begun_are_themselves() -> None:
    """Whatever stands in their columns."""
    note = [int(Kind.NOTE), *chord_row(Chord(0, *parse_chord("G7b9")), 0)[1:]]
    assert as_learned(note) is note
    assert as_learned([int(Kind.CHORD), 1]) == [int(Kind.CHORD), 1]
    assert as_learned([]) == []
