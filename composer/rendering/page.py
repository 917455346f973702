"""Paper, and how large the staves on it are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from composer.errors import RequestError

PAPERS_MILLIMETRES = {"a4": (210, 297), "letter": (216, 279)}
MARGIN_MILLIMETRES = 14
STAFF_MILLIMETRES = 7.2
"""The height of a staff where nothing asks for a smaller one."""

SMALLEST_STAFF_MILLIMETRES = 4.0
"""Below this a score cannot be read from a stand."""
_ROOM_FOR_A_STAFF_MILLIMETRES = {2: 17.0, 1: 19.5}
"""By how many systems a page shall hold: a big system alone has winds far above their staves."""
_HEADER_MILLIMETRES = 20
_BARS_OF_A_LARGE_SYSTEM = 4
_PART = re.compile(r"<part id=.*?</part>", re.DOTALL)
_MEASURE = re.compile(r"<measure .*?</measure>", re.DOTALL)
_STAVES = re.compile(r"<staves>(\d+)</staves>")


def paper_size(paper: str) -> tuple[int, int]:
    """Width and height in millimetres. Raises `RequestError` for a paper we do not know."""
    try:
        return PAPERS_MILLIMETRES[paper.lower()]
    except KeyError:
        allowed = ", ".join(PAPERS_MILLIMETRES)
        raise RequestError(f"paper {paper!r} is unknown; allowed: {allowed}") from None


class Zoom(NamedTuple):
    """How much smaller than usual staves are, and whether that is for two systems a page."""

    factor: float
    is_for_two: bool


def zoom_of(musicxml: str, paper: str) -> Zoom:
    """The zoom for the staves that a MusicXML text has (see `zoom_for`), of which a system shows
    those that are played."""
    parts = _PART.findall(musicxml)
    staves = [max(map(int, _STAVES.findall(part)), default=1) for part in parts]
    return zoom_for(sum(staves), paper, _usually_played(parts, staves))


def _usually_played(parts: Sequence[str], staves: Sequence[int]) -> int:
    """How many staves a system of a few bars shows: no more in most of them."""
    played = [
        ["<pitch>" in measure or "<unpitched>" in measure for measure in _MEASURE.findall(part)]
        for part in parts
    ]
    bars = max(map(len, played), default=0)
    counts = sorted(
        sum(
            count
            for count, own in zip(staves, played, strict=True)
            if any(own[start : start + _BARS_OF_A_LARGE_SYSTEM])
        )
        for start in range(0, bars, _BARS_OF_A_LARGE_SYSTEM)
    )
    return counts[len(counts) * 2 // 3] if counts else sum(staves)


def zoom_for(staves: int, paper: str, usually: int = 0) -> Zoom:
    """How much smaller than usual the staves must be for two systems a page, as long as they can be
    read, or for one of all staves. `usually` are those that a system shows, if not all."""
    room = paper_size(paper)[1] - 2 * MARGIN_MILLIMETRES - _HEADER_MILLIMETRES
    one, two = (
        systems * count * _ROOM_FOR_A_STAFF_MILLIMETRES[systems] / room
        for systems, count in ((1, staves), (2, usually or staves))
    )
    is_for_two = two > 1 and STAFF_MILLIMETRES / two >= SMALLEST_STAFF_MILLIMETRES
    return Zoom(max(1.0, one, two if is_for_two else 0.0), is_for_two)
