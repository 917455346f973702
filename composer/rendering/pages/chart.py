"""A chord chart: one page of bars with the symbols in them, as bands read it.

Four bars a line (eight where a piece has many), as large as the page allows; a bar that keeps the
chords of the one before has the sign for that. Typst sets it.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from string import Template
from typing import NamedTuple

from composer.errors import RequestError
from composer.music.bars import Bar, bars_of, key_at, prevailing_key, prevailing_meter, tempo_at
from composer.music.chords import chord_symbol
from composer.music.facts import Chord
from composer.music.keys import printed_key_name
from composer.music.piece import Piece
from composer.rendering.page import MARGIN_MILLIMETRES, paper_size
from composer.rendering.pages.typesetting import typeset
from composer.rendering.score.words import tempo_words

_MOST_LINES_OF_FOUR = 16
_HEADER_MILLIMETRES = 30
_HIGHEST_LINE_MILLIMETRES = 20.0
_LARGEST_POINTS, _SMALLEST_POINTS = 17.0, 5.0
_POINTS_A_MILLIMETRE = 72 / 25.4
_BAR_SHARE = 0.96
_EMS_A_SIGN = 0.62
"""How wide a letter of a symbol is, at most, and the room behind it."""
SAME = "%"
"""Stands in a bar that has the chords of the one before."""


class ChartBar(NamedTuple):
    """One bar of a chart: its number, what begins in it, and its symbols with where they stand.

    `places` are shares of the bar, 0 at its beginning.
    """

    number: int
    section: str
    symbols: tuple[str, ...]
    places: tuple[float, ...]


def chart_pdf(
    piece: Piece,
    chords: Sequence[Chord],
    *,
    sections: Sequence[tuple[int, str]] = (),
    subtitle: str = "",
    credit: str = "",
    paper: str = "a4",
) -> bytes:
    """A PDF of one page with the chords bar by bar; `sections` are ticks and names.

    Raises `RequestError` for a paper we do not know, and where there are no chords to show.
    """
    if not any(chord.quality != "none" for chord in chords):
        raise RequestError(
            "this piece has no chords to make a chart of; leave out the format chart"
        )
    return typeset(_document(piece, chords, sections, subtitle, credit, paper), {}, format="pdf")[0]


def chart_bars(
    piece: Piece, chords: Sequence[Chord], sections: Sequence[tuple[int, str]] = ()
) -> list[ChartBar]:
    """The bars of a chart. A chord that is held from the bar before stands again at the line."""
    names = {bar: name for tick, name in sections for bar in [_bar_at(piece, tick)]}
    found: list[ChartBar] = []
    last: tuple[tuple[str, ...], tuple[float, ...]] = ((), ())
    for bar in bars_of(piece):
        own = _inside(piece, bar, chords)
        section = names.get(bar.number, "")
        symbols, places = ((SAME,), (0.0,)) if own == last and own[0] and not section else own
        found.append(ChartBar(bar.number, section, symbols, places))
        last = own
    return found


def _bar_at(piece: Piece, tick: int) -> int:
    starts = [bar.start_tick for bar in bars_of(piece)]
    return bisect_right(starts, tick)


def _inside(
    piece: Piece, bar: Bar, chords: Sequence[Chord]
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The symbols in a bar and where in it they stand."""
    held = [chord for chord in chords if chord.tick <= bar.start_tick][-1:]
    begun = [chord for chord in chords if bar.start_tick < chord.tick < bar.end_tick]
    rows: list[tuple[str, float]] = []
    for chord in [*held, *begun]:
        symbol = _printed(chord_symbol(chord, key_at(piece, chord.tick)))
        if not rows or rows[-1][0] != symbol:
            place = max(0, chord.tick - bar.start_tick) / bar.length_ticks
            rows.append((symbol, round(place, 4)))
    return tuple(symbol for symbol, _ in rows), tuple(place for _, place in rows)


def _printed(symbol: str) -> str:
    """A symbol with a musician's signs: B♭m7, F♯."""
    return symbol[:1] + symbol[1:].replace("b", "♭").replace("#", "♯")


_DOCUMENT = Template(
    """#let data = json(bytes($data))
#set page(width: data.width * 1mm, height: data.height * 1mm, margin: data.margin * 1mm)
#align(center, text(size: 20pt, weight: "bold", data.title))
#if data.subtitle != "" { v(-8pt); align(center, text(size: 11pt, data.subtitle)) }
#v(-4pt)
#grid(columns: (1fr, 1fr), text(size: 11pt, data.how), align(right, text(size: 9pt, data.credit)))
#v(4pt)
#let height = data.line * 1mm
#grid(
  columns: (1fr,) * data.columns, rows: height, row-gutter: height * 0.22,
  ..data.bars.map(bar => box(width: 100%, height: 100%,
    stroke: (left: if bar.first { 1.5pt } else { .7pt }, right: if bar.last { 2pt } else { .7pt }),
    {
      place(top + left, dx: 3pt, dy: -6pt, text(size: 6.5pt, fill: luma(90), bar.label))
      if bar.section != "" {
        place(top + left, dx: 12pt, dy: -9pt, box(
          stroke: .7pt, inset: 2.2pt, fill: white, text(size: 8pt, weight: "bold", bar.section)
        ))
      }
      if bar.symbols == ("%",) {
        place(horizon + center, text(size: data.size * 1pt, weight: "bold", "⁒"))
      } else {
        for (symbol, at) in bar.symbols.zip(bar.places) {
          place(horizon + left, dx: 6pt + at * 97%, text(size: bar.size * 1pt, strong(symbol)))
        }
      }
    }))
)
"""
)


def _document(
    piece: Piece,
    chords: Sequence[Chord],
    sections: Sequence[tuple[int, str]],
    subtitle: str,
    credit: str,
    paper: str,
) -> str:
    width, height = paper_size(paper)
    bars = chart_bars(piece, chords, sections)
    columns = 4 if len(bars) <= 4 * _MOST_LINES_OF_FOUR else 8
    lines = -(-len(bars) // columns)
    room = height - 2 * MARGIN_MILLIMETRES - _HEADER_MILLIMETRES
    line = min(_HIGHEST_LINE_MILLIMETRES, room / lines / 1.22)
    bar_points = (width - 2 * MARGIN_MILLIMETRES) / columns * _POINTS_A_MILLIMETRE
    largest = min(_LARGEST_POINTS, line * _POINTS_A_MILLIMETRE / 2)
    data = {
        "width": width, "height": height, "margin": MARGIN_MILLIMETRES, "columns": columns,
        "line": line, "size": largest,
        "title": piece.title or "Untitled", "subtitle": subtitle, "credit": credit,
        "how": _how(piece),
        "bars": [
            {
                "label": str(bar.number) if place % columns == 0 else "",
                "section": bar.section, "symbols": bar.symbols, "places": at,
                "size": size,
                "first": bool(bar.section) or place == 0, "last": place == len(bars) - 1,
            }
            for place, bar in enumerate(bars)
            for size, at in [_laid_out(bar, bar_points, largest)]
        ],
    }  # fmt: skip
    return _DOCUMENT.substitute(data=json.dumps(json.dumps(data), ensure_ascii=False))


def _laid_out(bar: ChartBar, bar_points: float, largest: float) -> tuple[float, list[float]]:
    """The largest size in points at which the symbols of a bar fit, and where they stand: at their
    places, or moved as far as their neighbours and the end of the bar need."""
    size = largest
    while True:
        widths = [size * _EMS_A_SIGN * (len(text) + 0.5) / bar_points for text in bar.symbols]
        at: list[float] = []
        end = 0.0
        for place, width in zip(bar.places, widths, strict=True):
            at.append(max(place, end))
            end = at[-1] + width
        limit = _BAR_SHARE
        for number, width in reversed(list(enumerate(widths))):
            limit = at[number] = min(at[number], limit - width)
        if not at or at[0] >= 0 or size <= _SMALLEST_POINTS:
            return size, at
        size -= 0.5


def _how(piece: Piece) -> str:
    """Key, meter and tempo in a line."""
    key, tempo = prevailing_key(piece), tempo_at(piece, 0)
    meter = prevailing_meter(piece)
    words = [printed_key_name(key) if key else "", str(meter)]
    if tempo:
        rate = tempo.quarters_per_minute
        words.append(f"{tempo_words(rate, meter, piece)}, ♩ = {round(rate)}")
    return " · ".join(word for word in words if word)
