"""What one player can sound at once: breath, bows, frets, hands and sticks.

How many notes is a fact of the instrument table; which of them is a matter of hands: a bow touches
neighbouring strings, all that is stopped lies under one hand, and a pianist's chord under two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, groupby

import numpy as np
from numpy.typing import NDArray

from composer.music.instruments import BY_NAME, Instrument
from composer.music.piece import Note, Part

PITCHES = 128
HAND_SEMITONES = 16
"""What one hand strikes at once: a tenth."""
_BOWED_ON = 2
"""Strings that a bow holds; chords of more are broken, and struck together."""
_BOWED_SPAN, _FRETS_SPAN = 5, 4
"""Semitones between the stops of one hand: an octave on two strings of a violin; four frets."""
_HIGHEST_STOP = 19
"""Semitones above an open string to which chords go."""

Pitches = NDArray[np.bool_]
"""Shape (PITCHES,): which sounding MIDI pitches."""


def pitches_beside(instrument: Instrument, struck: Sequence[int], held: Sequence[int]) -> Pitches:
    """What one player can strike together with `struck` (sounding MIDI pitches, upwards), above
    them, while the pitches `held` sound on; ranges aside. Do not change what comes back.

    Drums do not sound on.
    """
    held = () if instrument.is_drums else held
    beside = len(struck) + len(held)
    if beside >= instrument.most_notes:
        return _none_above(0)
    if instrument.strings and beside:
        return _stopped_beside(instrument, tuple(struck), tuple(held))
    if instrument.is_hand and struck:
        return _none_above(struck[0] + HAND_SEMITONES + 1)
    if instrument.has_two_hands and struck:
        return _none_above(_highest_in_reach(struck, instrument.most_notes // 2) + 1)
    return _none_above(PITCHES)


def can_strike(instrument: Instrument, struck: Collection[int], held: Sequence[int] = ()) -> bool:
    """Whether one player can strike these pitches together while others, `held`, sound on.

    All are different sounding MIDI pitches; ranges aside.
    """
    chord = sorted(struck)
    return all(
        pitches_beside(instrument, chord[:place], held)[pitch] for place, pitch in enumerate(chord)
    )


@lru_cache(maxsize=1 << 14)
def has_room(
    instrument: Instrument, struck: tuple[int, ...], held: tuple[int, ...], more: int
) -> bool:
    """Whether who strikes a chord, upwards, can strike `more` notes above it."""
    if not more:
        return True
    beside = pitches_beside(instrument, struck, held)[: instrument.high + 1]
    above = range(max(instrument.low, struck[-1] + 1), len(beside))
    return any(
        has_room(instrument, (*struck, pitch), held, more - 1) for pitch in above if beside[pitch]
    )


def is_playable(part: Part) -> bool:
    """Whether one player can play all of a part: within the range, and at each onset what is
    struck beside what sounds on."""
    instrument = BY_NAME[part.instrument]
    return all(
        all(instrument.low <= pitch <= instrument.high for pitch in struck)
        and can_strike(instrument, struck, held)
        for struck, held in heard_at_onsets(part)
    )


def heard_at_onsets(part: Part) -> Iterator[tuple[list[int], list[int]]]:
    """At each onset of a part, in order, the pitches that it strikes and those that sound on."""
    held: list[Note] = []
    for onset, group in groupby(part.notes, key=lambda note: note.onset_tick):
        struck = list(group)
        held = [note for note in held if note.end_tick > onset]
        yield [note.pitch for note in struck], [note.pitch for note in held]
        held += struck


@lru_cache(maxsize=1 << 14)
def _stopped_beside(
    instrument: Instrument, struck: tuple[int, ...], held: tuple[int, ...]
) -> Pitches:
    most = _BOWED_ON if held and instrument.is_bowed else instrument.most_notes
    beside = np.zeros(PITCHES, dtype=bool)
    if len(struck) + len(held) < most:
        first = struck[-1] + 1 if struck else 0
        for pitch in range(first, PITCHES):
            beside[pitch] = _can_be_stopped(instrument, sorted((*struck, *held, pitch)))
    return beside


def _can_be_stopped(instrument: Instrument, chord: Sequence[int]) -> bool:
    """Whether each note of a chord, upwards, has a string, and one hand stops them all."""
    count, strings = len(chord), instrument.strings
    if instrument.is_bowed:
        choices = (strings[low : low + count] for low in range(len(strings) - count + 1))
        return any(_under_a_hand(chord, choice, _BOWED_SPAN) for choice in choices)
    return any(_under_a_hand(chord, choice, _FRETS_SPAN) for choice in combinations(strings, count))


def _under_a_hand(chord: Sequence[int], strings: Sequence[int], span: int) -> bool:
    """Whether one hand stops these notes on these strings; open strings need none."""
    stops = [pitch - string for pitch, string in zip(chord, strings, strict=True)]
    stopped = [stop for stop in stops if stop > 0]
    is_near = not stopped or max(stopped) - min(stopped) <= span
    return min(stops) >= 0 and max(stops) <= _HIGHEST_STOP and is_near


def _highest_in_reach(struck: Sequence[int], fingers: int) -> int:
    """The highest pitch that two hands can strike with those below it, which go upwards."""
    left = [pitch for pitch in struck if pitch <= struck[0] + HAND_SEMITONES][:fingers]
    right = struck[len(left) :]
    if not right:
        return PITCHES - 1
    return right[0] + HAND_SEMITONES if len(right) < fingers else -1


@lru_cache(maxsize=PITCHES + 1)
def _none_above(end: int) -> Pitches:
    """All pitches below `end`."""
    return np.arange(PITCHES) < end
