"""How pitches are spelled: ps13s1, anchored to the key signature.

Each note is heard against every tonic, weighted by how often that tonic's pitch class sounds
nearby, and takes the letter most of that weight agrees on (Meredith, "The ps13 pitch spelling
algorithm", Journal of New Music Research 35(2), 2006; context of 10 notes before and 42 after).
The original fixes letters up to an enharmonic shift of the whole piece; here each tonic is named
inside a window of the line of fifths around the key signature, so that no shift is left open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from composer.music.bars import in_force
from composer.music.piece import KeyChange

if TYPE_CHECKING:
    import numpy as np

NOTES_BEFORE = 10
NOTES_AFTER = 42

_STEPS = "CDEFGAB"
_STEP_PITCH_CLASSES = (0, 2, 4, 5, 7, 9, 11)
_LETTERS_ABOVE_TONIC = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)  # the harmonic chromatic scale
_FLATTEST_TONIC = -4  # the line of fifths from a major sixth below the tonic to its tritone


class Spelling(NamedTuple):
    """A written pitch: a letter, its alteration in semitones, and the octave (4 holds middle C)."""

    step: str
    alter: int
    octave: int

    @property
    def pitch(self) -> int:
        """The MIDI pitch that is written."""
        return 12 * (self.octave + 1) + _STEP_PITCH_CLASSES[_STEPS.index(self.step)] + self.alter


def spell_pitches(
    onsets: Sequence[int], pitches: Sequence[int], keys: Sequence[KeyChange]
) -> list[Spelling]:
    """A spelling for each note; notes of all pitched parts together, in order of onset.

    `keys` starts at tick 0 (see `signatures_of`); both sequences have shape=(notes,).
    """
    if not pitches:
        return []
    counts = _context_counts(pitches)
    letters = _letters_by_key(onsets, pitches, keys)
    spellings = []
    for row, names, pitch in zip(counts.tolist(), letters, pitches, strict=True):
        weights = [0.0] * 7
        for tonic, count in enumerate(row):
            weights[names[tonic]] += count
        letter = max(range(7), key=weights.__getitem__)
        spellings.append(spelling_with(letter, pitch))
    return spellings


def spelling_with(letter: int, pitch: int) -> Spelling:
    """The pitch written with this letter (0 is C), or the next where it would need three signs."""
    alter = (pitch - _STEP_PITCH_CLASSES[letter] + 6) % 12 - 6
    if abs(alter) > 2:
        return spelling_with((letter + 1) % 7, pitch)
    octave = (pitch - alter) // 12 - 1
    return Spelling(_STEPS[letter], alter, octave)


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


def _letters_by_key(
    onsets: Sequence[int], pitches: Sequence[int], keys: Sequence[KeyChange]
) -> list[tuple[int, ...]]:
    """For each note, the letter it has above each of the twelve tonics."""
    tables = {key: _letter_table(_tonic_fifths(key)) for key in keys}
    letters = []
    for onset, pitch in zip(onsets, pitches, strict=True):
        key = in_force(keys, onset)
        assert key is not None
        letters.append(tables[key][pitch % 12])
    return letters


def _letter_table(tonic_fifths: int) -> list[tuple[int, ...]]:
    """For each pitch class, its letter above each tonic, tonics named around this one."""
    tonic_letters = {}
    lowest = tonic_fifths + _FLATTEST_TONIC
    for fifths in range(lowest, lowest + 12):
        tonic_letters[7 * fifths % 12] = 4 * fifths % 7
    return [
        tuple(
            (tonic_letters[tonic] + _LETTERS_ABOVE_TONIC[(pitch_class - tonic) % 12]) % 7
            for tonic in range(12)
        )
        for pitch_class in range(12)
    ]


def _tonic_fifths(key: KeyChange) -> int:
    return key.fifths + (3 if key.mode == "minor" else 0)
