"""The measures of a score as they are played, each time with its verse, without the signs of
repeats and jumps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from xml.etree.ElementTree import Element

_SIGNS_OF_REPEATS = ("repeat", "ending", "segno", "coda")
_JUMPS = ("dacapo", "dalsegno", "tocoda", "coda", "segno", "fine")


def unroll(root: Element, played_measures: Sequence[int]) -> None:
    """Put every measure (from 0) as often as it is played, without the signs that say so."""
    for part in root.iterfind("part"):
        printed = part.findall("measure")
        for measure in printed:
            part.remove(measure)
        played = [m for m in played_measures if m < len(printed)]
        passes = Counter[int]()
        for number, (place, measure) in enumerate(
            zip(played, _in_order(printed, played), strict=True), 1
        ):
            passes[place] += 1
            if played.count(place) > 1:
                _leave_verse(measure, passes[place])
            measure.set("number", str(number))
            part.append(measure)


def _leave_verse(measure: Element, number: int) -> None:
    """Only the words of one verse, or of the first there is."""
    verses = {int(verse) for lyric in measure.iter("lyric") if (verse := _verse(lyric))}
    for note in measure.iterfind("note"):
        for lyric in note.findall("lyric"):
            if _verse(lyric) and _verse(lyric) != str(number if number in verses else min(verses)):
                note.remove(lyric)


def _verse(lyric: Element) -> str:
    """The number of a verse; "" where it is called otherwise."""
    number = lyric.get("number", "1")
    return number if number.isdecimal() else ""


def _in_order(printed: Sequence[Element], played: Sequence[int]) -> Iterator[Element]:
    for number in played:
        measure = deepcopy(printed[number])
        for bar_line in measure.findall("barline"):
            for tag in _SIGNS_OF_REPEATS:
                for sign in bar_line.findall(tag):
                    bar_line.remove(sign)
            style = bar_line.find("bar-style")
            if style is not None and (style.text or "").strip() in ("light-heavy", "heavy-light"):
                bar_line.remove(style)
            if not len(bar_line):
                measure.remove(bar_line)
        for sound in measure.iter("sound"):
            for jump in _JUMPS:
                sound.attrib.pop(jump, None)
        yield measure
