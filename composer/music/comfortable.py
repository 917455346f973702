"""What one player is given to sound at once where a piece is arranged: what a good amateur does
at ease, narrower than what can be played at all (`composer.music.playable`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from composer.music.instruments import Instrument
from composer.music.playable import can_strike

_HAND_SEMITONES, _FINGERS = 14, 5
_TOGETHER = 2
"""Notes of who plays lines, but has a second string or stick."""
_CHORDS_ON_A_STAFF = ("guitar", "electric-guitar", "synth-pad", "plucked", "banjo")


def is_chordal(instrument: Instrument) -> bool:
    """Whether the instrument accompanies with chords rather than with a line."""
    return instrument.staves == 2 or instrument.name in _CHORDS_ON_A_STAFF


def can_sound(instrument: Instrument, pitches: Collection[int]) -> bool:
    """Whether one player (or section) can sound these pitches at once."""
    chord = sorted(set(pitches))
    if any(not instrument.low <= pitch <= instrument.high for pitch in chord):
        return False
    if len(chord) <= 1 or instrument.is_drums:
        return True
    if instrument.section == "keyboard" or instrument.has_two_hands:
        return _in_two_hands(chord)
    return len(chord) <= _most_at_ease(instrument) and can_strike(instrument, chord)


def _most_at_ease(instrument: Instrument) -> int:
    if is_chordal(instrument):
        return instrument.most_notes
    has_two = instrument.is_bowed or instrument.section == "percussion"
    return min(_TOGETHER, instrument.most_notes) if has_two else 1


def _in_two_hands(chord: Sequence[int]) -> bool:
    return any(
        _in_a_hand(chord[:split]) and _in_a_hand(chord[split:]) for split in range(len(chord) + 1)
    )


def _in_a_hand(chord: Sequence[int]) -> bool:
    return not chord or (len(chord) <= _FINGERS and chord[-1] - chord[0] <= _HAND_SEMITONES)
