"""A measure of our own page, put into a part of a score that was read: what is written for the
score (bar lines, signatures, directions, chord symbols) stays that of the score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from composer.music.keys import DIATONIC_STEPS
from composer.rendering.musicxml.header import text_element
from composer.rendering.score.accidentals import NAMES, alteration

_STEPS = "CDEFGAB"
_SEMITONES = (0, 2, 4, 5, 7, 9, 11)
_LOWEST_OF_THE_UPPER_STAFF = 60
_BEHIND_STAFF = ("beam", "notations", "lyric", "play", "listen")
_MUSIC = ("note", "backup", "forward")
_OF_THE_NOTE = ("articulations", "ornaments", "technical", "fermata", "arpeggiate")
"""Notations that stay where the note stays; slurs and ties are others' concern."""


@dataclass
class Signs:
    """What holds at a place of a part: divisions, signature, staves, transposition (steps and
    semitones from what is written to what sounds), meter as stated."""

    divisions: Fraction = Fraction(1)
    fifths: int = 0
    staves: int = 1
    transposition: tuple[int, int] = (0, 0)
    time: tuple[str, str] = ("", "")

    def read(self, measure: Element) -> None:
        """Go on to behind a measure."""
        for attributes in measure.iterfind("attributes"):
            self.divisions = Fraction(attributes.findtext("divisions") or self.divisions)
            self.fifths = int(attributes.findtext("key/fifths") or self.fifths)
            self.staves = int(attributes.findtext("staves") or self.staves)
            transpose = attributes.find("transpose")
            if transpose is not None:
                self.transposition = _interval(transpose)
            if attributes.find("time") is not None:
                self.time = _time(attributes)


def _time(attributes: Element) -> tuple[str, str]:
    beats, beat_type = (attributes.findtext(f"time/{t}") or "" for t in ("beats", "beat-type"))
    return beats.strip(), beat_type.strip()


def _interval(transpose: Element) -> tuple[int, int]:
    octaves = int(transpose.findtext("octave-change") or 0)
    semitones = int(float(transpose.findtext("chromatic") or 0))
    sign = -1 if semitones < 0 else 1
    inside = sign * DIATONIC_STEPS[abs(semitones) % 12] + sign * 7 * (abs(semitones) // 12)
    steps = int(transpose.findtext("diatonic") or inside)
    return steps + 7 * octaves, semitones + 12 * octaves


class Timed(NamedTuple):
    """A child of a measure and where it stands, in quarters from the measure's beginning."""

    onset: Fraction
    element: Element


def timed(measure: Element, divisions: Fraction) -> Iterator[Timed]:
    """The children of a measure with their places."""
    now = last = Fraction(0)
    for child in measure:
        length = Fraction(child.findtext("duration") or 0) / divisions
        if child.tag == "note":
            is_chord = child.find("chord") is not None
            yield Timed(last if is_chord else now, child)
            if not is_chord and child.find("grace") is None:
                last, now = now, now + length
            elif not is_chord:
                last = now
        else:
            yield Timed(now, child)
            now += {"backup": -length, "forward": length}.get(child.tag, 0)


def midi_of(note: Element) -> int | None:
    """The pitch of a note as it is written; None of a rest or a drum."""
    pitch = note.find("pitch")
    if pitch is None:
        return None
    step, octave = pitch.findtext("step") or "C", int(pitch.findtext("octave") or 4)
    alter = round(float(pitch.findtext("alter") or 0))
    return 12 * (octave + 1) + _SEMITONES[_STEPS.index(step.strip())] + alter


@dataclass(frozen=True)
class Ours:
    """A measure of our own page and what holds there; `drums` are the sounds by their ids."""

    measure: Element
    signs: Signs
    drums: Mapping[str, str]


def rewritten(
    base: Element, ours: Ours, signs: Signs, drums: Mapping[str, str]
) -> tuple[Element, dict[Element, Element]]:
    """A measure of the score with the notes of ours, and its notes that are still there with what
    stands for them now.

    `signs` hold at its beginning; `drums` are the ids of the part by their sounds. Clefs that came
    inside the measure are not in it (see `clefs_inside`).
    """
    measure = Element("measure", base.attrib)
    places = list(timed(base, signs.divisions))
    before: list[Element] = []
    behind: list[Element] = []
    for onset, child in places:
        if child.tag in ("direction", "harmony"):
            before.append(moved_to(child, onset, signs.divisions, ours.signs.divisions))
        elif child.tag == "barline":
            (before if child.get("location") == "left" else behind).append(child)
        elif child.tag == "attributes" and onset:
            if child.find("clef") is None:
                behind.append(child)
        elif child.tag not in (*_MUSIC, "figured-bass"):
            before.append(child)
    order = ("print", "barline", "attributes")
    before.sort(key=lambda child: order.index(child.tag) if child.tag in order else len(order))
    measure.extend(before)
    here = replace(signs)
    here.read(measure)
    _put_music(measure, ours, here, drums)
    measure.extend(behind)
    written = {
        (onset, midi_of(note)): note
        for onset, note in timed(measure, ours.signs.divisions)
        if note.tag == "note"
    }
    heirs = {}
    for onset, note in places:
        heir = written.get((onset, midi_of(note))) if note.tag == "note" else None
        if heir is not None and note.find("grace") is None and note.find("rest") is None:
            heirs[note] = heir
            _inherit(note, heir)
    return measure, heirs


def clefs_inside(measure: Element, divisions: Fraction) -> list[Element]:
    """The clefs that a measure changes to after its beginning, the last of each staff."""
    found = {
        clef.get("number", "1"): clef
        for onset, child in timed(measure, divisions)
        if child.tag == "attributes" and onset
        for clef in child.iterfind("clef")
    }
    return list(found.values())


def added(number: int, ours: Ours, signs: Signs, drums: Mapping[str, str]) -> Element:
    """A measure of ours behind the end of a part of the score."""
    measure = Element("measure", number=str(number))
    attributes = ours.measure.find("attributes")
    time = attributes.find("time") if attributes is not None else None
    if attributes is not None and time is not None and _time(attributes) != signs.time:
        SubElement(measure, "attributes").append(deepcopy(time))
    _put_music(measure, ours, signs, drums)
    return measure


def with_score_around(ours: Ours, around: Element | None) -> Element:
    """A measure of a part that the score does not have: number, bar lines and meter as there."""
    measure = Element("measure", around.attrib if around is not None else ours.measure.attrib)
    time = around.find("attributes/time") if around is not None else None
    for child in ours.measure:
        child = deepcopy(child)
        is_of_all = child.find("direction-type/metronome") is not None
        if child.tag in ("harmony", "barline") or is_of_all:
            continue
        for stated in child.findall("time") if around is not None else ():
            child.remove(stated)
        for instrument in child.findall("instrument"):
            instrument.set("id", f"new-{instrument.get('id')}")
        measure.append(child)
    if time is not None:
        attributes = measure.find("attributes")
        if attributes is None:
            attributes = Element("attributes")
            measure.insert(0, attributes)
        behind = ("staves", "part-symbol", "instruments", "clef", "transpose")
        place = next((n for n, one in enumerate(attributes) if one.tag in behind), len(attributes))
        attributes.insert(place, deepcopy(time))
    for line in (around if around is not None else ours.measure).findall("barline"):
        measure.insert(0 if line.get("location") == "left" else len(measure), deepcopy(line))
    return measure


def moved_to(child: Element, onset: Fraction, before: Fraction, now: Fraction) -> Element:
    """A direction or chord symbol for the beginning of its measure, with an offset."""
    moved = deepcopy(child)
    stated = moved.find("offset")
    at = onset + (Fraction(stated.text or 0) / before if stated is not None else 0)
    if stated is not None:
        moved.remove(stated)
    if at:
        offset = Element("offset")
        offset.text = str(round(at * now))
        behind = ("footnote", "level", "voice", "staff", "sound", "listening")
        place = next((n for n, one in enumerate(moved) if one.tag in behind), len(moved))
        moved.insert(place, offset)
    return moved


def _put_music(measure: Element, ours: Ours, signs: Signs, drums: Mapping[str, str]) -> None:
    """Append the notes of ours as the part writes them: its transposition, signature, staves."""
    head = Element("attributes")
    text_element(head, "divisions", ours.signs.divisions)
    stated = [place for place, child in enumerate(measure) if child.tag == "attributes"]
    measure.insert(max(stated, default=-1) + 1, head)
    steps, semitones = (
        own - its for own, its in zip(ours.signs.transposition, signs.transposition, strict=True)
    )
    for child in ours.measure:
        if child.tag not in _MUSIC:
            continue
        child = deepcopy(child)
        measure.append(child)
        if child.tag != "note":
            _set_staff(child, signs.staves, 1)
            continue
        for marks in child.findall("notations/articulations"):
            for accent in marks.findall("accent"):  # ours stand where a player is louder
                marks.remove(accent)
        if semitones or steps:
            _transpose(child, steps, semitones)
        midi = midi_of(child)
        high = midi is None or midi >= _LOWEST_OF_THE_UPPER_STAFF
        _set_staff(child, signs.staves, 1 if high else 2)
        instrument = child.find("instrument")
        if instrument is not None:
            known = drums.get(ours.drums.get(instrument.get("id", ""), ""))
            if known is None:
                child.remove(instrument)
            else:
                instrument.set("id", known)
    _fill_staves(measure, ours.signs.divisions, signs.staves)
    _show_accidentals(measure, signs.fifths, ours.signs.divisions)


def _transpose(note: Element, steps: int, semitones: int) -> None:
    pitch, sounding = note.find("pitch"), midi_of(note)
    if pitch is None or sounding is None:
        return
    step, octave = pitch.findtext("step") or "C", int(pitch.findtext("octave") or 4)
    octave, place = divmod(7 * octave + _STEPS.index(step) + steps, 7)
    alter = sounding + semitones - 12 * (octave + 1) - _SEMITONES[place]
    for old in list(pitch):
        pitch.remove(old)
    text_element(pitch, "step", _STEPS[place])
    if alter:
        text_element(pitch, "alter", alter)
    text_element(pitch, "octave", octave)


def _set_staff(child: Element, staves: int, staff: int) -> None:
    """Our staff where the part has it too, else `staff` where it has more than one."""
    stated = child.find("staff")
    if staves == 1 and stated is not None:
        child.remove(stated)
    elif staves > 1 and stated is None and child.tag != "backup":
        element = Element("staff")
        element.text = str(staff)
        place = next((n for n, one in enumerate(child) if one.tag in _BEHIND_STAFF), len(child))
        child.insert(place, element)


def _fill_staves(measure: Element, divisions: Fraction, staves: int) -> None:
    """A rest on each staff that has no notes."""
    there = {note.findtext("staff") or "1" for note in measure.iterfind("note")}
    length = max(
        (onset + Fraction(note.findtext("duration") or 0) / divisions)
        for onset, note in timed(measure, divisions)
    )
    for staff in range(1, staves + 1):
        if str(staff) in there or not length:
            continue
        duration = str(length * divisions)
        text_element(SubElement(measure, "backup"), "duration", duration)
        note = SubElement(measure, "note")
        SubElement(note, "rest", measure="yes")
        text_element(note, "duration", duration)
        text_element(note, "voice", 4 * (staff - 1) + 1)
        text_element(note, "staff", staff)


def _show_accidentals(measure: Element, fifths: int, divisions: Fraction) -> None:
    """Accidentals by the part's signature; none at a note tied over the bar line."""
    state: dict[tuple[str, ...], int] = {}
    for onset, note in sorted(timed(measure, divisions), key=lambda one: one.onset):
        for old in note.findall("accidental") if note.tag == "note" else ():
            note.remove(old)
        pitch = note.find("pitch") if note.tag == "note" else None
        is_held = any(tie.get("type") == "stop" for tie in note.iterfind("tie"))
        if pitch is None or (is_held and not onset):
            continue
        step, alter = pitch.findtext("step") or "C", int(pitch.findtext("alter") or 0)
        line = (note.findtext("staff") or "1", step, pitch.findtext("octave") or "4")
        if state.get(line, alteration(fifths, step)) != alter and not is_held and alter in NAMES:
            element = Element("accidental")
            element.text = NAMES[alter]
            values = [n for n, one in enumerate(note) if one.tag in ("voice", "type", "dot")]
            note.insert(values[-1] + 1, element)
        state[line] = alter


def _inherit(note: Element, heir: Element) -> None:
    """Articulations and the like of a note for what stands for it now."""
    own = heir.find("notations")
    for tag in _OF_THE_NOTE:
        stated = note.findall(f"notations/{tag}")
        if stated and own is None:
            own = notations_of(heir)
        for old in own.findall(tag) if own is not None else ():
            own.remove(old)  # type: ignore[union-attr]
        if own is not None:
            own.extend(deepcopy(one) for one in stated)


def notations_of(note: Element) -> Element:
    """The notations of a note, made where it has none."""
    found = note.find("notations")
    if found is None:
        found = Element("notations")
        place = next(
            (n for n, one in enumerate(note) if one.tag in ("lyric", "play", "listen")), len(note)
        )
        note.insert(place, found)
    return found
