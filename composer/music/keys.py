"""Names of keys: "D minor", "Bb major", "f#" and back.

A key is a `KeyChange`: sharps (negative: flats) of its signature and a mode.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from composer.errors import RequestError
from composer.music.piece import KeyChange

MODES = ("major", "minor")
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_LETTERS_BY_FIFTHS = "FCGDAEB"  # position 0 is one fifth below C
_MOST_ACCIDENTALS = 7
DIATONIC_STEPS = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)
"""Steps on the staff of an interval of 0 to 11 semitones."""
EVENLY_FAR = 6
"""As many sharps as flats: F# and Gb major, D# and Eb minor."""
_MINOR_TONIC_FIFTHS = 3  # the minor tonic lies three fifths above its signature's major tonic

_KEY = re.compile(
    r"(?P<letter>[A-Ga-g])\s*(?P<accidental>#|♯|b|♭|-?sharp|-?flat|)"
    r"[\s_-]*(?P<mode>major|maj|dur|minor|min|moll|M|m|)",
)


def note_name(fifths: int) -> str:
    """The name of the note so many fifths above C: 2 is "D", -2 is "Bb", 6 is "F#"."""
    octave, position = divmod(fifths + 1, 7)
    return _LETTERS_BY_FIFTHS[position] + ("#" * octave if octave > 0 else "b" * -octave)


def note_fifths(name: str) -> int:
    """How many fifths above C the note of this name lies; the inverse of `note_name`."""
    sharps = name.count("#") + name.count("♯") - name[1:].count("b") - name.count("♭")
    return _LETTERS_BY_FIFTHS.index(name[0].upper()) - 1 + 7 * sharps


def tonic_fifths(key: KeyChange) -> int:
    """The tonic on the line of fifths (C: 0, G: 1, F: -1)."""
    return key.fifths + (_MINOR_TONIC_FIFTHS if key.mode == "minor" else 0)


def tonic_pitch_class(key: KeyChange) -> int:
    """The tonic as a pitch class 0..11."""
    return tonic_fifths(key) * 7 % 12


def key_name(key: KeyChange) -> str:
    """The name that `parse_key` reads: "D minor", "Bb major"."""
    return f"{note_name(tonic_fifths(key))} {key.mode}"


def printed_key_name(key: KeyChange) -> str:
    """The name as it is printed on a page: "E♭ minor", "F♯ major"."""
    tonic = note_name(tonic_fifths(key))
    return f"{tonic[0]}{tonic[1:].replace('b', '♭').replace('#', '♯')} {key.mode}"


def scale(key: KeyChange) -> tuple[int, ...]:
    """The seven pitch classes of the key from the tonic up (natural minor)."""
    tonic = tonic_pitch_class(key)
    return tuple((tonic + step) % 12 for step in _SCALES[key.mode])


def key_of(tonic: int, mode: str, tick: int = 0) -> KeyChange:
    """The key on a pitch class 0..11, spelled with the fewest accidentals: F# major rather than Gb,
    but E flat minor rather than D sharp minor, whose leading note is C double sharp."""
    offset = _MINOR_TONIC_FIFTHS if mode == "minor" else 0
    most_sharps = 5 if mode == "minor" else 6
    fifths = (tonic * 7 - offset) % 12
    return KeyChange(tick, fifths - 12 if fifths > most_sharps else fifths, mode)


def simplest(key: KeyChange) -> KeyChange:
    """The key with the fewest accidentals that sounds the same (see `key_of`)."""
    return key_of(tonic_pitch_class(key), key.mode, key.tick)


def beside(key: KeyChange, others: Iterable[KeyChange]) -> KeyChange:
    """A key of six sharps or flats with what most of the other keys have; all others, and where
    there are as many of both, as it is."""
    if abs(key.fifths) != EVENLY_FAR:
        return key
    sides = sum((o.fifths > 0) - (o.fifths < 0) for o in others if abs(o.fifths) != EVENLY_FAR)
    return key._replace(fifths=EVENLY_FAR if sides > 0 else -EVENLY_FAR) if sides else key


def respelled(key: KeyChange, as_in: KeyChange | None) -> KeyChange:
    """The key with the signature of another that sounds the same: G# minor as A flat minor."""
    same = as_in is not None and as_in.mode == key.mode
    if as_in is not None and same and (as_in.fifths - key.fifths) % 12 == 0:
        return key._replace(fifths=as_in.fifths)
    return key


def relative(key: KeyChange) -> KeyChange:
    """The key of the other mode with the same signature."""
    return key._replace(mode="major" if key.mode == "minor" else "minor")


def parse_key(text: str) -> KeyChange:
    """The key that people mean by "D minor", "Dm", "d", "Bb", "B♭ major", "F sharp minor".

    A lone small letter means minor, a lone capital major. A key of more than seven accidentals is
    respelled (G# major: Ab major). Raises `RequestError` for anything else.
    """
    found = _KEY.fullmatch(text.strip()) or _KEY.fullmatch(text.strip().lower())
    if found is None:
        raise RequestError(
            f"key {text!r} is not a key: give a letter A to G, # or b if needed, and major or "
            'minor, such as "D minor", "Bb major", "F#" (major) or "f#" (minor)'
        )
    letter, accidental, mode_word = found["letter"], found["accidental"], found["mode"]
    if mode_word:
        mode = "minor" if mode_word in ("minor", "min", "moll", "m") else "major"
    else:
        mode = "minor" if letter.islower() else "major"
    sign = "#" if accidental in ("#", "♯", "sharp", "-sharp") else "b" if accidental else ""
    offset = _MINOR_TONIC_FIFTHS if mode == "minor" else 0
    fifths = note_fifths(letter.upper() + sign) - offset
    if abs(fifths) > _MOST_ACCIDENTALS:
        return key_of((fifths + offset) * 7 % 12, mode)
    return KeyChange(0, fifths, mode)
