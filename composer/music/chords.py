"""Chord symbols: "Dm7 G7 | Cmaj7", Roman numerals "ii7 V7 | I", and back to text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from composer.errors import RequestError
from composer.music.bars import Bar
from composer.music.facts import Chord
from composer.music.keys import note_fifths, note_name, scale, tonic_fifths, tonic_pitch_class
from composer.music.piece import KeyChange


class Harmony(NamedTuple):
    """A chord without a place in time: pitch classes of root and bass, and a quality."""

    root: int
    quality: str
    bass: int


NO_CHORD = Harmony(0, "none", 0)

Progression = tuple[tuple[Harmony, ...], ...]
"""Harmonies bar by bar."""

CHORD_INTERVALS: dict[str, tuple[int, ...]] = {
    "none": (),
    "major": (0, 4, 7),
    "minor": (0, 3, 7),
    "diminished": (0, 3, 6),
    "augmented": (0, 4, 8),
    "sus4": (0, 5, 7),
    "sus2": (0, 2, 7),
    "power": (0, 7),
    "dominant7": (0, 4, 7, 10),
    "major7": (0, 4, 7, 11),
    "minor7": (0, 3, 7, 10),
    "half-diminished7": (0, 3, 6, 10),
    "diminished7": (0, 3, 6, 9),
    "minor-major7": (0, 3, 7, 11),
    "augmented7": (0, 4, 8, 10),
    "major6": (0, 4, 7, 9),
    "minor6": (0, 3, 7, 9),
    "dominant9": (0, 2, 4, 7, 10),
    "major9": (0, 2, 4, 7, 11),
    "minor9": (0, 2, 3, 7, 10),
    "dominant7sus4": (0, 5, 7, 10),
    "major-add9": (0, 2, 4, 7),
    "major6-9": (0, 2, 4, 7, 9),
    "dominant7-flat9": (0, 1, 4, 7, 10),
    "dominant7-sharp9": (0, 3, 4, 7, 10),
    "altered7": (0, 1, 3, 4, 6, 8, 10),
    "dominant11": (0, 2, 4, 5, 7, 10),
    "dominant13": (0, 2, 4, 7, 9, 10),
    "dominant7-flat5": (0, 4, 6, 10),
    "major7-sharp11": (0, 4, 6, 7, 11),
    "minor11": (0, 2, 3, 5, 7, 10),
}
"""Semitones above the root, by the qualities of `composer.music.facts`."""

PLAIN_QUALITIES = {
    "major-add9": "major",
    "major6-9": "major6",
    "dominant7-flat9": "dominant7",
    "dominant7-sharp9": "dominant7",
    "altered7": "dominant7",
    "dominant11": "dominant9",
    "dominant13": "dominant9",
    "dominant7-flat5": "dominant7",
    "major7-sharp11": "major7",
    "minor11": "minor9",
}
"""The chord that an extended one is without its colour."""

_SUFFIXES: dict[str, tuple[str, ...]] = {
    # the first is the one we print
    "major": ("", "maj", "M", "major"),
    "minor": ("m", "min", "-", "mi", "minor"),
    "diminished": ("dim", "°", "o", "mb5"),
    "augmented": ("aug", "+", "#5"),
    "sus4": ("sus4", "sus", "4"),
    "sus2": ("sus2", "2"),
    "power": ("5", "no3"),
    "dominant7": ("7", "dom7"),
    "major7": ("maj7", "M7", "Δ", "Δ7", "ma7", "j7", "^7", "^"),
    "minor7": ("m7", "min7", "-7", "mi7"),
    "half-diminished7": ("m7b5", "ø", "ø7", "min7b5", "-7b5", "h7", "h"),
    "diminished7": ("dim7", "°7", "o7"),
    "minor-major7": ("mMaj7", "mmaj7", "-maj7", "minmaj7", "mM7", "-Δ7"),
    "augmented7": ("aug7", "+7", "7#5", "7+"),
    "major6": ("6", "maj6", "M6"),
    "minor6": ("m6", "min6", "-6"),
    "dominant9": ("9", "dom9"),
    "major9": ("maj9", "M9", "ma9", "Δ9"),
    "minor9": ("m9", "min9", "-9", "mi9"),
    "dominant7sus4": ("7sus4", "7sus"),
    "major-add9": ("add9", "add2"),
    "major6-9": ("6/9", "69", "6add9", "maj6/9"),
    "dominant7-flat9": ("7b9", "7-9"),
    "dominant7-sharp9": ("7#9", "7+9"),
    "altered7": ("7alt", "alt"),
    "dominant11": ("11", "dom11"),
    "dominant13": ("13", "dom13"),
    "dominant7-flat5": ("7b5", "7-5"),
    "major7-sharp11": ("maj7#11", "M7#11", "Δ#11", "Δ7#11"),
    "minor11": ("m11", "min11", "-11", "mi11"),
}
_QUALITY_BY_SUFFIX = {suffix: q for q, suffixes in _SUFFIXES.items() for suffix in suffixes}
_NO_CHORD_WORDS = ("N.C.", "NC", "N", "n.c.", "-", "r")
_LOOKS_LIKE_A_SUFFIX = re.compile(r"[^A-Za-z]|maj|mi?n?|[Mbdø]|add|alt|aug|sus|dom")
_HOLD_WORDS = ("%", ".", "/", "=")

_ACCIDENTALS = r"(?:#|♯|b|♭)"
_SYMBOL = re.compile(
    rf"(?P<root>[A-G]{_ACCIDENTALS}?)(?P<suffix>.*?)(?:/(?P<bass>[A-G]{_ACCIDENTALS}?))?"
)
_ROMAN = re.compile(
    rf"(?P<accidental>{_ACCIDENTALS}?)"
    r"(?P<numeral>VII|VI|V|IV|III|II|I|vii|vi|v|iv|iii|ii|i)(?P<suffix>.*?)"
    rf"(?:/(?P<of>{_ACCIDENTALS}?(?:VII|VI|V|IV|III|II|I|vii|vi|v|iv|iii|ii|i)))?"
)
_DEGREES = ("I", "II", "III", "IV", "V", "VI", "VII")
_MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
_LOWEST_FIFTHS, _HIGHEST_FIFTHS = -8, 12  # Fb and B#: no chord is named by two accidentals
_FIFTHS_OF_INTERVAL = (0, -5, 2, -3, 4, -1, -6, 1, 8, 3, -2, 5)  # a third is a third, and so on
_INVERSIONS = {
    "6": ("", 1), "64": ("", 2), "6/4": ("", 2), "65": ("7", 1), "6/5": ("7", 1), "43": ("7", 2),
    "4/3": ("7", 2), "42": ("7", 3), "4/2": ("7", 3), "°6": ("°", 1), "o6": ("°", 1),
    "°65": ("°7", 1), "°43": ("°7", 2), "°42": ("°7", 3), "ø65": ("ø7", 1), "ø43": ("ø7", 2),
    "ø42": ("ø7", 3), "+6": ("+", 1),
}  # fmt: skip
_NEAPOLITAN = "N6"
_MINOR_SUFFIXES = {
    "": "m", "7": "m7", "6": "m6", "9": "m9", "maj7": "mMaj7", "11": "m11", "13": "m13",
    "add9": "madd9", "6/9": "m6/9",
}  # fmt: skip


def telling_intervals(quality: str) -> tuple[int, ...]:
    """The semitones above the root that make a chord known: 0 and its third, or 7 without one."""
    thirds = tuple(interval for interval in CHORD_INTERVALS[quality] if interval in (3, 4))
    return (0, *(thirds or (7,)))


def chord_symbol(chord: Chord | Harmony, key: KeyChange | None = None) -> str:
    """The symbol of a chord, such as "Dm7" or "C/E", spelled as the key suggests."""
    if chord.quality == "none":
        return "N.C."
    root, bass = fifths_of_chord(chord, key)
    symbol = note_name(root) + _SUFFIXES[chord.quality][0]
    return symbol if bass == root else f"{symbol}/{note_name(bass)}"


def fifths_of_chord(chord: Chord | Harmony, key: KeyChange | None = None) -> tuple[int, int]:
    """Root and bass on the line of fifths (C: 0, G: 1): the root as the key has it, the bass as a
    tone of the chord."""
    root = _root_fifths(chord.root, key, is_leading="diminished" in chord.quality)
    bass = root + _FIFTHS_OF_INTERVAL[(chord.bass - chord.root) % 12]
    if not _LOWEST_FIFTHS <= bass <= _HIGHEST_FIFTHS:
        bass = _root_fifths(chord.bass, key)
    return root, bass


def _root_fifths(pitch_class: int, key: KeyChange | None, *, is_leading: bool = False) -> int:
    """A root on the line of fifths, from five below a major tonic or a minor one's to six above:
    Db to F# in C, Bb to D# in A minor; of a diminished chord, which leads upwards, from two below
    to nine above: C#dim and D#dim in C. Keys of many accidentals stop at Fb and B#.
    """
    lowest = (tonic_fifths(key) if key else 0) - (2 if is_leading else 5)
    lowest = min(max(lowest, _LOWEST_FIFTHS), _HIGHEST_FIFTHS - 11)
    return lowest + (pitch_class * 7 - lowest) % 12


def parse_chord(text: str, key: KeyChange | None = None) -> Harmony:
    """The chord of a symbol ("Dm7", "F#m7b5/A", "N.C.") or, in a key, of a Roman numeral.

    Roman numerals: capitals are major, small letters minor; degrees are those of the key's scale
    (natural minor, but vii° and viiø on the leading note), # and b before them count from the major
    scale; figures 6, 64, 65, 43 and 42 are inversions; "V7/ii" is the dominant of ii; N6 is the
    major chord on the lowered second degree, its third in the bass. A symbol whose notes none of
    `CHORD_QUALITIES` has is refused, never simplified. Raises `RequestError` where it is, and where
    the text is no symbol.
    """
    if text in _NO_CHORD_WORDS:
        return NO_CHORD
    symbol = _SYMBOL.fullmatch(text)
    if symbol and (quality := _quality(symbol["suffix"])):
        root = _pitch_class(symbol["root"])
        bass = _pitch_class(symbol["bass"]) if symbol["bass"] else root
        return Harmony(root, quality, bass)
    roman = _ROMAN.fullmatch("bII6" if text == _NEAPOLITAN else text)
    if roman is None:
        raise RequestError(_refusal(text, symbol))
    if key is None:
        raise RequestError(f"chord {text!r} is a Roman numeral: it needs a key (--key)")
    return _parse_roman(roman, key)


def _quality(suffix: str) -> str:
    """The quality of a suffix, brackets left out; empty where nobody knows it."""
    plain = suffix.replace("♯", "#").replace("♭", "b").replace("(", "").replace(")", "")
    return _QUALITY_BY_SUFFIX.get(plain, "")


def _refusal(text: str, symbol: re.Match[str] | None) -> str:
    if symbol is None or not _LOOKS_LIKE_A_SUFFIX.match(symbol["suffix"]):
        return (
            f"chord {text!r} is not a chord symbol: write a root and a quality, such as C, Dm7, "
            "F#m7b5, Bbmaj7 or C/E, or Roman numerals in a key, such as ii7, V7 or bVII"
        )
    near = get_close_matches(symbol["suffix"], [names[0] for names in _SUFFIXES.values()], 3, 0.5)
    nearest = ", ".join(symbol["root"] + suffix for suffix in near if suffix)
    return (
        f"chord {text!r} has no quality that can be written, and none is put in its place"
        + (f"; near are {nearest}" if nearest else "")
        + f"; there are {', '.join(names[0] for names in _SUFFIXES.values() if names[0])}"
    )


def _pitch_class(name: str) -> int:
    return note_fifths(name) * 7 % 12


def _parse_roman(roman: re.Match[str], key: KeyChange) -> Harmony:
    if roman["of"]:
        target = parse_chord(roman["of"], key)
        mode = "minor" if target.quality == "minor" else "major"
        fifths = target.root * 7 % 12 - (3 if mode == "minor" else 0)
        return parse_chord(roman[0].rsplit("/", 1)[0], KeyChange(0, fifths, mode))
    numeral, suffix, inversion = roman["numeral"], roman["suffix"], 0
    if suffix in _INVERSIONS:
        suffix, inversion = _INVERSIONS[suffix]
    if numeral.islower():
        suffix = _MINOR_SUFFIXES.get(suffix, suffix)
    quality = _quality(suffix)
    if not quality or (numeral.islower() and 4 in CHORD_INTERVALS[quality]):
        raise RequestError(
            f"chord {roman[0]!r} has no quality {roman['suffix']!r} that can be written: add 7, "
            "maj7, °, ø7, sus4, 9, 13 or a figure of inversion (6, 64, 65, 43, 42) to the numeral; "
            "small letters are minor"
        )
    root = _degree(roman["accidental"], numeral, quality, key)
    members = CHORD_INTERVALS[quality]
    return Harmony(root, quality, (root + members[inversion % len(members)]) % 12)


def _degree(accidental: str, numeral: str, quality: str, key: KeyChange) -> int:
    degree = _DEGREES.index(numeral.upper())
    if accidental in ("b", "♭"):
        return (tonic_pitch_class(key) + _MAJOR_SCALE[degree] - 1) % 12
    leading = key.mode == "minor" and degree == 6 and "diminished" in quality
    raised = 1 if leading or accidental else 0
    return (scale(key)[degree] + raised) % 12


def parse_progression(text: str, key: KeyChange | None = None) -> Progression:
    """The harmonies of "Dm7 G7 | Cmaj7", bar by bar; without a bar line, a chord a bar.

    "%" alone repeats the bar before; within a bar "%", "." or "/" holds the chord for another
    share of the bar. Raises `RequestError` where it is empty or a chord is unknown.
    """
    bars = [bar.split() for bar in text.split("|")]
    if len(bars) == 1:
        bars = [[symbol] for symbol in bars[0]]
    progression: list[tuple[Harmony, ...]] = []
    for symbols in bars:
        if symbols == ["%"] and progression:
            progression.append(progression[-1])
            continue
        harmonies: list[Harmony] = []
        for symbol in symbols:
            held = symbol in _HOLD_WORDS and (harmonies or progression)
            harmonies.append(
                (harmonies or progression[-1])[-1] if held else parse_chord(symbol, key)
            )
        if harmonies:
            progression.append(tuple(harmonies))
    if not progression:
        raise RequestError('chords are empty: give at least one, such as "Dm7 G7 | Cmaj7"')
    return tuple(progression)


def print_progression(progression: Progression, key: KeyChange | None = None) -> str:
    """The text that `parse_progression` reads."""
    bars = (" ".join(chord_symbol(harmony, key) for harmony in bar) for bar in progression)
    return " | ".join(bars) + (" |" if len(progression) == 1 else "")


def place_progression(
    progression: Progression, bars: Sequence[Bar], ticks_per_quarter: int
) -> tuple[Chord, ...]:
    """The progression over these bars, again and again until the last, as chords in ticks.

    The chords of a bar share it evenly, each beginning on a beat where there are beats enough.
    """
    chords: list[Chord] = []
    for index, bar in enumerate(bars):
        harmonies = progression[index % len(progression)]
        beat = max(1, 4 * ticks_per_quarter // bar.meter.denominator)
        beats = bar.length_ticks // beat
        for position, harmony in enumerate(harmonies):
            if beats >= len(harmonies):
                offset = position * beats // len(harmonies) * beat
            else:
                offset = position * bar.length_ticks // len(harmonies)
            chord = Chord(bar.start_tick + offset, *harmony)
            if not chords or chords[-1][1:] != chord[1:]:
                chords.append(chord)
    return tuple(chords)
