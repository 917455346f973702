"""The score that a piece was read from, as MusicXML for engravers: handed on, not written anew.

Rhythm, bar lines, tuplets, words, chord symbols, slurs and all else are those of the file; only
the title, what is asked for (a subtitle, one part, no repeat signs) and the bars that have changed
since are put in.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from composer.music.facts import Chord
from composer.music.names import on_one_line
from composer.music.piece import Piece
from composer.music.source import is_as_read
from composer.rendering.musicxml.changed_score import changed_score
from composer.rendering.musicxml.header import document
from composer.rendering.musicxml.read_measures import has_read_measures
from composer.rendering.musicxml.unrolled import unroll
from composer.rendering.page import paper_size

_BEFORE_CREDITS = (
    "work", "movement-number", "movement-title", "identification", "defaults",
)  # fmt: skip


def score_as_read(
    piece: Piece,
    *,
    subtitle: str = "",
    credit: str = "",
    chords: Sequence[Chord] = (),
    repeats: bool = True,
    paper: str = "a4",
) -> Element | None:
    """The score that a piece was read from, with what has changed since; None where there is none,
    or nothing of it is left.

    `chords` are printed instead of its own where the piece has changed. The paper is the
    engraver's concern. Raises `RequestError` for an unknown one.
    """
    paper_size(paper)
    source = piece.source
    if source is None or not source.musicxml:
        return None
    is_changed = not is_as_read(piece)
    if is_changed and not has_read_measures(piece):
        return None
    root = ElementTree.fromstring(source.musicxml)
    if not is_changed and not repeats:
        unroll(root, source.played_measures)
    if is_changed and not changed_score(root, piece, chords, repeats):
        return None
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
    return root


def part_texts_of(whole: Element) -> list[tuple[str, str]]:
    """For each part of a score its name and the MusicXML text of that part alone."""
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
        texts.append((name, document(alone)))
    return texts


def _give_title(root: Element, title: str) -> None:
    """The piece's title, where the score has none, or another one."""
    for path in ("work/work-title", "movement-title"):
        element = root.find(path)
        if title and element is not None and on_one_line(element.text or ""):
            before = on_one_line(element.text or "")
            for stated in (element, *root.iterfind("credit/credit-words")):
                if before != title and on_one_line(stated.text or "") == before:
                    stated.text = title
            return
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
