"""Bar lines in MusicXML: the final one, repeat signs, first and second endings."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from composer.rendering.musicxml.header import text_element
from composer.rendering.score.notation import BarSigns


def write_left_line(element: Element, signs: BarSigns, *, is_first: bool) -> None:
    """The line before a bar; engravers print no sign where a repeat begins with the piece."""
    begins_repeat = signs.begins_repeat and not is_first
    if not (begins_repeat or signs.begins_ending):
        return
    barline = SubElement(element, "barline", location="left")
    if begins_repeat:
        text_element(barline, "bar-style", "heavy-light")
    if signs.begins_ending:
        text_element(barline, "ending", f"{signs.ending}.", number=str(signs.ending), type="start")
    if begins_repeat:
        SubElement(barline, "repeat", direction="forward")


def write_right_line(element: Element, signs: BarSigns, *, is_last: bool) -> None:
    """The line after a bar."""
    if not (is_last or signs.ends_repeat or signs.ends_ending):
        return
    barline = SubElement(element, "barline", location="right")
    if is_last or signs.ends_repeat:
        text_element(barline, "bar-style", "light-heavy")
    if signs.ends_ending:
        kind = "stop" if signs.ending == 1 else "discontinue"
        SubElement(barline, "ending", number=str(signs.ending), type=kind)
    if signs.ends_repeat:
        SubElement(barline, "repeat", direction="backward")
