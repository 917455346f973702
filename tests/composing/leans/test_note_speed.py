"""No part is hurried beyond what fingers do."""

from __future__ import annotations

import pytest

from composer.composing.leans.lean import Setting
from composer.composing.leans.note_speed import STRENGTH, NoteSpeed
from composer.music.instruments import BY_NAME, INSTRUMENTS
from composer.tokens.fields import Kind, column_of
from composer.tokens.grammar import Grammar, empty_row
from composer.tokens.values import bars_value, key_value, meter_value, part_value, tempo_value

FLUTE, DRUMS = (part_value(INSTRUMENTS.index(BY_NAME[name]), 0) for name in ("flute", "drums"))


@pytest.mark.parametrize(
    ("quarters_per_minute", "position", "is_hasty"),
    [
        (180, 3, True),  # a 32nd of 42 ms
        (180, 6, False),  # a sixteenth of 83 ms
        (60, 3, False),  # a 32nd of 125 ms
        (180, 0, False),  # the same onset
    ],
)
def test_only_an_onset_too_soon_for_the_same_player_is_leaned_against(
    quarters_per_minute: float, position: int, is_hasty: bool
) -> None:
    """The flute's next note may wait for its fingers; drummers have more hands than one part."""
    grammar = Grammar(1)
    fingers = NoteSpeed(Setting(grammar))
    bar = empty_row(Kind.BAR, 1, meter_value(4, 4))
    bar[column_of(Kind.BAR, "tempo")] = tempo_value(quarters_per_minute)
    for row in (
        empty_row(Kind.FORM, bars_value(1), meter_value(4, 4), key_value(0, "major")),
        empty_row(Kind.PART, FLUTE, 74),
        empty_row(Kind.PART, DRUMS, 1),
        bar,
        empty_row(Kind.NOTE, 0, 0, FLUTE, 72, 5),
        empty_row(Kind.NOTE, 0, 0, DRUMS, 128 + 38, 5),
    ):
        grammar.advance(row)
        fingers.advance(row)
    tilt = fingers.tilt([Kind.NOTE, 0, position])
    assert tilt is not None
    assert tilt[FLUTE] == (-STRENGTH if is_hasty else 0)
    assert tilt[DRUMS] == 0
