"""Where the parts stand in a score, and which need one staff only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from composer.music.instruments import BY_NAME, SECTIONS, Instrument
from composer.music.piece import Part, Piece

_CHAMBER_SECTIONS = (
    "voice", "woodwind", "brass", "percussion", "strings", "plucked", "keyboard", "synth", "bass",
    "drums",
)  # fmt: skip
_BAND_SECTIONS = (
    "voice", "woodwind", "brass", "percussion", "plucked", "keyboard", "strings", "synth", "bass",
    "drums",
)  # fmt: skip
_ORCHESTRA_SECTIONS = (*(section for section in SECTIONS if section != "drums"), "bass", "drums")
_FEWEST_OF_AN_ORCHESTRA = 9
_BASSES = frozenset({"acoustic-bass", "electric-bass", "synth-bass"})
_IN_A_SECTION = {
    "woodwind": (
        "piccolo", "flute", "recorder", "oboe", "english-horn", "clarinet", "bassoon",
        "soprano-sax", "alto-sax", "tenor-sax", "baritone-sax",
    ),
    "brass": ("horn", "trumpet", "trombone", "tuba", "brass"),
    "percussion": ("timpani",),
    "voice": ("voice", "soprano", "alto", "tenor", "bass", "choir"),
    "strings": ("violin", "fiddle", "viola", "cello", "contrabass", "strings"),
}  # fmt: skip
_GROUPS_PLAYED_BY_MANY = frozenset({"strings", "brass", "choir", "accordion"})
_ONE_STAFF_SEMITONES = 24
_LEGATO_TICKS = 3
_CHORDS_IN_A_MELODY = 0.3
_ONE_HAND = re.compile(r"\b(right|left)\b|\b[rl]\.?h\b", re.IGNORECASE)


def in_score_order(parts: Sequence[Part]) -> list[Part]:
    """The parts from the top of the page down, as orchestras, chamber groups and bands have them:
    a keyboard under those whom it accompanies, a band's bass and drums at the bottom."""
    instruments = [BY_NAME[part.instrument] for part in parts]
    sections = _sections_for(instruments)
    return sorted(parts, key=lambda part: _place(BY_NAME[part.instrument], sections))


def _sections_for(instruments: Sequence[Instrument]) -> Sequence[str]:
    present = {instrument.section for instrument in instruments}
    if len(instruments) >= _FEWEST_OF_AN_ORCHESTRA and {"woodwind", "strings"} <= present:
        return _ORCHESTRA_SECTIONS
    return _BAND_SECTIONS if "drums" in present else _CHAMBER_SECTIONS


def _place(instrument: Instrument, sections: Sequence[str]) -> tuple[int, int]:
    own = _IN_A_SECTION.get(instrument.section, ())
    place = own.index(instrument.name) if instrument.name in own else len(own)
    section = "bass" if instrument.name in _BASSES else instrument.section
    return sections.index(section), place


def needs_one_staff(part: Part, piece: Piece) -> bool:
    """Whether a part of an instrument with two staves is read on one.

    Alone that is a single line that one staff can hold. Beside others it is every line.

    So is a melody (chords now and then), one hand of a piano that calls itself so, and within two
    octaves strings, brass, a choir and the chords of a lead sheet.
    """
    if not part.notes:
        return False
    if len(piece.parts) == 1:
        return _is_line_for_one_staff(part)
    if _ONE_HAND.search(part.name):
        return True
    together = sum(b.onset_tick < a.end_tick for a, b in pairwise(part.notes))
    if together == 0:
        return True
    pitches = [note.pitch for note in part.notes]
    if max(pitches) - min(pitches) > _ONE_STAFF_SEMITONES:
        return False
    is_melody = together <= _CHORDS_IN_A_MELODY * len(part.notes)
    is_group = part.instrument in _GROUPS_PLAYED_BY_MANY
    return is_melody or is_group or piece.tags.ensemble == "lead-sheet"


def _is_line_for_one_staff(part: Part) -> bool:
    """Whether no two notes sound together, but for a finger's legato, within two octaves and a
    fourth."""
    pitches = [note.pitch for note in part.notes]
    overlaps = sum(
        a.onset_tick == b.onset_tick or b.onset_tick < a.end_tick - _LEGATO_TICKS
        for a, b in pairwise(part.notes)
    )
    return overlaps == 0 and max(pitches) - min(pitches) <= _ONE_STAFF_SEMITONES + 5
