"""Notes and chord symbols are spelled by the key that is printed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composer.composing.compose import compose, sketch
from composer.music.chords import Harmony, chord_symbol
from composer.music.keys import key_name, note_fifths, scale, tonic_fifths
from composer.music.piece import KeyChange, Piece
from composer.rendering.score.score import build_score
from composer.rendering.score.signatures import estimate_signatures
from tests.rendering.pieces import part_of, piece_of

KEYS = [KeyChange(0, fifths, mode) for fifths in range(-7, 8) for mode in ("major", "minor")]


def scales_of(*keys: KeyChange, bars: int = 8) -> Piece:
    """So many bars in each key: its scale over its triads on one, four and five (a major one)."""
    rows: list[tuple[float, float, int]] = []
    for key in keys:
        tones = scale(key)
        leading = (tones[0] - 1) % 12
        triads = (tones[0::2][:3], (tones[3], tones[5], tones[0]), (tones[4], leading, tones[1]))
        for bar in range(bars):
            start = 4 * len(rows) // 7
            rows += [(start, 4, 48 + tone) for tone in sorted(triads[bar % 3])]
            rows += [(start + i, 1, 72 + tones[(4 * bar + i) % 7]) for i in range(4)]
    return piece_of(part_of("piano", sorted(rows)))


def spelled(piece: Piece) -> set[int]:
    """The tones of the page on the line of fifths (C is 0)."""
    return {
        note_fifths(head.spelling.step) + 7 * head.spelling.alter
        for measure in build_score(piece).parts[0].measures
        for line in measure.voices
        for symbol in line.symbols
        for head in symbol.heads
    }


@pytest.mark.parametrize("key", KEYS, ids=key_name)
def test_notes_and_chord_symbols_are_those_of_the_signature(key: KeyChange) -> None:
    """Also of seven sharps or flats: the scale and its leading note, and no other letter."""
    tonic = tonic_fifths(key)
    leading = {tonic + 5}
    expected = set(range(key.fifths - 1, key.fifths + 6)) | leading
    assert spelled(replace(scales_of(key), keys=(key,))) == expected
    degrees = scale(key)
    for degree in (degrees[0], degrees[3], degrees[4]):
        root = note_fifths(chord_symbol(Harmony(degree, "major", degree), key))
        assert root - tonic in (0, -1, 1)


def test_a_diminished_chord_has_no_flat_root_in_a_key_of_sharps() -> None:
    """C flat diminished stands in keys of flats alone."""
    for key in KEYS:
        root = chord_symbol(Harmony(11, "diminished", 11), key)
        assert root == "Bdim" or key.fifths < 0


def test_an_unknown_signature_of_six_has_what_its_neighbours_have() -> None:
    """Sharps beside D major, flats beside B flat major."""
    six = KeyChange(0, 6, "major")
    for fifths in (2, -2):
        found = estimate_signatures(scales_of(KeyChange(0, fifths, "major"), six, bars=24))
        assert [key.fifths for key in found] == [fifths, 6 if fifths > 0 else -6]


def test_who_asks_for_a_flat_minor_gets_it() -> None:
    """In title, signature and report, and the notes are spelled by it."""
    made = compose(style="hymn", ensemble="choir", key="Abm", bars=4, seed=3, best_of=1)
    assert made.piece.title.endswith("A♭ minor")
    assert made.piece.keys[0].fifths == -7
    assert max(spelled(made.piece)) <= note_fifths("D")
    given = sketch(style="hymn", ensemble="choir", key="Abm", bars=8, seed=3)
    assert compose(sketch=given, best_of=1).piece.title.endswith("A♭ minor")
