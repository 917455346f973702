"""Tuplet brackets, beams and clefs that a MusicXML file leaves to its reader.

Engravers draw the marks that a file states and no others, so a file that only says how long its
notes last would print bare flags. Tuplets are closed where their notes fill the time of a whole
group; beams, only in parts that have none at all, join what lies in one beat.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from composer.corpus.partwise import quantity

_FLAGS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4, "128th": 5}
_QUARTERS = {
    "breve": Fraction(8), "whole": Fraction(4), "half": Fraction(2), "quarter": Fraction(1),
    "eighth": Fraction(1, 2), "16th": Fraction(1, 4), "32nd": Fraction(1, 8),
    "64th": Fraction(1, 16), "128th": Fraction(1, 32),
}  # fmt: skip
_BEFORE_BEAMS = (
    "grace", "cue", "chord", "pitch", "unpitched", "rest", "duration", "tie", "instrument",
    "footnote", "level", "voice", "type", "dot", "accidental", "time-modification", "stem",
    "notehead", "notehead-text", "staff", "beam",
)  # fmt: skip


class _Note(NamedTuple):
    """The first note of a chord, or a rest, and where it stands, in quarters."""

    element: Element
    onset: Fraction
    length: Fraction


def give_marks(part: Element) -> None:
    """Give a part the tuplet brackets and beams that it should have and has not."""
    needs_beams = next(part.iter("beam"), None) is None
    divisions, beat = Fraction(1), Fraction(1)
    for measure in part.iterfind("measure"):
        for attributes in measure.iterfind("attributes"):
            divisions = quantity(attributes.findtext("divisions")) or divisions
            beat = _beat(attributes) or beat
        for voice in _voices(measure, divisions):
            _give_tuplets(voice)
            if needs_beams:
                _give_beams(voice, beat)


def give_clef(part: Element) -> None:
    """Give a part that states no clef the one that its notes need least ledger lines in."""
    if next(part.iter("clef"), None) is not None:
        return
    measure = part.find("measure")
    if measure is None:
        return
    octaves = [quantity(note.findtext("octave")) for note in part.iter("pitch")]
    is_drums = not octaves and next(part.iter("unpitched"), None) is not None
    is_low = bool(octaves) and sum(octaves) < _LOWEST_MEAN_OCTAVE * len(octaves)
    sign, line = ("percussion", "") if is_drums else ("F", "4") if is_low else ("G", "2")
    attributes = measure.find("attributes")
    if attributes is None:
        attributes = Element("attributes")
        measure.insert(0, attributes)
    clef = Element("clef")
    SubElement(clef, "sign").text = sign
    if line:
        SubElement(clef, "line").text = line
    places = [n for n, child in enumerate(attributes) if child.tag in _BEFORE_CLEFS]
    attributes.insert(max(places, default=-1) + 1, clef)


_LOWEST_MEAN_OCTAVE = Fraction(7, 2)
_BEFORE_CLEFS = (
    "footnote", "level", "divisions", "key", "time", "staves", "part-symbol", "instruments",
)  # fmt: skip


def _beat(attributes: Element) -> Fraction | None:
    beats, value = attributes.findtext("time/beats"), attributes.findtext("time/beat-type")
    if not (beats and value and beats.strip().isdecimal() and value.strip().isdecimal()):
        return None
    numerator, denominator = int(beats[:4]), int(value[:4])
    if denominator >= 8 and numerator % 3 == 0:
        return Fraction(12, denominator)
    return Fraction(4, denominator) if denominator else None


def _voices(measure: Element, divisions: Fraction) -> list[list[_Note]]:
    """The notes of a measure voice by voice, in order, without grace notes."""
    voices: dict[tuple[str, str], list[_Note]] = {}
    position = Fraction(0)
    for element in measure:
        length = quantity(element.findtext("duration")) / divisions
        if element.tag == "backup":
            position = max(Fraction(0), position - length)
        elif element.tag == "forward":
            position += length
        elif element.tag == "note" and element.find("grace") is None:
            if element.find("chord") is not None:
                continue
            key = element.findtext("voice") or "", element.findtext("staff") or ""
            voices.setdefault(key, []).append(_Note(element, position, length))
            position += length
    return list(voices.values())


def _give_tuplets(voice: list[_Note]) -> None:
    group: list[_Note] = []
    ratio: tuple[int, int] | None = None
    for note in voice:
        own = _ratio(note.element)
        if own != ratio or (group and group[-1].onset + group[-1].length != note.onset):
            group = []
        ratio = own
        if own is None:
            continue
        group.append(note)
        if _is_whole(group, own):
            _bracket(group)
            group = []


def _ratio(note: Element) -> tuple[int, int] | None:
    """Actual and normal notes, of a note whose tuplet has no bracket yet."""
    modification = note.find("time-modification")
    if modification is None or note.find("notations/tuplet") is not None:
        return None
    actual = quantity(modification.findtext("actual-notes"))
    normal = quantity(modification.findtext("normal-notes"))
    if actual.denominator != 1 or normal.denominator != 1 or actual < 2 or normal < 1:
        return None
    return int(actual), int(normal)


def _is_whole(group: list[_Note], ratio: tuple[int, int]) -> bool:
    """Whether the notes fill the time of `normal` notes of their smallest value."""
    total = sum((note.length for note in group), Fraction(0))
    values = [_QUARTERS.get(note.element.findtext("type") or "") for note in group]
    known = [value for value in values if value is not None]
    if not known:
        return False
    return len(group) > 1 and total >= min(known) * ratio[1] and total % min(known) == 0


def _bracket(group: list[_Note]) -> None:
    if any(note.element.find("notations/tuplet") is not None for note in group):
        return
    for note, kind in ((group[0], "start"), (group[-1], "stop")):
        notations = note.element.find("notations")
        if notations is None:
            notations = Element("notations")
            note.element.insert(_place_of_notations(note.element), notations)
        SubElement(notations, "tuplet", type=kind, number="1")


def _place_of_notations(note: Element) -> int:
    places = [place for place, child in enumerate(note) if child.tag in _BEFORE_BEAMS]
    return max(places, default=-1) + 1


def _give_beams(voice: list[_Note], beat: Fraction) -> None:
    group: list[_Note] = []
    for note in voice:
        is_flagged = note.element.findtext("type") in _FLAGS and note.element.find("rest") is None
        is_next = bool(group) and group[-1].onset + group[-1].length == note.onset
        if group and not (is_flagged and is_next and group[0].onset // beat == note.onset // beat):
            _join(group)
            group = []
        if is_flagged:
            group.append(note)
    _join(group)


def _join(group: list[_Note]) -> None:
    if len(group) < 2:
        return
    flags = [_FLAGS[note.element.findtext("type") or "eighth"] for note in group]
    for number, note in enumerate(group):
        place = _place_of_notations(note.element)
        for level in range(1, flags[number] + 1):
            before = number > 0 and flags[number - 1] >= level
            after = number + 1 < len(group) and flags[number + 1] >= level
            kind = {
                (True, True): "continue", (True, False): "end", (False, True): "begin",
                (False, False): "backward hook" if number else "forward hook",
            }[before, after]  # fmt: skip
            beam = Element("beam", number=str(level))
            beam.text = kind
            note.element.insert(place + level - 1, beam)
