"""The tune is found where people hear it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composer.analysis.tune import tune_place
from composer.corpus.corpus import find_corpora
from composer.music.instruments import BY_NAME
from composer.music.normalise import normalise
from composer.music.piece import MeterChange, Note, Part, Piece
from tests.shared import CORPORA, needs_corpora

METERS = (MeterChange(0, 4, 4),)
TUNE = tuple(Note(24 * n, 24, p) for n, p in enumerate((62, 64, 65, 64, 62, 60, 62, 62)))
"""In the middle of the piano's broken chords, which lie on top of it."""
RIPPLES = tuple(
    Note(12 * n, 12, pitch) for n in range(16) for pitch in ((48, 72) if n % 2 else (52, 76, 79))
)


def song(tune: Part, *others: Part) -> Piece:
    return Piece((*others, tune), METERS, 192)


@pytest.mark.parametrize(
    "tune",
    [
        Part("piano", 0, TUNE, role="melody"),
        Part("voice", 54, TUNE),
        Part("tenor", 52, TUNE),
        Part("piano", 0, TUNE, "Vocal 1"),
        Part("guitar", 24, TUNE, "Lead"),
        Part("oboe", 68, TUNE),
        Part("piano", 0, TUNE, "Track 3"),
    ],
)
def test_a_tune_below_the_top_of_its_accompaniment_is_found(tune: Part) -> None:
    """By role, by who sings, by name, as the only soloist, and by its line alone."""
    assert tune_place(song(tune, Part("piano", 0, RIPPLES, "Piano"))) == 1


def test_a_singer_of_one_note_has_no_tune() -> None:
    """A shout does not make a song: the flute plays on."""
    shout = Part("voice", 54, (Note(0, 24, 60),))
    flute = Part("flute", 73, tuple(Note(96 * n, 96, 72 + n) for n in range(16)))
    assert tune_place(Piece((shout, flute), METERS, 1536)) == 1


def test_backing_vocals_do_not_lead() -> None:
    """A name that says harmony is no name of a tune."""
    backing = Part("piano", 0, RIPPLES, "Vocal harmony")
    assert tune_place(song(Part("piano", 0, TUNE, "Track 1"), backing)) == 1


def test_of_drums_alone_nobody_has_a_tune() -> None:
    """None."""
    assert tune_place(Piece((Part("drums", 0, TUNE),), METERS, 192)) is None
    assert tune_place(Piece((), METERS, 192)) is None


@needs_corpora
def test_the_singer_of_held_out_art_songs_is_found_and_by_line_alone_nearly_always() -> None:
    """39 lieder of the validation split, with and without what says who sings: the piano is taken
    for the voice in none, and in at most two."""
    (lieder,) = (c for c in find_corpora(CORPORA) if c.name == "openscore_lieder")
    works = [work for work in lieder.works() if work.split == "valid"][:39]
    found = hidden = 0
    for work in works:
        piece = normalise(work.read())
        singers = [p for p, part in enumerate(piece.parts) if _sings(part) and part.notes]
        found += tune_place(piece) in singers
        parts = tuple(replace(p, name="", role="", instrument="piano") for p in piece.parts)
        hidden += tune_place(replace(piece, parts=parts)) in singers
    assert len(works) == 39
    assert found == 39
    assert hidden >= 37


def _sings(part: Part) -> bool:
    return BY_NAME[part.instrument].section == "voice"
