"""A staff of tablature under a guitarist's staff: strings as lines, frets as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement

from composer.rendering.musicxml.header import text_element
from composer.rendering.score.fingering import Stop
from composer.rendering.score.notation import Head, Measure, StaffPart, Symbol, VoiceLine
from composer.rendering.score.spelling import spelling_with

Stops = Mapping[int, Stop]
"""Where the notes of a part are stopped, by their index."""


def add_tablature(element: Element, part: StaffPart, stops: Stops, strings: Sequence[int]) -> None:
    """Add the staff to a part that is written: `element` holds its measures in order.

    `strings` are the MIDI pitches of the open strings, upwards. What is tied to is not stopped
    again, and rests are left to the staff above.
    """
    staff = part.staves + 1
    for measure, own in zip(element.findall("measure"), part.measures, strict=True):
        if own.bar.number == 1:
            _add_staff(measure, staff, strings)
        _add_notes(measure, own, staff, stops)


def _add_staff(measure: Element, staff: int, strings: Sequence[int]) -> None:
    """The lines, the clef and the tuning, each where MusicXML wants it."""
    attributes = measure.find("attributes")
    assert attributes is not None  # a first measure has a key and a meter
    for old in attributes.findall("staves"):
        attributes.remove(old)
    clefs = [place for place, child in enumerate(attributes) if child.tag == "clef"]
    for number, place in enumerate(clefs, 1):
        attributes[place].set("number", str(number))
    clef = Element("clef", number=str(staff))
    text_element(clef, "sign", "TAB")
    text_element(clef, "line", 5)
    attributes.insert(clefs[-1] + 1, clef)
    attributes.insert(clefs[-1] + 2, _tuning(staff, strings))
    count = Element("staves")
    count.text = str(staff)
    attributes.insert(clefs[0], count)


def _tuning(staff: int, strings: Sequence[int]) -> Element:
    details = Element("staff-details", number=str(staff))
    text_element(details, "staff-lines", len(strings))
    for line, pitch in enumerate(strings, 1):
        spelling = next(
            s for s in (spelling_with(step, pitch) for step in range(7)) if s.alter >= 0
        )
        tuning = SubElement(details, "staff-tuning", line=str(line))
        text_element(tuning, "tuning-step", spelling.step)
        if spelling.alter:
            text_element(tuning, "tuning-alter", spelling.alter)
        text_element(tuning, "tuning-octave", spelling.octave)
    return details


def _add_notes(element: Element, measure: Measure, staff: int, stops: Stops) -> None:
    barlines = [child for child in element.findall("barline") if child.get("location") == "right"]
    for barline in barlines:
        element.remove(barline)
    for line in measure.voices:
        backup = SubElement(element, "backup")
        text_element(backup, "duration", measure.bar.length_ticks)
        for symbol in line.symbols:
            _add_symbol(element, symbol, line, staff, stops)
    element.extend(barlines)


def _add_symbol(
    element: Element, symbol: Symbol, line: VoiceLine, staff: int, stops: Stops
) -> None:
    voice = 4 * (staff - 1) + line.voice + 1
    heads = [head for head in symbol.heads if not head.is_tied_to and head.note in stops]
    if not heads:
        forward = SubElement(element, "forward")
        text_element(forward, "duration", symbol.length_ticks)
        text_element(forward, "voice", voice)
        text_element(forward, "staff", staff)
        return
    for place, head in enumerate(heads):
        note = SubElement(element, "note")
        if place:
            SubElement(note, "chord")
        _write_note(note, symbol, head, voice, staff)
        technical = SubElement(SubElement(note, "notations"), "technical")
        text_element(technical, "string", stops[head.note].string)
        text_element(technical, "fret", stops[head.note].fret)


def _write_note(note: Element, symbol: Symbol, head: Head, voice: int, staff: int) -> None:
    """A note up to its notations, in the order that MusicXML demands."""
    pitch = SubElement(note, "pitch")
    text_element(pitch, "step", head.spelling.step)
    if head.spelling.alter:
        text_element(pitch, "alter", head.spelling.alter)
    text_element(pitch, "octave", head.spelling.octave)
    text_element(note, "duration", symbol.length_ticks)
    text_element(note, "voice", voice)
    text_element(note, "type", symbol.value.kind)
    for _ in range(symbol.value.dots):
        SubElement(note, "dot")
    if symbol.value.actual != 1:
        modification = SubElement(note, "time-modification")
        text_element(modification, "actual-notes", symbol.value.actual)
        text_element(modification, "normal-notes", symbol.value.normal)
    text_element(note, "staff", staff)
