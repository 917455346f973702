"""Slurs and ties of a part of which some measures were written anew: each has both ends again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from fractions import Fraction
from typing import NamedTuple
from xml.etree.ElementTree import Element

from composer.rendering.musicxml.changed_measure import Signs, midi_of, notations_of, timed


class Slur(NamedTuple):
    """A slur, its beginning and end as written, and the notes where they stand."""

    start: Element
    stop: Element
    first: Element
    last: Element


def slurs_of(part: Element) -> list[Slur]:
    """The slurs of a part that have both ends."""
    found = []
    begun: dict[str, tuple[Element, Element]] = {}
    for note in part.iter("note"):
        for slur in note.iterfind("notations/slur"):
            number = slur.get("number", "1")
            if slur.get("type") == "start":
                begun[number] = slur, note
            elif slur.get("type") == "stop" and number in begun:
                start, first = begun.pop(number)
                found.append(Slur(start, slur, first, note))
    return found


def mend_slurs(
    slurs: Sequence[Slur], before: Sequence[Element], heirs: Mapping[Element, Element]
) -> None:
    """Let slurs that lost an end, end at the next note of their voice that is still there.

    `before` are all notes of the part as it was, `heirs` what stands for those that are left. A
    slur over one note, or none, goes.
    """
    places = {note: place for place, note in enumerate(before)}
    for slur in slurs:
        voice = slur.first.findtext("voice")
        left = [
            heirs[note]
            for note in before[places[slur.first] : places[slur.last] + 1]
            if note in heirs and note.findtext("voice") == voice and note.find("chord") is None
        ] or [slur.first]
        first, last = heirs.get(slur.first, left[0]), heirs.get(slur.last, left[-1])
        for mark, old, new in ((slur.start, slur.first, first), (slur.stop, slur.last, last)):
            if first is last and heirs.get(old) is old:
                notations_of(old).remove(mark)
            elif first is not last and new is not old:
                notations_of(new).append(deepcopy(mark))


def tie_over_seams(part: Element, is_ours: Sequence[bool]) -> None:
    """Make ties agree where a measure of ours and one of the score meet."""
    signs = Signs()
    ending: dict[int, Element] = {}
    for number, measure in enumerate(part.iterfind("measure")):
        signs.read(measure)
        notes = [
            (onset, onset + Fraction(note.findtext("duration") or 0) / signs.divisions, note)
            for onset, note in timed(measure, signs.divisions)
            if note.tag == "note"
        ]
        if number and is_ours[number] != is_ours[number - 1]:
            held = {_pitch(n): n for onset, _, n in notes if not onset and _has_tie(n, "stop")}
            for pitch, note in ending.items():
                if _has_tie(note, "start") and pitch not in held:
                    _untie(note, "start")
                elif pitch in held and not _has_tie(note, "start"):
                    _tie(note)
            for pitch, note in held.items():
                if pitch not in ending:
                    _untie(note, "stop")
        end = max((end for _, end, _ in notes), default=Fraction(0))
        ending = {_pitch(n): n for _, until, n in notes if until == end and _pitch(n) >= 0}


def _pitch(note: Element) -> int:
    midi = midi_of(note)
    return -1 if midi is None else midi


def _has_tie(note: Element, kind: str) -> bool:
    return any(tie.get("type") == kind for tie in note.iterfind("tie"))


def _untie(note: Element, kind: str) -> None:
    for parent, tag in ((note, "tie"), (note.find("notations"), "tied")):
        for tie in parent.findall(tag) if parent is not None else ():
            if tie.get("type") == kind:
                parent.remove(tie)  # type: ignore[union-attr]


def _tie(note: Element) -> None:
    duration = note.find("duration")
    if duration is not None:
        note.insert(list(note).index(duration) + 1, Element("tie", type="start"))
        notations_of(note).insert(0, Element("tied", type="start"))
