"""Pages that are filled: a size of the staves that leaves no lonely system or page at the end.

Verovio breaks lines greedily, so the end of a piece may be a bar alone on a page. Sizes of a few
percent more or less are tried (a trial lays out and draws the last page only) until the end looks
meant; a long piece is not tried as often, for there the end weighs less.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_FACTORS = (1.0, 1.04, 0.97, 1.08, 1.12, 0.94, 1.16, 1.2)
_LONG_PIECE_PAGES = 10
_FACTORS_FOR_A_LONG_PIECE = 2
_GOOD_ENOUGH = 0.05
_FULL_SYSTEM, _FULL_PAGE = 0.6, 0.5
_COST_OF_RESIZING = 0.5
_COST_OF_A_LONELY_SYSTEM = 0.3
_STAFF_LINE = re.compile(r'd="M\d+ (\d+) L(\d+) (\d+)"')
_VIEW_BOX = re.compile(r'class="definition-scale"[^>]*viewBox="0 0 (\d+) (\d+)"')
_MARGIN = re.compile(r'class="page-margin"[^>]*translate\((\d+), (\d+)\)')


def lay_out(toolkit: Any, options: Callable[[float], dict[str, Any]]) -> None:
    """Lay a loaded score out anew where its end is lonely; `options` are those of a zoom."""
    best = tried = 1.0
    lowest = _loneliness(toolkit)
    is_long = toolkit.getPageCount() > _LONG_PIECE_PAGES
    for factor in _FACTORS[1 : _FACTORS_FOR_A_LONG_PIECE if is_long else None]:
        if lowest < _GOOD_ENOUGH:
            break
        _lay_out_with(toolkit, options(factor))
        tried = factor
        cost = _loneliness(toolkit) + _COST_OF_RESIZING * abs(factor - 1)
        if cost < lowest:
            best, lowest = factor, cost
    if best != tried:
        _lay_out_with(toolkit, options(best))


def _lay_out_with(toolkit: Any, options: dict[str, Any]) -> None:
    toolkit.setOptions(options)
    toolkit.redoLayout()


def _loneliness(toolkit: Any) -> float:
    """How much the last system and the last page (if not the first) fall short of being full."""
    pages = toolkit.getPageCount()
    page = toolkit.renderToSVG(pages)
    box, margin = _VIEW_BOX.search(page), _MARGIN.search(page)
    last_system = page.rpartition('class="system"')[2]
    lines = [(int(x), int(y)) for start_y, x, y in _STAFF_LINE.findall(last_system) if start_y == y]
    if box is None or margin is None or not lines:
        return 0.0
    width, height = int(box[1]) - 2 * int(margin[1]), int(box[2]) - 2 * int(margin[2])
    across = max(x for x, _ in lines) / width
    down = max(y for _, y in lines) / height
    lonely = max(0.0, _FULL_SYSTEM - across)
    if pages > 1 and down < _FULL_PAGE:
        lonely += _FULL_PAGE - down
        lonely += _COST_OF_A_LONELY_SYSTEM * (page.count('class="system"') == 1)
    return lonely
