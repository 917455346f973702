"""Chords are heard as musicians would name them."""

from __future__ import annotations

import numpy as np
import pytest

from composer.analysis.chords import estimate_chords
from composer.measures.chords import evaluate, songs
from composer.music.bars import bars_of
from composer.music.chords import (
    CHORD_INTERVALS,
    Progression,
    chord_symbol,
    parse_progression,
    place_progression,
)
from composer.music.piece import MeterChange, Note, Part, Piece
from tests.shared import CORPORA, needs_corpora


def played(text: str, meter: tuple[int, int] = (4, 4), arpeggio: bool = False) -> Piece:
    """The progression, a bar a bar, block chords over a bass note or broken in eighths."""
    progression: Progression = parse_progression(text)
    length = meter[0] * 96 // meter[1] * len(progression)
    piece = Piece((), (MeterChange(0, *meter),), length)
    chords = place_progression(progression, bars_of(piece), 24)
    notes = []
    for chord, end in zip(chords, [*(c.tick for c in chords[1:]), length], strict=True):
        pitches = [60 + (chord.root + i) % 12 for i in CHORD_INTERVALS[chord.quality]]
        notes.append(Note(chord.tick, end - chord.tick, 36 + chord.bass))
        if arpeggio:
            for index, tick in enumerate(range(chord.tick, end, 12)):
                notes.append(Note(tick, 12, pitches[index % len(pitches)]))
        else:
            notes += [Note(chord.tick, end - chord.tick, pitch) for pitch in pitches]
    part = Part("piano", 0, tuple(sorted(notes)))
    return Piece((part,), (MeterChange(0, *meter),), length)


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
    ],
)
def test_plain_progressions_are_named(text: str, arpeggio: bool) -> None:
    """Triads, sevenths and inversions, together or broken."""
    assert symbols(played(text, arpeggio=arpeggio)) == text.replace("| ", "")


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
