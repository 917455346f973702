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
from composer.music.keys import note_fifths, parse_key
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
        ("N6 V7 | i", "C minor", "Db/F G7 | Cm"),
        ("N6 | I", "D", "Eb/G | D"),
        ("V7/V V | i", "C minor", "D7 G | Cm"),
        ("vii°7/V V | i", "A minor", "D#dim7 E | Am"),
        ("V7/iv iv | V7/VI VI", "D minor", "D7 Gm | F7 Bb"),
        ("iv | bVI | I", "E", "Am | C | E"),
        ("viiø7 | i6/4 V4/2", "A minor", "G#m7b5 | Am/E E7/D"),
        ("ii11 V13 | I6/9 IVmaj7#11", "C", "Dm11 G13 | C6/9 Fmaj7#11"),
        ("V7b9 i | V7alt i", "C minor", "G7b9 Cm | G7alt Cm"),
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
        (Harmony(11, "diminished", 11), "Eb minor", "Bdim"),
        (Harmony(1, "diminished7", 1), "C", "C#dim7"),
        (Harmony(3, "diminished", 6), "C", "D#dim/F#"),
        (Harmony(11, "half-diminished7", 11), "A minor", "Bm7b5"),
        (Harmony(8, "diminished", 8), "A minor", "G#dim"),
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


@pytest.mark.parametrize(
    ("symbol", "notes"),
    [
        ("Cadd9", "C D E G"),
        ("F6/9", "F G A C D"),
        ("G7b9", "G Ab B D F"),
        ("G7(b9)", "G Ab B D F"),
        ("E7#9", "E G G# B D"),
        ("G7alt", "G Ab Bb B Db Eb F"),
        ("C9", "C D E G Bb"),
        ("C11", "C D E F G Bb"),
        ("C13", "C D E G A Bb"),
        ("C7b5", "C E Gb Bb"),
        ("Fmaj7#11", "F A B C E"),
        ("Dm11", "D E F G A C"),
        ("Gsus", "G C D"),
        ("G7sus4", "G C D F"),
        ("Csus2", "C D G"),
        ("Bm7♭5", "B D F A"),
        ("D/F#", "D F# A"),
    ],
)
def test_an_extended_chord_has_the_notes_of_its_name(symbol: str, notes: str) -> None:
    """And is printed as the same chord again, not as a simpler one."""
    harmony = parse_chord(symbol)
    sounding = {(harmony.root + interval) % 12 for interval in CHORD_INTERVALS[harmony.quality]}
    assert sounding == {note_fifths(note) * 7 % 12 for note in notes.split()}
    assert parse_chord(chord_symbol(harmony)) == harmony


@pytest.mark.parametrize(
    "symbol",
    ["C13sus4", "Cm13", "C7b13", "C9#11", "Cmaj13", "C7#11", "Am(add9)", "C(b5)", "C9sus4"],
)
def test_a_chord_that_cannot_be_written_is_refused_and_names_what_can(symbol: str) -> None:
    """None is put in its place."""
    with pytest.raises(RequestError, match=r"none is put in its place.*there are .*7alt"):
        parse_chord(symbol)


@pytest.mark.parametrize("numeral", ["iadd9", "ii7b9", "vi13", "ii+"])
def test_small_numerals_are_minor_or_refused(numeral: str) -> None:
    """A chord with a major third has capitals."""
    with pytest.raises(RequestError, match="small letters are minor"):
        parse_chord(numeral, parse_key("C"))


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
