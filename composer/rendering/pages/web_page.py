"""The score as one web page that plays: sounding notes are coloured, a click plays from there.

One file for any browser, without a network: verovio's pages, its table of which note sounds when
(in written quarters), the times of the performance, and its sound. A film would need an encoder;
those that come as wheels carry one under the GPL, and a film is neither sharp nor clickable.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from composer.music.bars import seconds_at
from composer.music.piece import GRID_TICKS_PER_QUARTER, Piece
from composer.rendering.musicxml.musicxml import musicxml_text
from composer.rendering.options import USUAL_PLAYING, USUAL_PRINT, Playing, Print, named
from composer.rendering.pages.engraving import engraved, pages_of
from composer.rendering.performance.audio import sound_of
from composer.rendering.performance.midi import midi_bytes
from composer.rendering.performance.performance import perform
from composer.rendering.score.pickup import with_pickup

Step = tuple[float, list[str], list[str]]
"""Seconds, the identifiers of the notes that begin, and of those that end."""


def page_text(
    piece: Piece,
    playing: Playing = USUAL_PLAYING,
    printed: Print = USUAL_PRINT,
    soundfont: Path | None = None,
) -> str:
    """The text of an HTML file that shows and plays a piece (on the grid), once, without repeats.

    Errors as for `svg_pages` and `wav_bytes`.
    """
    playing, printed = replace(playing, loop=False), replace(printed, repeats=False)
    toolkit = engraved(musicxml_text(piece, **named(printed)), printed.paper)
    sound = sound_of(midi_bytes(piece, **named(playing)), soundfont=soundfont).small()
    played = perform(piece, **named(playing)).piece
    steps = _steps(toolkit.renderToTimemap(), seconds_of_quarters(piece, played))
    return Template(_page().read_text(encoding="utf-8")).substitute(
        title=escape(piece.title or "Untitled"),
        pages="\n".join(pages_of(toolkit)),
        steps=json.dumps(steps, separators=(",", ":")),
        sound=b64encode(sound.as_wav(sound.gains())).decode(),
    )


def seconds_of_quarters(piece: Piece, performance: Piece) -> Callable[[float], float]:
    """When a place of the score (in quarters from its beginning) is played, in seconds."""
    finer = performance.ticks_per_quarter // piece.ticks_per_quarter
    played_tick = {
        written.onset_tick: played.onset_tick
        for before, after in zip(piece.parts, performance.parts, strict=True)
        for written, played in zip(before.notes, after.notes, strict=True)
    }
    silence = piece.end_tick - with_pickup(piece).end_tick

    def seconds(quarters: float) -> float:
        tick = round(quarters * GRID_TICKS_PER_QUARTER) + silence
        return seconds_at(performance, played_tick.get(tick, tick * finer))

    return seconds


def _steps(timemap: Sequence[dict[str, Any]], seconds: Callable[[float], float]) -> list[Step]:
    return [
        (round(seconds(row["qstamp"]), 3), row.get("on", []), row.get("off", []))
        for row in timemap
        if row.get("on") or row.get("off")
    ]


def _page() -> Path:
    return Path(__file__).with_name("web_page.html")
