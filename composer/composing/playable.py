"""What one player can sound at once: hands, strings, mallets, breath.

Limits are those of a good amateur, after Adler, "The Study of Orchestration".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

from composer.music.instruments import Instrument

HAND_SEMITONES = 14
FINGERS = 5
_GUITAR_STRINGS = (40, 45, 50, 55, 59, 64)
_FRETS_OF_A_HAND, _HIGHEST_FRET = 4, 19
_DOUBLE_STOPS = range(3, 13)
_STRINGS_APART = 7
"""Semitones between the two lowest strings of a violin: the upper note lies above that."""
_MALLETS = ("vibraphone", "marimba", "tuned-percussion", "glockenspiel")
_GUITARS = ("guitar", "electric-guitar")
_BOWED = ("violin", "viola", "cello", "fiddle")
_MANY = ("synth-pad", "plucked", "banjo")
_PLAYERS = 6
"""Notes of a section or a pad at once."""


def is_chordal(instrument: Instrument) -> bool:
    """Whether the instrument accompanies with chords rather than with a line."""
    return instrument.staves == 2 or instrument.name in (*_GUITARS, *_MANY)


def can_sound(instrument: Instrument, pitches: Collection[int]) -> bool:
    """Whether one player (or section) can sound these pitches at once."""
    chord = sorted(set(pitches))
    if not chord:
        return True
    if chord[0] < instrument.low or chord[-1] > instrument.high:
        return False
    if len(chord) == 1 or instrument.is_drums:
        return True
    if instrument.name in _BOWED:
        upper = chord[1] >= instrument.low + _STRINGS_APART
        return len(chord) == 2 and upper and chord[1] - chord[0] in _DOUBLE_STOPS
    if instrument.name in _GUITARS:
        return _on_frets(chord)
    if instrument.section == "keyboard" or instrument.name == "harp":
        return _in_two_hands(chord)
    if instrument.name in _MALLETS:
        return len(chord) == 2
    return is_chordal(instrument) and len(chord) <= _PLAYERS


def _in_two_hands(chord: Sequence[int]) -> bool:
    return any(
        _in_a_hand(chord[:split]) and _in_a_hand(chord[split:]) for split in range(len(chord) + 1)
    )


def _in_a_hand(chord: Sequence[int]) -> bool:
    return not chord or (len(chord) <= FINGERS and chord[-1] - chord[0] <= HAND_SEMITONES)


def _on_frets(chord: Sequence[int]) -> bool:
    """A string for each note, all fretted ones under one hand."""
    for strings in combinations(_GUITAR_STRINGS, min(len(chord), 6)):
        frets = [pitch - string for pitch, string in zip(chord, strings, strict=False)]
        fretted = [fret for fret in frets if fret > 0]
        near = not fretted or max(fretted) - min(fretted) <= _FRETS_OF_A_HAND
        if len(chord) <= 6 and min(frets) >= 0 and max(frets) <= _HIGHEST_FRET and near:
            return True
    return False
