"""Section letters follow what returns."""

from __future__ import annotations

import random

import pytest

from composer.analysis.analyse import analyse
from composer.analysis.form import form_of, sections_of
from composer.music.piece import MeterChange, Note, Part, Piece


def sections(form: str, bars_each: int, intro: int = 0) -> Piece:
    """A melody with a theme of its own for each letter, after some bars of something else."""
    themes = [f"intro {bar}" for bar in range(intro)]
    themes += [f"{letter} {bar}" for letter in form for bar in range(bars_each)]
    notes: list[Note] = []
    for index, theme in enumerate(themes):
        pitches = random.Random(theme).choices(range(55, 80), k=4)
        notes += [Note(index * 96 + beat * 24, 24, pitch) for beat, pitch in enumerate(pitches)]
    return Piece((Part("flute", 73, tuple(notes)),), (MeterChange(0, 4, 4),), 96 * len(themes))


@pytest.mark.parametrize("form", ["AABA", "AABB", "ABAB", "ABACA"])
@pytest.mark.parametrize("bars_each", [4, 8, 12])
def test_songs_are_spelled_out(form: str, bars_each: int) -> None:
    """Sections of any usual length."""
    assert analyse(sections(form, bars_each)).form == form


def test_an_introduction_does_not_shift_the_sections() -> None:
    """What returns begins where it begins."""
    facts = analyse(sections("ABCAB", 8, intro=5))
    found = sections_of([bar.recall for bar in facts.bars if bar.recall], ())
    assert 5 in [section.first_bar for section in found]
    assert 29 in [section.first_bar for section in found]


def test_what_never_returns_is_one_section() -> None:
    """A through-composed piece is A, an empty one nothing."""
    assert analyse(sections("A", 30)).form == "A"
    assert form_of((), ()) == ""
