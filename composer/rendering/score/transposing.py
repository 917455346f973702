"""How far a part's written pitch lies from its sounding pitch, as its players read it.

An instrument has its usual transposition (`Instrument.transposition`): what players of today own.
A name on the part that says another one counts more ("D Trumpet 1", "Clarinetti in A", "Corno ex
D", "Bass Clarinet"), for it is printed beside the notes. Intervals after Del Mar, "Anatomy of the
Orchestra" (1981).
"""

from __future__ import annotations

import re

from composer.music.instruments import BY_NAME
from composer.music.piece import Part

_RELATIVES = (
    ("bass clarinet", 14), ("clarone", 14), ("basset", 7), ("bassett", 7), ("alto clarinet", 9),
    ("alto flute", 5), ("bass flute", 12), ("d'amore", 3), ("cor anglais", 7),
    ("english horn", 7), ("corno inglese", 7), ("contrabassoon", 12), ("double bassoon", 12),
    ("kontrafagott", 12), ("controfagotto", 12), ("piccolo trumpet", -10), ("xylophone", -12),
    ("flugelhorn", 2), ("cornet", 2),
)  # fmt: skip
"""Written minus sounding pitch in semitones of instruments that have no entry of their own."""
_MUSIC_BOX, _XYLOPHONE = 10, 13
_OF_PROGRAM = {_MUSIC_BOX: 0, _XYLOPHONE: -12}
"""Of General MIDI programs that share an instrument with others."""

_TONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 10, "h": 11}
_SYLLABLES = {"ut": 0, "do": 0, "re": 2, "ré": 2, "mi": 4, "fa": 5, "sol": 7, "la": 9, "si": 11}
_FLAT = r"b(?![a-z])|♭|-?\s*flat|\s*b[eé]mol|e?s(?![a-z])"
_KEY_BEHIND = re.compile(
    rf"\b(?:in|ex|en|del)\b[\s.:]*(?P<tone>ut|do|r[eé]|mi|fa|sol|la|si|[a-h])"
    rf"(?P<flat>{_FLAT})?(?![a-zé])(?P<rest>.*)"
)
_KEY_BEFORE = re.compile(
    r"^(?P<tone>[a-h])(?P<flat>b|♭|-flat)?\s+(?P<rest>(?:\(?(?:alto|basso)\)?\s+)?"
    r"(?:horn|trumpet|clarinet).*)"
)
_HIGHEST_ABOVE_C = {"horn": -1, "trumpet": 7, "clarinet": 4}
"""How many semitones above a C instrument one may sound; those in higher keys sound below it."""
_LOWEST_WRITTEN = 55


def transposition_of(part: Part) -> int:
    """Written minus sounding pitch of a part, in semitones.

    What is written octaves lower than it sounds is so only where that stays near the staff:
    files often have such instruments as they are written.
    """
    instrument = BY_NAME[part.instrument]
    name = part.name.lower()
    named = _by_name(instrument.name, name)
    semitones = _OF_PROGRAM.get(part.program, instrument.transposition) if named is None else named
    if part.notes and instrument.staves == 1 and not part.is_drums:
        lowest = min(note.pitch for note in part.notes)
        while semitones <= -12 and lowest + semitones < _LOWEST_WRITTEN:
            semitones += 12
    return semitones


def _by_name(instrument: str, name: str) -> int | None:
    for word, semitones in _RELATIVES:
        if word in name:
            return semitones
    found = _KEY_BEHIND.search(name) or _KEY_BEFORE.search(name)
    if found is None or instrument not in _HIGHEST_ABOVE_C:
        return None
    tone = found["tone"]
    above_c = _SYLLABLES[tone] if tone in _SYLLABLES else _TONES[tone]
    if found["flat"] and tone != "b":
        above_c = (above_c - 1) % 12
    if above_c <= _HIGHEST_ABOVE_C[instrument]:
        return -above_c
    return 12 - above_c + 12 * ("basso" in found["rest"])
