"""Pages from MusicXML: verovio engraves SVG, typst turns it into PDF and PNG. Wheels alone.

Verovio prints metronome notes in its own music font, which neither typst nor an SVG viewer has;
they are replaced with the outlines that verovio ships, so that all text is really there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from composer.errors import RequestError
from composer.rendering.page import (
    MARGIN_MILLIMETRES,
    SMALLEST_STAFF_MILLIMETRES,
    STAFF_MILLIMETRES,
    paper_size,
    zoom_of,
)
from composer.rendering.pages.chord_symbols import with_room_for_symbols
from composer.rendering.pages.fonts import drawable
from composer.rendering.pages.hidden_staves import hides_silent_staves, show_what_stood_over
from composer.rendering.pages.outlines import MUSIC_FONT, with_outlined_music
from composer.rendering.pages.page_fill import lay_out
from composer.rendering.pages.typesetting import typeset

_UNITS_A_STAFF = 72  # verovio's page units
_PIXELS_PER_INCH = 150
_PIXELS_PER_MILLIMETRE = 4
_HEADER_PLACES: tuple[tuple[str, str, str, int, int], ...] = (  # size in percent, and for how long
    ("title", "center", "top", 200, 45),
    ("subtitle", "center", "top", 110, 80),
    ("composer", "right", "bottom", 90, 100),
)
_SPACE_UNDER = {"title": "60%", "subtitle": "45%"}


def svg_pages(musicxml: str, *, paper: str = "a4") -> list[str]:
    """The engraved pages as SVG texts. Raises `RequestError` for a paper we do not know."""
    return pages_of(engraved(musicxml, paper))


def engraved(musicxml: str, paper: str) -> Any:
    """A toolkit of verovio with the music on pages. Raises `RequestError` as `svg_pages`."""
    import verovio

    width, height = paper_size(paper)
    zoom, is_for_two = zoom_of(musicxml, paper)
    toolkit = new_toolkit()
    toolkit.setOptions(_options(width, height, zoom) | {"breaks": "none"})
    verovio.enableLog(verovio.LOG_OFF)
    if not toolkit.loadData(musicxml):
        raise RequestError("this MusicXML cannot be engraved; check that it is a whole file")
    mei = _with_header(toolkit.getMEI(), musicxml)
    toolkit.setOptions(_options(width, height, zoom))
    toolkit.loadData(mei)
    most = max(zoom, STAFF_MILLIMETRES / SMALLEST_STAFF_MILLIMETRES)
    lay_out(
        toolkit,
        lambda factor: _options(width, height, min(most, zoom * factor)),
        has_two_systems=is_for_two,
    )
    if hides_silent_staves(musicxml):
        show_what_stood_over(toolkit)
    return toolkit


def new_toolkit() -> Any:
    """A toolkit of verovio with its fonts and tables, in any thread: the package says where they
    are only in the thread that imports it, and in others no file could be read."""
    import verovio

    toolkit = verovio.toolkit(False)
    toolkit.setResourcePath(str(Path(verovio.__file__).with_name("data")))
    return toolkit


def pages_of(toolkit: Any) -> list[str]:
    """The pages of `engraved` music as SVG texts."""
    pages = range(1, toolkit.getPageCount() + 1)
    drawn = (with_room_for_symbols(toolkit.renderToSVG(page)) for page in pages)
    return [*map(with_outlined_music, drawn)]


def pdf_bytes(musicxml: str, *, paper: str = "a4") -> bytes:
    """The engraved pages as one PDF. Raises `RequestError` for a paper we do not know."""
    pages = svg_pages(musicxml, paper=paper)
    return _typeset(pages, paper, format="pdf", timestamp=0)[0]


def png_pages(musicxml: str, *, paper: str = "a4") -> list[bytes]:
    """The engraved pages as PNG images. Raises `RequestError` for a paper we do not know."""
    pages = svg_pages(musicxml, paper=paper)
    return _typeset(pages, paper, format="png", ppi=_PIXELS_PER_INCH)


def _typeset(pages: Sequence[str], paper: str, **options: Any) -> list[bytes]:
    width, height = paper_size(paper)
    lines = [f"#set page(width: {width}mm, height: {height}mm, margin: 0pt)"]
    pictures = {f"page{number}.svg": page for number, page in enumerate(drawable(pages), 1)}
    lines += [f'#image("{name}", width: 100%, height: 100%)' for name in pictures]
    return typeset("\n".join(lines), pictures, **options)


def _options(width: int, height: int, zoom: float) -> dict[str, Any]:
    units = _UNITS_A_STAFF / STAFF_MILLIMETRES * zoom
    margin = round(MARGIN_MILLIMETRES * units)
    return {
        "pageWidth": round(width * units),
        "pageHeight": round(height * units),
        "pageMarginTop": margin,
        "pageMarginBottom": margin,
        "pageMarginLeft": margin,
        "pageMarginRight": margin,
        "scale": max(1, round(100 * _PIXELS_PER_MILLIMETRE / units)),
        "breaks": "auto",
        "minLastJustification": 0.6,
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
        "condense": "encoded",
        "condenseFirstPage": True,
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
    lines = []
    for kind, across, down, size, most in _HEADER_PLACES:
        if words := credits.get(kind):
            percent = size * min(1, most / len(words))
            lines.append(_header_line(across, down, f"{percent:.0f}%", words))
            if kind in _SPACE_UNDER:
                lines.append(_header_line(across, down, _SPACE_UNDER[kind], "\u00a0"))
    header = f'<pgHead func="first">{"".join(lines)}</pgHead>'
    bare = re.sub(r"<pg(Head|Foot)\b.*?</pg\1>", "", mei, flags=re.DOTALL)
    hides = ' optimize="true"' if hides_silent_staves(musicxml) else ""
    return re.sub(
        r"<scoreDef\b([^>]*)>", lambda found: f"<scoreDef{hides}{found[1]}>{header}", bare, count=1
    )


def _header_line(across: str, down: str, size: str, words: str) -> str:
    return f'<rend halign="{across}" valign="{down}" fontsize="{size}">{words}</rend>'
