"""A page that plays its score."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from composer.music.piece import Piece, Tags
from composer.rendering.pages.web_page import page_text, seconds_of_quarters
from composer.rendering.performance.performance import perform
from tests.rendering.pieces import part_of, piece_of

PIECE = piece_of(
    part_of("flute", [(3.5, 0.5, 72), *((4 + i / 2, 0.5, 74 + i % 4) for i in range(24))]),
    part_of("piano", [(4 + 4 * i, 4, pitch) for i in range(3) for pitch in (48, 52, 55)]),
)


def steps_of(page: str) -> list[tuple[float, list[str], list[str]]]:
    return json.loads(re.search(r"const steps = (\[.*?\]);", page).group(1))


def test_every_note_that_sounds_is_on_the_page_and_ends() -> None:
    """Begun and ended once each, in order of time, while the sound lasts."""
    page = page_text(replace(PIECE, title="A <Piece>"))
    drawn = set(re.findall(r'<g id="([^"]+)" class="note', page))
    steps = steps_of(page)
    begun = [note for _, on, _ in steps for note in on]
    ended = [note for _, _, off in steps for note in off]
    assert len(begun) == len(set(begun)) >= PIECE.note_count
    assert sorted(begun) == sorted(ended)
    assert set(begun) <= drawn
    times = [seconds for seconds, _, _ in steps]
    assert times == sorted(times)
    wav = base64.b64decode(re.search(r"base64,([^\"]+)", page).group(1))
    assert wav[:4] == b"RIFF"
    assert times[-1] < (len(wav) - 44) / (24_000 * 2)


def test_the_page_needs_nothing_else() -> None:
    """No script, style, font or sound from elsewhere; the title is text."""
    page = page_text(replace(PIECE, title="A <Piece>"))
    assert "<title>A &lt;Piece&gt;</title>" in page
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', page)


def test_notes_light_up_when_they_are_played() -> None:
    """By the tempo map of the performance, late where it swings, from the pickup on."""

    def seconds_of(piece: Piece, mechanical: bool = False) -> Callable[[float], float]:
        return seconds_of_quarters(piece, perform(piece, mechanical=mechanical).piece)

    seconds = seconds_of(PIECE, mechanical=True)
    assert seconds(0) == pytest.approx(3.5 * 60 / 96)
    assert seconds(0.5) == pytest.approx(4 * 60 / 96)
    jazz = seconds_of(replace(PIECE, tags=Tags(style="jazz")))
    assert jazz(1.0) == pytest.approx((4 + 2 / 3) * 60 / 96)
    classical = seconds_of(PIECE)
    assert classical(12) > 15.5 * 60 / 96
