"""Parts stay where such parts lie, a lone keyboard near the register that its header names."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from composer.composing.leans.lean import Setting
from composer.composing.leans.part_statistics import usual_register
from composer.composing.leans.registers import KEYBOARD_SPREAD, MEMORY_NOTES, UsualRegisters
from composer.music.instruments import BY_NAME, INSTRUMENTS
from composer.tokens.fields import Kind, column_of
from composer.tokens.grammar import Grammar, empty_row
from composer.tokens.values import part_value, pitch_of_register, register_value

PIANO, FLUTE = (part_value(INSTRUMENTS.index(BY_NAME[name]), 0) for name in ("piano", "flute"))


def height(level: int, pitch: int, *parts: int) -> np.ndarray | None:
    """The lean after many notes of one pitch in a piece of this register and these parts."""
    grammar = Grammar(4)
    found = UsualRegisters(Setting(grammar))
    mood = empty_row(Kind.MOOD)
    mood[column_of(Kind.MOOD, "register")] = level
    for row in (mood, *(empty_row(Kind.PART, part, 1) for part in parts)):
        grammar.advance(row)
        found.advance(row)
    for _ in range(6 * MEMORY_NOTES):
        found.advance(empty_row(Kind.NOTE, 0, 0, parts[0], pitch, 20))
    return found.tilt([Kind.NOTE, 0, 0, parts[0]])


@given(st.integers(1, 8), st.integers(21, 108))
def test_it_is_drawn_back_from_far_away(level: int, pitch: int) -> None:
    """Down from above, up from below, and nothing happens near by."""
    lean = height(level, pitch, PIANO)
    off = pitch - pitch_of_register(level)
    if lean is None:
        assert abs(off) <= KEYBOARD_SPREAD / 2 + 1
    else:
        assert np.sign(lean[100] - lean[30]) == -np.sign(off)


def test_beside_others_it_lies_where_such_parts_do() -> None:
    """Whatever the header says: a flute that is up too high comes down, one in its place stays."""
    place = usual_register(FLUTE, "")
    assert place is not None
    for level in (0, 1):
        assert height(level, round(place[0]), FLUTE, PIANO) is None
        lean = height(level, round(place[0]) + 24, FLUTE, PIANO)
        assert lean is not None
        assert lean[60] > 0 > lean[90]


@given(st.integers(1, 8))
def test_the_middle_of_a_register_lies_in_it(level: int) -> None:
    assert register_value(pitch_of_register(level)) == level
