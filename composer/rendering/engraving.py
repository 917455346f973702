"""Pages from MusicXML: verovio engraves SVG, typst turns it into PDF and PNG. Wheels alone.

Verovio prints metronome notes in its own music font, which neither typst nor an SVG viewer has;
they are replaced with the outlines that verovio ships, so that all text is really there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from composer.errors import RequestError
from composer.rendering.outlines import MUSIC_FONT, with_outlined_music
from composer.rendering.typesetting import typeset

PAPERS_MILLIMETRES = {"a4": (210, 297), "letter": (216, 279)}
_UNITS_PER_MILLIMETRE = 10  # verovio's page units at a staff of about seven millimetres
_ROOM_FOR_A_STAFF_MILLIMETRES = 17
_MOST_STAVES_TWICE_A_PAGE = 10
_MARGIN_MILLIMETRES = 14
_PIXELS_PER_INCH = 150
_PIXELS_PER_MILLIMETRE = 4
_HEADER_PLACES: tuple[tuple[str, str, str, int, int], ...] = (  # size in percent, and for how long
    ("title", "center", "top", 200, 45),
    ("subtitle", "center", "top", 110, 80),
    ("composer", "right", "bottom", 90, 100),
)


def svg_pages(musicxml: str, *, paper: str = "a4") -> list[str]:
    """The engraved pages as SVG texts. Raises `RequestError` for a paper we do not know."""
    return pages_of(engraved(musicxml, paper))


def engraved(musicxml: str, paper: str) -> Any:
    """A toolkit of verovio with the music on pages. Raises `RequestError` as `svg_pages`."""
    import verovio

    width, height = _paper_size(paper)
    zoom = _zoom(musicxml, height)
    toolkit = verovio.toolkit()
    toolkit.setOptions(_options(width, height, zoom))
    verovio.enableLog(verovio.LOG_OFF)
    if not toolkit.loadData(musicxml):
        raise RequestError("this MusicXML cannot be engraved; check that it is a whole file")
    toolkit.loadData(_with_header(toolkit.getMEI(), musicxml))
    return toolkit


def pages_of(toolkit: Any) -> list[str]:
    """The pages of `engraved` music as SVG texts."""
    pages = range(1, toolkit.getPageCount() + 1)
    return [with_outlined_music(toolkit.renderToSVG(page)) for page in pages]


def pdf_bytes(musicxml: str, *, paper: str = "a4") -> bytes:
    """The engraved pages as one PDF. Raises `RequestError` for a paper we do not know."""
    pages = svg_pages(musicxml, paper=paper)
    return _typeset(pages, paper, format="pdf", timestamp=0)[0]


def png_pages(musicxml: str, *, paper: str = "a4") -> list[bytes]:
    """The engraved pages as PNG images. Raises `RequestError` for a paper we do not know."""
    pages = svg_pages(musicxml, paper=paper)
    return _typeset(pages, paper, format="png", ppi=_PIXELS_PER_INCH)


def _typeset(pages: Sequence[str], paper: str, **options: Any) -> list[bytes]:
    width, height = _paper_size(paper)
    lines = [f"#set page(width: {width}mm, height: {height}mm, margin: 0pt)"]
    pictures = {f"page{number}.svg": page for number, page in enumerate(pages, 1)}
    lines += [f'#image("{name}", width: 100%, height: 100%)' for name in pictures]
    return typeset("\n".join(lines), pictures, **options)


def _paper_size(paper: str) -> tuple[int, int]:
    try:
        return PAPERS_MILLIMETRES[paper.lower()]
    except KeyError:
        allowed = ", ".join(PAPERS_MILLIMETRES)
        raise RequestError(f"paper {paper!r} is unknown; allowed: {allowed}") from None


def _zoom(musicxml: str, height: int) -> float:
    """How much smaller than usual the staves must be for two systems, or a big one, a page."""
    two_staves = sum(int(count) - 1 for count in re.findall(r"<staves>(\d+)</staves>", musicxml))
    staves = musicxml.count("<score-part ") + two_staves
    room = height - 2 * _MARGIN_MILLIMETRES - 20
    systems = 2 if staves <= _MOST_STAVES_TWICE_A_PAGE else 1
    return max(1.0, systems * staves * _ROOM_FOR_A_STAFF_MILLIMETRES / room)


def _options(width: int, height: int, zoom: float) -> dict[str, Any]:
    units = _UNITS_PER_MILLIMETRE * zoom
    margin = round(_MARGIN_MILLIMETRES * units)
    return {
        "pageWidth": round(width * units),
        "pageHeight": round(height * units),
        "pageMarginTop": margin,
        "pageMarginBottom": margin,
        "pageMarginLeft": margin,
        "pageMarginRight": margin,
        "scale": max(1, round(100 * _PIXELS_PER_MILLIMETRE / units)),
        "header": "encoded",
        "footer": "none",
        "font": MUSIC_FONT,
        "justifyVertically": True,
        "spacingStaff": 9,
        "spacingBraceGroup": 9,
        "spacingBracketGroup": 9,
        "smuflTextFont": "none",
        "svgViewBox": True,
        "systemDivider": "none",
        "xmlIdSeed": 1,
    }


def _with_header(mei: str, musicxml: str) -> str:
    """The MEI with title, subtitle and credit in sizes of their own on the first page."""
    credits = dict(
        re.findall(
            r"<credit-type>(\w+)</credit-type>\s*<credit-words[^>]*>([^<]*)</credit-words>",
            musicxml,
        )
    )
    lines = [
        f'<rend halign="{across}" valign="{down}" '
        f'fontsize="{size * min(1, most / len(credits[kind])):.0f}%">{credits[kind]}</rend>'
        for kind, across, down, size, most in _HEADER_PLACES
        if credits.get(kind)
    ]
    header = f'<pgHead func="first">{"".join(lines)}</pgHead>'
    return re.sub(r"<pgHead\b.*?</pgHead>", lambda _: header, mei, count=1, flags=re.DOTALL)
