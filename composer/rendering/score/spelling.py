"""How pitches are spelled: ps13s1, anchored to the key signature.

Each note is heard against every tonic, weighted by how often that tonic's pitch class sounds
nearby, and takes the letter most of that weight agrees on (Meredith, "The ps13 pitch spelling
algorithm", Journal of New Music Research 35(2), 2006; context of 10 notes before and 42 after).
The original fixes letters up to an enharmonic shift of the whole piece; here each tonic is named
inside a window of the line of fifths around the key signature, so that no shift is left open.
Two things ps13s1 leaves out were worth having on music21's corpus: a chromatic note that moves on
by a semitone leans that way, and a passage far out on the line is respelled (`enharmonics`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from composer.music.piece import KeyChange
from composer.rendering.score.enharmonics import enharmonic_shifts

if TYPE_CHECKING:
    import numpy as np

NOTES_BEFORE = 10
NOTES_AFTER = 42

_LEANING_WEIGHT = 10
_LEANING_NOTES = 12
_LEANING_TICKS = 36
_FLATTEST_IN_KEY, _SHARPEST_IN_KEY = -1, 5

_STEPS = "CDEFGAB"
_STEP_PITCH_CLASSES = (0, 2, 4, 5, 7, 9, 11)
_STEP_FIFTHS = (0, 2, 4, -1, 1, 3, 5)
_LETTERS_ABOVE_TONIC = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)  # the harmonic chromatic scale
_FLATTEST_TONIC = -4  # the line of fifths from a major sixth below the tonic to its tritone


class Spelling(NamedTuple):
    """A written pitch: a letter, its alteration in semitones, and the octave (4 holds middle C)."""

    step: str
    alter: int
    octave: int

    @property
    def position(self) -> int:
        """Diatonic position: 7 times the octave plus the letter from C."""
        return 7 * self.octave + _STEPS.index(self.step)

    @property
    def pitch(self) -> int:
        """The MIDI pitch that is written."""
        return 12 * (self.octave + 1) + _STEP_PITCH_CLASSES[_STEPS.index(self.step)] + self.alter


def spell_pitches(
    onsets: Sequence[int], pitches: Sequence[int], keys: Sequence[KeyChange]
) -> list[Spelling]:
    """A spelling for each note; notes of all pitched parts together, in order of onset.

    `keys` starts at tick 0 (see `signatures_of`); onsets in ticks of the grid; both sequences
    have shape=(notes,).
    """
    if not pitches:
        return []
    fifths = _fifths_in_force(onsets, keys)
    counts = _context_counts(pitches)
    leanings = _leanings(onsets, pitches)
    tables = {signature: _letter_table(signature) for signature in set(fifths)}
    found = []
    for row, leaning, signature, pitch in zip(
        counts.tolist(), leanings, fifths, pitches, strict=True
    ):
        weights = [0.0] * 7
        for letter, count in zip(tables[signature][pitch % 12], row, strict=True):
            weights[letter] += count
        if leaning:
            chromatic = _chromatic_letter(pitch, signature, leaning)
            if chromatic is not None:
                weights[chromatic] += _LEANING_WEIGHT
        found.append(fifths_of(max(range(7), key=weights.__getitem__), pitch))
    shifts = enharmonic_shifts(found, fifths)
    return [
        spelling_with(4 * (tone + shift) % 7, pitch)
        for tone, shift, pitch in zip(found, shifts, pitches, strict=True)
    ]


def fifths_of_step(step: str) -> int:
    """Where a letter without accidental stands on the line of fifths (C is 0)."""
    return _STEP_FIFTHS[_STEPS.index(step)]


def fifths_of(letter: int, pitch: int) -> int:
    """Where a tone stands on the line of fifths (C is 0) when written with this letter."""
    alter = (pitch - _STEP_PITCH_CLASSES[letter] + 6) % 12 - 6
    return _STEP_FIFTHS[letter] + 7 * alter


def spelling_with(letter: int, pitch: int) -> Spelling:
    """The pitch written with this letter (0 is C), or the next where it would need three signs."""
    alter = (pitch - _STEP_PITCH_CLASSES[letter] + 6) % 12 - 6
    if abs(alter) > 2:
        return spelling_with((letter + 1) % 7, pitch)
    octave = (pitch - alter) // 12 - 1
    return Spelling(_STEPS[letter], alter, octave)


def spelling_at(fifths: int) -> Spelling:
    """The tone at a place on the line of fifths (C is 0)."""
    return spelling_with(4 * fifths % 7, 60 + 7 * fifths % 12)


def along_fifths(spelling: Spelling, fifths: int, pitch: int) -> Spelling:
    """The letter this many fifths further up the line of fifths, at this pitch.

    What a transposing instrument reads: `pitch` is the written one, `fifths` how many sharps its
    signature has more than the sounding one.
    """
    return spelling_with((_STEPS.index(spelling.step) + 4 * fifths) % 7, pitch)


def _context_counts(pitches: Sequence[int]) -> np.ndarray:
    """How often each pitch class occurs around each note, shape=(notes, 12)."""
    import numpy as np

    classes = np.asarray(pitches) % 12
    totals = np.zeros((len(classes) + 1, 12), dtype=np.int64)
    np.cumsum(np.eye(12, dtype=np.int64)[classes], axis=0, out=totals[1:])
    positions = np.arange(len(classes))
    first = np.maximum(0, positions - NOTES_BEFORE)
    last = np.minimum(len(classes), positions + NOTES_AFTER)
    counts: np.ndarray = totals[last] - totals[first]
    return counts


def _fifths_in_force(onsets: Sequence[int], keys: Sequence[KeyChange]) -> list[int]:
    """The signature at each onset."""
    ticks = [key.tick for key in keys]
    return [keys[max(0, bisect_right(ticks, onset) - 1)].fifths for onset in onsets]


def _leanings(onsets: Sequence[int], pitches: Sequence[int]) -> list[int]:
    """1 where a note soon moves up by a semitone, -1 where down, 0 where neither or it repeats."""
    leanings = [0] * len(pitches)
    for position, (onset, pitch) in enumerate(zip(onsets, pitches, strict=True)):
        for later in range(position + 1, min(len(pitches), position + _LEANING_NOTES)):
            if onsets[later] == onset:
                continue
            step = pitches[later] - pitch
            if onsets[later] - onset > _LEANING_TICKS or step == 0:
                break
            if abs(step) == 1:
                leanings[position] = step
                break
    return leanings


def _chromatic_letter(pitch: int, signature: int, leaning: int) -> int | None:
    """The raised letter of a chromatic note that leans up, the lowered of one that leans down."""
    for letter in range(7):
        tone = fifths_of(letter, pitch) - signature
        if _SHARPEST_IN_KEY < tone <= _SHARPEST_IN_KEY + 7 and leaning > 0:
            return letter
        if _FLATTEST_IN_KEY - 7 <= tone < _FLATTEST_IN_KEY and leaning < 0:
            return letter
    return None


@lru_cache(maxsize=32)
def _letter_table(signature: int) -> tuple[tuple[int, ...], ...]:
    """For each pitch class, its letter above each of the twelve tonics around a signature."""
    tonic_letters = {}
    lowest = signature + _FLATTEST_TONIC
    for fifths in range(lowest, lowest + 12):
        tonic_letters[7 * fifths % 12] = 4 * fifths % 7
    return tuple(
        tuple(
            (tonic_letters[tonic] + _LETTERS_ABOVE_TONIC[(pitch_class - tonic) % 12]) % 7
            for tonic in range(12)
        )
        for pitch_class in range(12)
    )
