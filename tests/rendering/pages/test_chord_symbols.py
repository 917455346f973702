"""Chord symbols on a page never run into each other."""

from __future__ import annotations

from itertools import pairwise

import pytest

from composer.music.facts import Chord
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece
from composer.rendering.musicxml.musicxml import musicxml_text
from composer.rendering.pages.chord_symbols import symbols_of, with_room_for_symbols
from composer.rendering.pages.engraving import engraved


def group(words: str, x: int, size: int = 405, y: int = 1811) -> str:
    return (
        f'<g id="a{x}" class="harm"><text x="{x}" y="{y}" font-size="0px"><tspan class="text">'
        f'<tspan font-size="{size}px">{words}</tspan></tspan></text></g>'
    )


@pytest.mark.parametrize("room", [400, 700, 2000])
def test_a_symbol_ends_before_the_next_one(room: int) -> None:
    """One that has room stays as it is, and so does the last one, and one on another line."""
    page = group("Gmaj9/F", 1000) + group("Em/G", 1000 + room) + group("Gmaj9/F", 1100, y=9000)
    first, second, third = symbols_of(with_room_for_symbols(page))
    before = [*symbols_of(page)]
    assert (second.width, third.width) == (before[1].width, before[2].width)
    if room == 2000:
        assert first.width == before[0].width
    else:
        assert first.width == pytest.approx(max(room - 120, 0.65 * before[0].width), rel=0.01)


def test_long_symbols_of_a_real_page_are_apart() -> None:
    """Two a bar, over a few notes that leave them no room."""
    notes = tuple(Note(48 * beat, 24, 72) for beat in range(32))
    keys = (KeyChange(0, -6, "major"),)
    piece = Piece((Part("flute", 73, notes),), (MeterChange(0, 4, 4),), 32 * 48, keys=keys)
    chords = [Chord(48 * place, 6, "major9", 5) for place in range(32)]
    page = engraved(musicxml_text(piece, chords=chords), paper="a4").renderToSVG(1)
    places = [*symbols_of(with_room_for_symbols(page))]
    assert len(places) == len(chords)
    for one, following in pairwise(places):
        assert one.y != following.y or one.x + one.width < following.x
