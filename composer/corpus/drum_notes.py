"""Drums in MusicXML: a note on a percussion staff names its instrument, not a pitch.

music21 forgets which instrument a note of a percussion chord belongs to. Before it reads the
file, each such note gets the General MIDI drum sound of its instrument as its pitch.
"""

from __future__ import annotations

from xml.etree import ElementTree

_STEPS = ("C", "C", "D", "D", "E", "F", "F", "G", "G", "A", "A", "B")
_SHARPS = (1, 3, 6, 8, 10)


def with_drum_pitches(musicxml: bytes) -> bytes:
    """The file with a pitch for each unpitched note whose instrument states a MIDI sound.

    A file without such notes, and one that is no XML, comes back as it is.
    """
    if b"<unpitched" not in musicxml:
        return musicxml
    try:
        root = ElementTree.fromstring(musicxml)
    except ElementTree.ParseError:
        return musicxml
    sounds = {part.get("id"): _sounds(part) for part in root.iter("score-part")}
    for part in root.iter("part"):
        of_part = sounds.get(part.get("id"), {})
        for note in part.iter("note"):
            unpitched, instrument = note.find("unpitched"), note.find("instrument")
            named = instrument.get("id") if instrument is not None else None
            if named is None and len(of_part) == 1:
                named = next(iter(of_part))
            if unpitched is not None and named in of_part:
                _give_pitch(unpitched, of_part[named])
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _sounds(part: ElementTree.Element) -> dict[str | None, int]:
    """The drum sound of each instrument of a part that states one."""
    stated = {
        midi.get("id"): midi.findtext("midi-unpitched", "").strip()
        for midi in part.iter("midi-instrument")
    }
    return {
        name: int(sound) - 1
        for name, sound in stated.items()
        if sound.isdigit() and 1 <= int(sound) <= 128
    }


def _give_pitch(element: ElementTree.Element, sound: int) -> None:
    element.clear()
    element.tag = "pitch"
    ElementTree.SubElement(element, "step").text = _STEPS[sound % 12]
    if sound % 12 in _SHARPS:
        ElementTree.SubElement(element, "alter").text = "1"
    ElementTree.SubElement(element, "octave").text = str(sound // 12 - 1)
