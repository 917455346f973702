"""Chord symbols and Roman numerals are read as musicians write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.chords import (
    CHORD_INTERVALS,
    NO_CHORD,
    Harmony,
    chord_symbol,
    parse_chord,
    parse_progression,
    place_progression,
    print_progression,
)
from composer.music.facts import CHORD_QUALITIES, Chord
from composer.music.keys import parse_key
from composer.music.piece import KeyChange, MeterChange, Piece

QUALITIES = [quality for quality in CHORD_QUALITIES if quality != "none"]
HARMONIES = st.builds(
    Harmony, st.integers(0, 11), st.sampled_from(QUALITIES), st.integers(0, 11)
) | st.just(NO_CHORD)
KEYS = st.builds(KeyChange, st.just(0), st.integers(-7, 7), st.sampled_from(["major", "minor"]))


def test_every_quality_has_notes() -> None:
    """The table covers the vocabulary of the event format."""
    assert tuple(CHORD_INTERVALS) == CHORD_QUALITIES


@given(harmony=HARMONIES, key=KEYS)
def test_a_printed_chord_reads_back(harmony: Harmony, key: KeyChange) -> None:
    """In any key's spelling."""
    assert parse_chord(chord_symbol(harmony, key)) == harmony


@given(
    progression=st.lists(st.lists(HARMONIES, min_size=1, max_size=4).map(tuple), min_size=1).map(
        tuple
    )
)
def test_a_printed_progression_reads_back(progression: tuple[tuple[Harmony, ...], ...]) -> None:
    """Bars and all."""
    assert parse_progression(print_progression(progression)) == progression


@pytest.mark.parametrize(
    ("numerals", "key", "symbols"),
    [
        ("ii7 V7 | Imaj7", "C", "Dm7 G7 | Cmaj7"),
        ("I | vi | IV | V", "Bb major", "Bb | Gm | Eb | F"),
        ("i | VI | III | VII", "A minor", "Am | F | C | G"),
        ("iiø7 V7 | i", "D minor", "Em7b5 A7 | Dm"),
        ("vii°7 | i", "A minor", "G#dim7 | Am"),
        ("bVII | I", "D", "C | D"),
        ("bVI bVII | i", "C minor", "Ab Bb | Cm"),
        ("bII6 | V", "C minor", "Db/F | G"),
        ("V7/V | V65 | I64", "C", "D7 | G7/B | C/G"),
        ("V7/ii ii", "C", "A7 | Dm"),
    ],
)
def test_roman_numerals_in_a_key(numerals: str, key: str, symbols: str) -> None:
    """Degrees, borrowed chords, inversions and applied dominants."""
    assert parse_progression(numerals, parse_key(key)) == parse_progression(symbols)


def test_holds_and_repeats() -> None:
    """ "%" repeats a bar, "." holds a chord."""
    assert parse_progression("C . G . | %") == parse_progression("C C G G | C C G G")


@pytest.mark.parametrize(
    ("chord", "key", "symbol"),
    [
        (Harmony(11, "dominant7", 3), "D", "B7/D#"),
        (Harmony(3, "major", 7), "C minor", "Eb/G"),
        (Harmony(8, "dominant7", 8), "A minor", "G#7"),
        (Harmony(8, "major", 8), "C", "Ab"),
        (Harmony(6, "major", 10), "Gb", "Gb/Bb"),
        (Harmony(6, "major", 10), "F#", "F#/A#"),
    ],
)
def test_chords_are_spelled_in_their_key(chord: Harmony, key: str, symbol: str) -> None:
    """The root by the key, the bass as the third, fifth or seventh that it is."""
    assert chord_symbol(chord, parse_key(key)) == symbol


@pytest.mark.parametrize("text", ["", "|", "H7", "C | Xm", "Cblah", "ii", "ixx"])
def test_nonsense_is_refused_in_one_line(text: str) -> None:
    """Also Roman numerals without a key."""
    with pytest.raises(RequestError) as refusal:
        parse_progression(text)
    assert "\n" not in str(refusal.value)


def test_a_progression_fills_the_bars() -> None:
    """It starts again at its end; chords share a bar by beats."""
    bars = bars_of(Piece((), (MeterChange(0, 3, 4),), 72 * 3))
    placed = place_progression(parse_progression("C G | Am"), bars, 24)
    assert placed == (
        Chord(0, 0, "major", 0),
        Chord(24, 7, "major", 7),
        Chord(72, 9, "minor", 9),
        Chord(144, 0, "major", 0),
        Chord(168, 7, "major", 7),
    )
