"""Even lines at the end of a score, instead of full ones and a remnant.

Verovio fills each line with as many measures as it holds. Here the measures of the last page are
dealt out anew over its lines, so that no line is much wider than another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

_MEASURE = re.compile(r'<g id="([^"]+)" class="measure"')
_STAFF_LINE = re.compile(r'd="M(\d+) (\d+) L(\d+) (\d+)"')
_LINE_ABOVE_ALL = 4  # the power under which the widest line outweighs the others


class _Measure(NamedTuple):
    identifier: str
    width: int


def even_breaks(toolkit: Any) -> str | None:
    """The laid out music as MEI with every break written down, those of the last page evened out;
    None where that page has one line only."""
    pages = [_systems(toolkit.renderToSVG(page + 1)) for page in range(toolkit.getPageCount())]
    if len(pages[-1]) < 2 or not all(measures for page in pages for measures in page):
        return None
    pages[-1] = _evened([measure for system in pages[-1] for measure in system], len(pages[-1]))
    return _broken(toolkit, pages)


def with_breaks(toolkit: Any) -> tuple[str, list[list[str]]] | None:
    """The laid out music as MEI with every break written down, and the measures of each system by
    their identifiers; None where a system has none."""
    pages = [_systems(toolkit.renderToSVG(page + 1)) for page in range(toolkit.getPageCount())]
    if not all(measures for page in pages for measures in page):
        return None
    systems = [[measure.identifier for measure in system] for page in pages for system in page]
    return _broken(toolkit, pages), systems


def _broken(toolkit: Any, pages: Sequence[Sequence[Sequence[_Measure]]]) -> str:
    breaks = {}
    for number, page in enumerate(pages):
        for place, system in enumerate(page):
            if number or place:
                breaks[system[0].identifier] = "<sb/>" if place else "<pb/>"
    return re.sub(
        r'<measure\b[^>]*?xml:id="([^"]+)"',
        lambda found: breaks.get(found[1], "") + found[0],
        str(toolkit.getMEI()),
    )


def _systems(page: str) -> list[list[_Measure]]:
    """The measures of each system of a page, as wide as their staff lines."""
    systems = []
    for drawn in page.split('class="system"')[1:]:
        starts = [*_MEASURE.finditer(drawn)]
        ends = [found.start() for found in starts[1:]] + [len(drawn)]
        systems.append(
            [
                _Measure(found[1], _width(drawn[found.end() : end]))
                for found, end in zip(starts, ends, strict=True)
            ]
        )
    return systems


def _width(measure: str) -> int:
    lines = (tuple(map(int, found)) for found in _STAFF_LINE.findall(measure))
    return max((x2 - x1 for x1, y1, x2, y2 in lines if y1 == y2), default=0)


def _evened(measures: Sequence[_Measure], count: int) -> list[list[_Measure]]:
    """The measures over so many lines, all as wide as they can be made alike."""
    total = len(measures)
    sums = [0]
    for measure in measures:
        sums.append(sums[-1] + measure.width)
    cheapest = {0: (0.0, [0])}  # by where a line ends: the cost, and where lines begin
    for line in range(count):
        grown: dict[int, tuple[float, list[int]]] = {}
        for start, (cost, starts) in cheapest.items():
            for end in range(start + 1, total - (count - line - 1) + 1):
                width = (sums[end] - sums[start]) / sums[-1] * count
                new = cost + width**_LINE_ABOVE_ALL
                if end not in grown or new < grown[end][0]:
                    grown[end] = (new, [*starts, end])
        cheapest = grown
    edges = cheapest[total][1]
    return [list(measures[a:b]) for a, b in pairwise(edges)]
