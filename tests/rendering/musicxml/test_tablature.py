"""Tablature says where the notes of the staff above are stopped."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.music.instruments import BY_NAME
from composer.music.piece import Note, Part
from composer.rendering.musicxml.musicxml import tablature_text
from composer.rendering.pages.engraving import svg_pages
from tests.rendering.pieces import part_of, piece_of

PLAYED = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 40), st.integers(40, 80)),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[0],
)


@given(rows=PLAYED)
@settings(max_examples=25, deadline=None)
def test_every_note_is_stopped_once_where_it_sounds(rows: list[tuple[int, int, int]]) -> None:
    """String and fret give the sounding pitch; what is tied to is not stopped again."""
    notes = tuple(Note(onset, length, pitch) for onset, length, pitch in sorted(rows))
    guitar = BY_NAME["guitar"]
    text = tablature_text(piece_of(Part("guitar", 24, notes)))
    found = Counter(
        guitar.strings[6 - int(note.findtext(".//string", ""))] + int(note.findtext(".//fret", ""))
        for note in ElementTree.fromstring(text.encode()).iter("note")
        if note.find(".//fret") is not None
    )
    assert found == Counter(note.pitch for note in notes)


def test_only_frets_have_tablature_and_it_is_engraved() -> None:
    """A bass has four lines; a flute is left out."""
    bass = part_of("electric-bass", [(0, 1, 40), (1, 1, 43), (2, 2, 45)])
    text = tablature_text(piece_of(part_of("flute", [(0, 4, 72)]), bass))
    assert text.count("<score-part ") == 1
    assert "<staff-lines>4</staff-lines>" in text
    page = svg_pages(text)[0]
    assert page.count('class="tabGrp"') == 3


def test_who_has_no_frets_has_no_tablature() -> None:
    """A violin's strings have none."""
    with pytest.raises(RequestError, match="guitar"):
        tablature_text(piece_of(part_of("violin", [(0, 4, 72)])))
