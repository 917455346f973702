"""Paper, and how large the staves on it are."""

from __future__ import annotations

import re

from composer.errors import RequestError

PAPERS_MILLIMETRES = {"a4": (210, 297), "letter": (216, 279)}
MARGIN_MILLIMETRES = 14
STAFF_MILLIMETRES = 7.2
"""The height of a staff where nothing asks for a smaller one."""

_ROOM_FOR_A_STAFF_MILLIMETRES = {2: 17.0, 1: 19.5}
"""By how many systems a page shall hold: a big system alone has winds far above their staves."""
_HEADER_MILLIMETRES = 20
_MOST_STAVES_TWICE_A_PAGE = 10


def paper_size(paper: str) -> tuple[int, int]:
    """Width and height in millimetres. Raises `RequestError` for a paper we do not know."""
    try:
        return PAPERS_MILLIMETRES[paper.lower()]
    except KeyError:
        allowed = ", ".join(PAPERS_MILLIMETRES)
        raise RequestError(f"paper {paper!r} is unknown; allowed: {allowed}") from None


def zoom_of(musicxml: str, paper: str) -> float:
    """The zoom for the staves that a MusicXML text has (see `zoom_for`)."""
    more_staves = sum(int(count) - 1 for count in re.findall(r"<staves>(\d+)</staves>", musicxml))
    return zoom_for(musicxml.count("<score-part ") + more_staves, paper)


def zoom_for(staves: int, paper: str) -> float:
    """How much smaller than usual the staves must be for two systems, or a big one, a page."""
    room = paper_size(paper)[1] - 2 * MARGIN_MILLIMETRES - _HEADER_MILLIMETRES
    systems = 2 if staves <= _MOST_STAVES_TWICE_A_PAGE else 1
    return max(1.0, systems * staves * _ROOM_FOR_A_STAFF_MILLIMETRES[systems] / room)
