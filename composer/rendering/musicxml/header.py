"""What stands before the music in a MusicXML file: titles, credits, and the list of parts."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from composer.rendering.page import MARGIN_MILLIMETRES, STAFF_MILLIMETRES, paper_size, zoom_for
from composer.rendering.score.notation import Score, StaffPart
from composer.rendering.score.percussion import drum_sign
from composer.rendering.score.short_names import short_names

_DOCTYPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FILE_ENDING = re.compile(r"\.(midi?|xml|musicxml|mxl|krn|abc)$", re.IGNORECASE)
_TENTHS_A_STAFF = 40
_CLOSE_STAVES = 45
_CREDITS = {
    "title": (22, "center", 0),
    "subtitle": (14, "center", 60),
    "composer": (10, "right", 90),
}
"""Size in points, where across, and how many tenths under the margin."""
_BRACKETED = ("woodwind", "brass", "percussion", "voice", "strings")


def document(root: Element) -> str:
    """The text of a MusicXML file."""
    return _DOCTYPE + tostring(root, encoding="unicode") + "\n"


def text_element(parent: Element, tag: str, content: object, /, **attributes: str) -> Element:
    """Append a child with text, without the control characters that XML forbids."""
    element = SubElement(parent, tag, attributes)
    element.text = _FORBIDDEN.sub("", str(content))
    return element


def write_header(root: Element, score: Score, subtitle: str, credit: str, paper: str) -> None:
    """Titles, the program's name, and the paper: programs open large scores on small staves."""
    title = _FILE_ENDING.sub("", score.piece.title) or "Untitled"
    work = SubElement(root, "work")
    text_element(work, "work-title", title)
    text_element(root, "movement-title", title)
    identification = SubElement(root, "identification")
    if credit or score.piece.tags.composer:
        text_element(
            identification, "creator", credit or score.piece.tags.composer, type="composer"
        )
    encoding = SubElement(identification, "encoding")
    text_element(encoding, "software", "symbolic-composer")
    SubElement(encoding, "supports", element="accidental", type="no")
    SubElement(encoding, "supports", element="beam", type="yes")
    page = _page_tenths(score, paper)
    _write_defaults(root, page)
    _write_credit(root, page, "title", title)
    if subtitle:
        _write_credit(root, page, "subtitle", subtitle)
    if credit:
        _write_credit(root, page, "composer", credit)


class _Page(NamedTuple):
    """The paper in tenths of a staff space; what is between staves, only where room is scarce."""

    millimetres_a_staff: float
    width: int
    height: int
    margin: int
    staff_distance: int


def _page_tenths(score: Score, paper: str) -> _Page:
    zoom = zoom_for(sum(part.staves for part in score.parts), paper).factor
    millimetres = STAFF_MILLIMETRES / zoom
    sizes = (*paper_size(paper), MARGIN_MILLIMETRES)
    width, height, margin = (round(size * _TENTHS_A_STAFF / millimetres) for size in sizes)
    return _Page(millimetres, width, height, margin, _CLOSE_STAVES if zoom > 1 else 0)


def _write_defaults(root: Element, page: _Page) -> None:
    defaults = SubElement(root, "defaults")
    scaling = SubElement(defaults, "scaling")
    text_element(scaling, "millimeters", f"{page.millimetres_a_staff:.3f}")
    text_element(scaling, "tenths", _TENTHS_A_STAFF)
    layout = SubElement(defaults, "page-layout")
    text_element(layout, "page-height", page.height)
    text_element(layout, "page-width", page.width)
    margins = SubElement(layout, "page-margins", type="both")
    for side in ("left", "right", "top", "bottom"):
        text_element(margins, f"{side}-margin", page.margin)
    if page.staff_distance:
        staves = SubElement(defaults, "staff-layout")
        text_element(staves, "staff-distance", page.staff_distance)


def _write_credit(root: Element, page: _Page, kind: str, words: str) -> None:
    size, justify, down = _CREDITS[kind]
    element = SubElement(root, "credit", page="1")
    text_element(element, "credit-type", kind)
    attributes = {
        "default-x": str(page.width // 2 if justify == "center" else page.width - page.margin),
        "default-y": str(page.height - page.margin - down),
        "justify": justify,
        "valign": "top",
        "font-size": str(size),
    }
    text_element(element, "credit-words", words, **attributes)


def write_part_list(root: Element, score: Score) -> None:
    part_list = SubElement(root, "part-list")
    open_group = 0
    sections = [part.instrument.section if part.staves == 1 else part.name for part in score.parts]
    abbreviations = short_names(score.parts)
    for number, part in enumerate(score.parts, 1):
        section = sections[number - 1]
        if open_group == 0 and section in _BRACKETED and sections[number : number + 1] == [section]:
            open_group = number
            group = SubElement(part_list, "part-group", type="start", number="1")
            text_element(group, "group-symbol", "bracket")
            text_element(group, "group-barline", "yes" if section != "voice" else "no")
        abbreviation = abbreviations[number - 1] if len(score.parts) > 1 else ""
        _write_score_part(part_list, part, number, abbreviation)
        if open_group and sections[number : number + 1] != [section]:
            SubElement(part_list, "part-group", type="stop", number="1")
            open_group = 0


def _write_score_part(part_list: Element, part: StaffPart, number: int, abbreviation: str) -> None:
    identifier = f"P{number}"
    element = SubElement(part_list, "score-part", id=identifier)
    text_element(element, "part-name", part.name)
    if abbreviation:
        text_element(element, "part-abbreviation", abbreviation)
    if part.instrument.is_drums:
        for pitch in part.drum_pitches():
            name = f"{identifier}-I{pitch}"
            instrument = SubElement(element, "score-instrument", id=name)
            text_element(instrument, "instrument-name", drum_sign(pitch).name)
        for pitch in part.drum_pitches():
            midi = SubElement(element, "midi-instrument", id=f"{identifier}-I{pitch}")
            text_element(midi, "midi-channel", 10)
            text_element(midi, "midi-unpitched", pitch + 1)
        return
    instrument = SubElement(element, "score-instrument", id=f"{identifier}-I1")
    text_element(instrument, "instrument-name", part.instrument.label)
    midi = SubElement(element, "midi-instrument", id=f"{identifier}-I1")
    channels = [channel for channel in range(1, 17) if channel != 10]
    text_element(midi, "midi-channel", channels[(number - 1) % 15])
    text_element(midi, "midi-program", part.program + 1)
