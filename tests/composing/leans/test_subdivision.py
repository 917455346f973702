"""A beat goes on as it is divided."""

from __future__ import annotations

import numpy as np
import pytest

from composer.composing.leans.lean import Setting
from composer.composing.leans.subdivision import STRENGTH, Subdivision
from composer.music.instruments import BY_NAME, INSTRUMENTS
from composer.tokens.fields import FIELD_SIZES, Kind
from composer.tokens.grammar import Grammar, empty_row
from composer.tokens.values import bars_value, key_value, meter_value, part_value

PIANO = part_value(INSTRUMENTS.index(BY_NAME["piano"]), 0)
SIXTEENTHS, TRIPLETS = {*range(0, 24, 3)}, {*range(0, 24, 4)}


@pytest.mark.parametrize(
    ("positions", "free"),
    [
        ([], SIXTEENTHS | TRIPLETS),
        ([0, 12], SIXTEENTHS | TRIPLETS),
        ([0, 6], SIXTEENTHS),
        ([8], TRIPLETS),
        ([0, 8, 18], SIXTEENTHS | TRIPLETS),  # mixed by now: nothing is told by it
    ],
)
def test_only_places_of_the_division_that_a_beat_has_are_free(
    positions: list[int], free: set[int]
) -> None:
    """Places of 32nds or of triplets before the beat has shown which; then only those of one."""
    grammar = Grammar(1)
    division = Subdivision(Setting(grammar))
    header = [
        empty_row(Kind.FORM, bars_value(1), meter_value(4, 4), key_value(0, "major")),
        empty_row(Kind.PART, PIANO, 1),
        empty_row(Kind.BAR, 1, meter_value(4, 4)),
    ]
    notes = [empty_row(Kind.NOTE, 1, position, PIANO, 60, 2) for position in positions]
    for row in (*header, *notes):
        grammar.advance(row)
        division.advance(row)
    here, next_beat = (division.tilt([Kind.NOTE, beat]) for beat in (1, 2))
    assert here is not None
    assert next_beat is not None
    assert {*np.flatnonzero(here == 0).tolist()} == free
    assert {*np.flatnonzero(next_beat == 0).tolist()} == SIXTEENTHS | TRIPLETS
    assert here.shape == (FIELD_SIZES["position"],)
    assert here.min() == -STRENGTH
