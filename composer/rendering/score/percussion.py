"""Where the General MIDI drum sounds stand on a percussion staff, and which limb plays them.

Lines, spaces and note heads after Weinberg, "Guidelines for Drumset Notation" (Percussive Notes,
June 1994), the layout that notation programs share.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple


class DrumSign(NamedTuple):
    """A drum's name and its sign: as if in treble clef, with MusicXML's word for the head."""

    name: str
    step: str
    octave: int
    head: str = "normal"


_SIGNS = {
    35: DrumSign("Acoustic Bass Drum", "E", 4),
    36: DrumSign("Bass Drum", "F", 4),
    37: DrumSign("Side Stick", "C", 5, "x"),
    38: DrumSign("Snare Drum", "C", 5),
    39: DrumSign("Hand Clap", "E", 5, "x"),
    40: DrumSign("Electric Snare", "C", 5, "triangle"),
    41: DrumSign("Low Floor Tom", "G", 4),
    42: DrumSign("Closed Hi-Hat", "G", 5, "x"),
    43: DrumSign("High Floor Tom", "A", 4),
    44: DrumSign("Pedal Hi-Hat", "D", 4, "x"),
    45: DrumSign("Low Tom", "B", 4),
    46: DrumSign("Open Hi-Hat", "G", 5, "circle-x"),
    47: DrumSign("Low-Mid Tom", "D", 5),
    48: DrumSign("Hi-Mid Tom", "E", 5),
    49: DrumSign("Crash Cymbal", "A", 5, "x"),
    50: DrumSign("High Tom", "F", 5),
    51: DrumSign("Ride Cymbal", "F", 5, "x"),
    52: DrumSign("Chinese Cymbal", "B", 5, "x"),
    53: DrumSign("Ride Bell", "F", 5, "diamond"),
    54: DrumSign("Tambourine", "E", 5, "triangle"),
    55: DrumSign("Splash Cymbal", "B", 5, "diamond"),
    56: DrumSign("Cowbell", "E", 5, "diamond"),
    57: DrumSign("Crash Cymbal 2", "A", 5, "circle-x"),
    59: DrumSign("Ride Cymbal 2", "F", 5, "circle-x"),
}
_SPARES = {35: 36, 40: 38, 57: 49, 59: 51}
"""Second drums of a kind, and the first whose sign they take where only they are played."""
FEET = frozenset({35, 36, 44})
"""Bass drums and the pedal of the hi-hat: written as a lower voice, stems down."""

_OTHER_PLACES = (("G", 5), ("D", 5), ("B", 4), ("G", 4), ("A", 5), ("F", 4), ("E", 4), ("B", 5))
_OTHER_HEADS = (
    "triangle", "mi", "inverted triangle", "re", "do", "slashed", "back slashed", "cross",
)  # fmt: skip
"""Of the heads of MusicXML those that MuseScore 3 knows."""


def drum_sign(pitch: int) -> DrumSign:
    """The sign of a drum sound, no two alike from the high Q (27) to the open surdo (87).

    Hand percussion and effects share lines and spaces with the kit, under heads of their own.
    """
    sign = _SIGNS.get(pitch)
    if sign is not None:
        return sign
    row, place = divmod(pitch, len(_OTHER_PLACES))
    step, octave = _OTHER_PLACES[place]
    return DrumSign(f"Percussion {pitch}", step, octave, _OTHER_HEADS[row % len(_OTHER_HEADS)])


def drum_signs(pitches: Collection[int]) -> dict[int, DrumSign]:
    """The signs of the sounds of one part, no two alike; a bass drum, snare, crash or ride is
    written as the usual one unless there are two of them."""
    signs = {pitch: drum_sign(pitch) for pitch in pitches}
    for spare, usual in _SPARES.items():
        if spare in signs and usual not in signs:
            signs[spare] = drum_sign(usual)._replace(name=signs[spare].name)
    return signs
