"""Chord symbols that would run into the next one are set smaller.

Verovio leaves the accidentals of a symbol out when it makes room for it, so "Gbmaj9/F" at the end
of a bar reaches into the next bar's symbol.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple
from xml.etree import ElementTree

from composer.rendering.pages.outlines import width_of

SMALLEST = 0.65
"""Of its size: a symbol is not set smaller, whatever it meets."""
GAP = 120.0
"""Between two symbols, in units of the page."""
_SYMBOL = re.compile(r'<g\b[^>]*class="harm[^>]*>.*?</g>', re.DOTALL)
_SIZE = re.compile(r'font-size="([\d.]+)px"')


class Symbol(NamedTuple):
    """Where a symbol stands in the text of a page, and on the page."""

    start: int
    stop: int
    x: float
    y: float
    width: float


def with_room_for_symbols(svg: str) -> str:
    """The page with every symbol ending before the next one of its line, if it can."""
    pieces, done = [], 0
    places = sorted(symbols_of(svg), key=lambda symbol: (symbol.y, symbol.x))
    factors = {
        symbol.start: max(SMALLEST, (following.x - GAP - symbol.x) / symbol.width)
        for symbol, following in pairwise(places)
        if symbol.y == following.y and symbol.x + symbol.width + GAP > following.x
    }
    for symbol in sorted(places):
        if factor := factors.get(symbol.start):
            pieces += [svg[done : symbol.start], _smaller(svg[symbol.start : symbol.stop], factor)]
            done = symbol.stop
    return "".join([*pieces, svg[done:]])


def symbols_of(svg: str) -> Iterator[Symbol]:
    """The chord symbols of a page as verovio draws it."""
    for found in _SYMBOL.finditer(svg):
        text = ElementTree.fromstring(found.group()).find(".//text")
        if text is not None and (width := width_of(text)):
            x, y = float(text.get("x", "0")), float(text.get("y", "0"))
            yield Symbol(found.start(), found.end(), x, y, width)


def _smaller(group: str, factor: float) -> str:
    return _SIZE.sub(lambda size: f'font-size="{float(size[1]) * factor:g}px"', group)
