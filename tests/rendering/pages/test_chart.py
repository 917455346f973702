"""A chord chart has every bar and every change on one page."""

from __future__ import annotations

import pytest

from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.chords import parse_progression, place_progression
from composer.music.facts import Chord
from composer.music.piece import Piece
from composer.rendering.pages.chart import SAME, chart_bars, chart_pdf
from tests.rendering.pieces import part_of, piece_of

PROGRESSION = "Ebmaj7 | Ebmaj7 | Fm7 Bb7 | Cm7/G"


def tune(bars: int) -> tuple[Piece, tuple[Chord, ...]]:
    piece = piece_of(part_of("flute", [(4 * bar, 4, 60) for bar in range(bars)]), fifths=-3)
    return piece, place_progression(parse_progression(PROGRESSION), bars_of(piece), 24)


def test_bars_have_their_symbols_where_they_begin() -> None:
    """A bar like the one before has the sign for that, unless a section begins with it."""
    piece, chords = tune(8)
    bars = chart_bars(piece, chords, [(0, "A"), (96, "B")])
    assert [bar.symbols for bar in bars[:4]] == [
        ("E♭maj7",), ("E♭maj7",), ("Fm7", "B♭7"), ("Cm7/G",),
    ]  # fmt: skip
    assert chart_bars(piece, chords)[1].symbols == (SAME,)
    assert bars[2].places == (0.0, 0.5)
    assert [bar.section for bar in bars[:3]] == ["A", "B", ""]


@pytest.mark.parametrize("bars", [1, 9, 64, 200])
def test_it_is_one_page(bars: int) -> None:
    """However long the piece is."""
    data = chart_pdf(*tune(bars), paper="letter")
    assert data.startswith(b"%PDF")
    assert b"/Count 1" in data


def test_a_piece_without_chords_has_no_chart() -> None:
    """One line says so."""
    piece, _ = tune(2)
    with pytest.raises(RequestError, match="no chords"):
        chart_pdf(piece, [Chord(0, 0, "none", 0)])
