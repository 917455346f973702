"""Music characters inside the texts of verovio's SVG, drawn as outlines.

Verovio prints the note of a metronome mark as a character of its music font, which no viewer and
no typesetter has. Its package holds every glyph's outline and every character's width, so such a
text is set here, run by run: words stay text, music becomes paths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

MUSIC_FONT = "Leipzig"
_WORDS_FONT, _PLAIN_FONT = "Times-bold", "Times"
_DEFAULT_WIDTH = 0.5
_ROOM_FOR_ANOTHER_FONT = 1.05  # viewers set words in the serif font they have


def with_outlined_music(svg: str) -> str:
    """The SVG with every character of the music font in a text replaced by its outline."""
    music_text = rf'<text\b[^>]*(?<!/)>(?:(?!</text>).)*?font-family="{MUSIC_FONT}".*?</text>'
    return re.sub(music_text, lambda match: _outlined(match.group()), svg, flags=re.DOTALL)


def width_of(text: ElementTree.Element) -> float:
    """How wide a text of the page runs, in the units of the page."""
    return sum(
        size * _width(characters, MUSIC_FONT)
        if is_music
        else size * _ROOM_FOR_ANOTHER_FONT * _width(characters, _PLAIN_FONT)
        for characters, size, is_music in _runs(text)
    )


def _outlined(text: str) -> str:
    root = ElementTree.fromstring(text)
    x, y = float(root.get("x", "0")), float(root.get("y", "0"))
    pieces = []
    for (size, is_music), group in groupby(_runs(root), key=lambda run: run[1:]):
        characters = "".join(run[0] for run in group)
        for words in characters if is_music else [characters]:
            place = f"translate({x:.0f}, {y:.0f}) scale({size / 1000:g})"
            if is_music:
                pieces.append(f'<g transform="{place}" stroke="none">{_outline(words)}</g>')
            else:
                pieces.append(
                    f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size:g}px" xml:space="preserve">'
                    f"{escape(words)}</text>"
                )
            room = 1.0 if is_music else _ROOM_FOR_ANOTHER_FONT
            x += size * room * _width(words, MUSIC_FONT if is_music else _WORDS_FONT)
    return "".join(pieces)


def _runs(root: ElementTree.Element) -> Iterator[tuple[str, float, bool]]:
    """The text's runs in order: characters, font size, whether they are music."""
    for element in root.iter("tspan"):
        characters = element.text or ""
        if element.get("font-size") and characters:
            size = float(element.get("font-size", "0px").removesuffix("px"))
            yield characters, size, element.get("font-family") == MUSIC_FONT


@lru_cache(maxsize=256)
def _outline(character: str) -> str:
    path = _data_folder() / MUSIC_FONT / f"{ord(character):04X}.xml"
    if not path.exists():
        return ""
    glyph = re.search(r"<path[^>]*/>", path.read_text(encoding="utf-8"))
    return glyph.group() if glyph else ""


def _width(characters: str, font: str) -> float:
    """How wide the characters run, in ems."""
    widths = _widths(font)
    return sum(widths.get(character, _DEFAULT_WIDTH) for character in characters)


@lru_cache(maxsize=3)
def _widths(font: str) -> dict[str, float]:
    folder = _data_folder() if font == MUSIC_FONT else _data_folder() / "text"
    root = ElementTree.parse(folder / f"{font}.xml").getroot()
    em = float(root.get("units-per-em", "1000"))
    return {chr(int(glyph.get("c", "0"), 16)): _advance(glyph) / em for glyph in root.iter("g")}


def _advance(glyph: ElementTree.Element) -> float:
    """How far a glyph moves on; where its table leaves that out, what its outline takes up."""
    stated = float(glyph.get("h-a-x", "0"))
    return stated or 2 * float(glyph.get("x", "0")) + float(glyph.get("w", "0"))


def _data_folder() -> Path:
    import verovio

    return Path(verovio.__file__).parent / "data"
