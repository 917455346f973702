"""The score that a piece was read from, as MusicXML for engravers: handed on, not written anew.

Rhythm, bar lines, tuplets, words, chord symbols, slurs and all else are those of the file; only the
title and what is asked for (a subtitle, one part, no repeat signs) is put in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from composer.music.names import on_one_line
from composer.music.piece import Piece
from composer.music.source import Source, is_as_read

_DOCTYPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)
_BEFORE_CREDITS = (
    "work", "movement-number", "movement-title", "identification", "defaults",
)  # fmt: skip
_SIGNS_OF_REPEATS = ("repeat", "ending", "segno", "coda")
_JUMPS = ("dacapo", "dalsegno", "tocoda", "coda", "segno", "fine")


def has_score_as_read(piece: Piece) -> bool:
    """Whether the piece is still what its score says, so that the score itself can be printed."""
    return piece.source is not None and bool(piece.source.musicxml) and is_as_read(piece)


def score_as_read(
    piece: Piece, *, subtitle: str = "", credit: str = "", repeats: bool = True
) -> str:
    """The MusicXML text of the score that a piece was read from."""
    return _text(_prepared(piece, subtitle, credit, repeats))


def parts_as_read(
    piece: Piece, *, subtitle: str = "", credit: str = "", repeats: bool = True
) -> list[tuple[str, str]]:
    """For each part of the score its name and the MusicXML text of that part alone."""
    whole = _prepared(piece, subtitle, credit, repeats)
    texts = []
    for number, part in enumerate(whole.findall("part")):
        alone = deepcopy(whole)
        listed = alone.find("part-list")
        for other in alone.findall("part"):
            if other.get("id") != part.get("id"):
                alone.remove(other)
        name = f"Part {number + 1}"
        for element in list(listed if listed is not None else ()):
            if element.tag == "score-part" and element.get("id") == part.get("id"):
                name = on_one_line(element.findtext("part-name") or "") or name
            elif listed is not None:
                listed.remove(element)
        texts.append((name, _text(alone)))
    return texts


def _prepared(piece: Piece, subtitle: str, credit: str, repeats: bool) -> Element:
    source = piece.source
    assert source is not None
    root = ElementTree.fromstring(source.musicxml)
    _give_title(root, piece.title)
    if credit and root.find("identification/creator") is None:
        identification = root.find("identification")
        if identification is None:
            identification = Element("identification")
            root.insert(_place_after(root, _BEFORE_CREDITS[:3]), identification)
        creator = Element("creator", type="composer")
        creator.text = credit
        identification.insert(0, creator)
    composer = credit or _creator(root, "composer")
    for kind, words in (("composer", composer), ("subtitle", subtitle), ("title", piece.title)):
        _give_credit(root, kind, words)
    if not repeats:
        _unroll(root, source)
    return root


def _give_title(root: Element, title: str) -> None:
    if root.find("movement-title") is None and root.find("work/work-title") is None and title:
        element = Element("movement-title")
        element.text = title
        root.insert(_place_after(root, ("work", "movement-number")), element)


def _creator(root: Element, kind: str) -> str:
    for creator in root.iterfind("identification/creator"):
        if creator.get("type", "composer") == kind:
            return on_one_line(creator.text or "")
    return ""


def _give_credit(root: Element, kind: str, words: str) -> None:
    """Words that the engraver sets over the first page, unless the score has some of their kind."""
    stated = {(credit.findtext("credit-type") or "").strip() for credit in root.iterfind("credit")}
    if not words or kind in stated:
        return
    for credit in root.iterfind("credit"):
        said = on_one_line(credit.findtext("credit-words") or "")
        if credit.find("credit-type") is None and said == words:
            element = Element("credit-type")
            element.text = kind
            credit.insert(0, element)
            return
    credit = Element("credit", page="1")
    SubElement(credit, "credit-type").text = kind
    SubElement(credit, "credit-words").text = words
    root.insert(_place_after(root, _BEFORE_CREDITS), credit)


def _place_after(root: Element, tags: Sequence[str]) -> int:
    places = [place for place, child in enumerate(root) if child.tag in tags]
    return max(places, default=-1) + 1


def _unroll(root: Element, source: Source) -> None:
    """Every measure as often as it is played, without the signs that say so."""
    for part in root.iterfind("part"):
        printed = part.findall("measure")
        for measure in printed:
            part.remove(measure)
        played = [m for m in source.played_measures if m < len(printed)]
        for number, measure in enumerate(_in_order(printed, played), 1):
            measure.set("number", str(number))
            part.append(measure)


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


def _text(root: Element) -> str:
    return _DOCTYPE + ElementTree.tostring(root, encoding="unicode") + "\n"
