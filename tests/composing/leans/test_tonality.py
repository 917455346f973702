"""A key that was asked for is kept: what leans, and towards what."""

from __future__ import annotations

import numpy as np

from composer.composing.leans.all_leans import LEANS
from composer.composing.leans.lean import Setting
from composer.composing.leans.tonality import FIRST_CHORD, Tonality
from composer.music.lengths import nearest_length_index
from composer.tokens.fields import DRUM_PITCH_OFFSET, Kind
from composer.tokens.grammar import Grammar, empty_row
from composer.tokens.values import bars_value, key_value, meter_value

QUARTER = nearest_length_index(24)


def tonality(mode: str, *pitches: int) -> Tonality:
    """After these notes of a quarter each, in the key without signature."""
    found = Tonality(Grammar(4))
    found.advance(empty_row(Kind.FORM, bars_value(4), meter_value(4, 4), key_value(0, mode)))
    for pitch in pitches:
        found.advance(empty_row(Kind.NOTE, 0, 0, 0, pitch, QUARTER))
    return found


def pitch_lean(found: Tonality) -> np.ndarray | None:
    return found.tilt([Kind.NOTE, 1, 0, 0])


def test_nothing_leans_while_the_key_is_heard_well() -> None:
    """C major in C major; and nothing at all where no key was asked for."""
    chord = (60, 64, 67, 72, 60, 62, 64, 65, 67, 71, 72)
    assert pitch_lean(tonality("major", *chord)) is None
    assert LEANS["tonality"].make(Setting(Grammar(4))) is None


def test_where_a_relative_is_heard_the_tonic_gains_on_its_rival() -> None:
    """A minor instead of C major: C and G gain over A, in every octave, and no drum does."""
    lean = pitch_lean(tonality("major", 57, 60, 64, 69, 68, 57))
    assert lean is not None
    assert lean[60] == lean[72] > lean[57]
    assert lean[67] > lean[57]
    assert not lean[DRUM_PITCH_OFFSET:].any()


def test_the_first_chord_is_rather_the_tonic() -> None:
    found = tonality("minor")
    root = found.tilt([Kind.CHORD, 0, 0])
    assert root is not None
    assert root[1 + 9] == FIRST_CHORD
    found.advance(empty_row(Kind.CHORD, 0, 0, 10, 2, 10))
    assert found.tilt([Kind.CHORD, 1, 0]) is None
