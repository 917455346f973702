"""Pages that are filled: a size of the staves that leaves no lonely system or page at the end.

Verovio breaks lines greedily, so the end of a piece may be a bar alone on a page. Sizes of a few
percent more or less are tried (a trial lays out and draws the last page only) until the end looks
meant, and a remnant of a line is shared out (`even_breaks`); a long piece is not tried as often,
for there the end weighs less. (Its own `breaksNoWidow` is left off: verovio 6.4 crashes where it
would move a rolled chord in the last bar, and no end is lonelier without it.)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from composer.rendering.pages.line_breaks import even_breaks

_FACTORS = (1.0, 1.04, 0.97, 1.08, 1.12, 0.94, 1.16, 1.2, 1.25)
_FACTORS_FOR_TWO = (1.0, 1.08, 1.16)
_LONG_PIECE_PAGES = 10
_FACTORS_FOR_A_LONG_PIECE = 2
_GOOD_ENOUGH = 0.05
_FULL_SYSTEM, _FULL_PAGE = 0.6, 0.5
_COST_OF_RESIZING = 0.5
_SHARE_THAT_EVEN_LINES_LEAVE = 0.3
_COST_OF_A_LONELY_SYSTEM = 0.3
_STAFF_LINE = re.compile(r'd="M\d+ (\d+) L(\d+) (\d+)"')
_VIEW_BOX = re.compile(r'class="definition-scale"[^>]*viewBox="0 0 (\d+) (\d+)"')
_MARGIN = re.compile(r'class="page-margin"[^>]*translate\((\d+), (\d+)\)')


def lay_out(
    toolkit: Any, options: Callable[[float], dict[str, Any]], *, has_two_systems: bool = False
) -> None:
    """Lay a loaded score out anew where its end is lonely, or where a page that should have two
    systems of a large score has one; `options` are those of a zoom."""
    best = tried = _factor_for_two(toolkit, options) if has_two_systems else 1.0
    lowest = _loneliness(toolkit)
    is_long = toolkit.getPageCount() > _LONG_PIECE_PAGES
    for factor in _FACTORS[1 : _FACTORS_FOR_A_LONG_PIECE if is_long else None]:
        if lowest < _GOOD_ENOUGH or best > 1:
            break
        _lay_out_with(toolkit, options(factor))
        tried = factor
        cost = _loneliness(toolkit) + _COST_OF_RESIZING * abs(factor - 1)
        if cost < lowest:
            best, lowest = factor, cost
    if best != tried:
        _lay_out_with(toolkit, options(best))
    if not is_long and _width_of_the_end(toolkit) < _FULL_SYSTEM:
        mei = even_breaks(toolkit)
        if mei is not None:
            toolkit.setOptions(options(best) | {"breaks": "encoded"})
            toolkit.loadData(mei)


def _factor_for_two(toolkit: Any, options: Callable[[float], dict[str, Any]]) -> float:
    """How much smaller staves must be for the second page (or the only one) to hold two systems;
    laid out so. 1 where the largest factor does not help."""
    for factor in _FACTORS_FOR_TWO:
        if factor > 1:
            _lay_out_with(toolkit, options(factor))
        page = min(2, toolkit.getPageCount())
        if toolkit.renderToSVG(page).count('class="system"') > 1:
            return factor
    _lay_out_with(toolkit, options(1.0))
    return 1.0


def _lay_out_with(toolkit: Any, options: dict[str, Any]) -> None:
    toolkit.setOptions(options)
    toolkit.redoLayout()


def _loneliness(toolkit: Any) -> float:
    """How far the end is from looking meant: a remnant of a line, a page with little on it."""
    pages = toolkit.getPageCount()
    page = toolkit.renderToSVG(pages)
    across, down = _end_of(page)
    systems = page.count('class="system"')
    lonely = max(0.0, _FULL_SYSTEM - across)
    if systems > 1:
        lonely *= _SHARE_THAT_EVEN_LINES_LEAVE
    if pages > 1 and down < _FULL_PAGE:
        lonely += _FULL_PAGE - down
        lonely += _COST_OF_A_LONELY_SYSTEM * (systems == 1)
    return lonely


def _width_of_the_end(toolkit: Any) -> float:
    return _end_of(toolkit.renderToSVG(toolkit.getPageCount()))[0]


def _end_of(page: str) -> tuple[float, float]:
    """How far across and down a page its music reaches, as shares of what is within margins."""
    box, margin = _VIEW_BOX.search(page), _MARGIN.search(page)
    last_system = page.rpartition('class="system"')[2]
    lines = [(int(x), int(y)) for y1, x, y in _STAFF_LINE.findall(last_system) if y1 == y]
    if box is None or margin is None or not lines:
        return 1.0, 1.0
    width, height = int(box[1]) - 2 * int(margin[1]), int(box[2]) - 2 * int(margin[2])
    return max(x for x, _ in lines) / width, max(y for _, y in lines) / height
