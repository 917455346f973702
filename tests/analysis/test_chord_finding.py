"""Chords are heard as musicians would name them."""

from __future__ import annotations

import numpy as np
import pytest

from composer.analysis.chord_finding import estimate_chords
from composer.measures.chord_agreement import evaluate, songs
from composer.music.chords import chord_symbol
from composer.music.piece import MeterChange, Note, Part, Piece
from tests.analysis.playing import played
from tests.shared import CORPORA, needs_corpora


def symbols(piece: Piece) -> str:
    return " ".join(chord_symbol(chord) for chord in estimate_chords(piece))


@pytest.mark.parametrize("arpeggio", [False, True], ids=["block", "broken"])
@pytest.mark.parametrize(
    "text",
    [
        "C | F | G7 | C",
        "Dm7 G7 | Cmaj7 | Bm7b5 E7 | Am",
        "C/E | F | C/G | G | C",
        "Am | F | C | G",
        "Cdim7 | Gm | Caug | F",
        "E5 | G5 | A5 | E5",
    ],
)
def test_plain_progressions_are_named(text: str, arpeggio: bool) -> None:
    """Triads, sevenths and inversions, together or broken."""
    assert symbols(played(text, arpeggio=arpeggio)) == text.replace("| ", "")


@pytest.mark.parametrize("text", ["Cadd9 | F | G7b9 | C6/9", "G7#9 | C13 | Fmaj7#11 | G7b5"])
def test_chords_struck_with_their_colours_are_named_with_them(text: str) -> None:
    """Ninths, thirteenths and altered notes that all sound."""
    assert symbols(played(text)) == text.replace("| ", "")


def test_chords_change_on_dotted_beats_in_compound_meters() -> None:
    """6/8 has two beats."""
    chords = estimate_chords(played("C G | Am F", meter=(6, 8)))
    assert [chord.tick for chord in chords] == [0, 36, 72, 108]


def test_a_melody_alone_has_no_chords() -> None:
    """Nor has silence, nor drums."""
    scale = tuple(Note(24 * i, 24, 60 + p) for i, p in enumerate([0, 2, 4, 5, 7, 9, 11, 12]))
    meters = (MeterChange(0, 4, 4),)
    assert estimate_chords(Piece((Part("flute", 73, scale),), meters, 192)) == ()
    assert estimate_chords(Piece((Part("drums", 0, scale),), meters, 192)) == ()
    assert estimate_chords(Piece((), meters, 192)) == ()


def test_silence_between_chords_is_no_chord() -> None:
    """A long rest is N.C."""
    piece = played("C | C | C | F")
    gap = tuple(n for n in piece.parts[0].notes if not 96 <= n.onset_tick < 288)
    short = tuple(n._replace(length_ticks=min(n.length_ticks, 96)) for n in gap)
    rested = Piece((Part("piano", 0, short),), piece.meters, piece.end_tick)
    assert symbols(rested) == "C N.C. F"


@needs_corpora
def test_agrees_with_annotated_songs() -> None:
    """Nine roots in ten on songs that chose no weight."""
    rows = [
        evaluate(annotated, estimate_chords(piece), piece.end_tick)
        for piece, annotated in songs(CORPORA / "pop909.zip", 20, seed=99)
    ]
    assert np.mean([row["root"] for row in rows]) > 0.9
    assert np.mean([row["majmin"] for row in rows]) > 0.88
