"""Fingerprints of melodic lines: what stays when a passage is transposed, or written in halves.

Every pitched part gives one line, its highest note at each onset. A line is a sequence of steps:
the interval to the next note, and by how much the time to the next onset grows or shrinks. Runs
of `STEPS_A_GRAM` steps are hashed, and of the hashes of each window one is kept (winnowing;
Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD
2003): two lines that share `SURE_NOTES` notes are sure to share a fingerprint.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from composer.music.piece import GRID_TICKS_PER_QUARTER, Part, Piece

STEPS_A_GRAM = 8
GRAMS_A_WINDOW = 8
SURE_NOTES = STEPS_A_GRAM + GRAMS_A_WINDOW
"""A shared passage of as many notes is always found: one step fewer than notes."""

_RATIOS_AN_OCTAVE = 4  # of time: halves, dotted and triplet values fall apart
_MOST_RATIO = 12
_RATIOS = 2 * _MOST_RATIO + 1
_ROLL = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))

Steps = NDArray[np.uint64]
Hashes = NDArray[np.uint32]
Positions = NDArray[np.int64]


class Line(NamedTuple):
    """The highest note at each onset of a part; arrays of shape (notes,), onsets in grid ticks."""

    part: int
    onsets: Positions
    pitches: Positions


class Fingerprints(NamedTuple):
    """Hashes of shape (fingerprints,) and the index in the line of the first note of each."""

    hashes: Hashes
    positions: Positions


def lines(piece: Piece, *, melodies_only: bool = False) -> list[Line]:
    """The line of every pitched part, or of those only whose role is the melody."""
    return [
        _line(index, part, piece.ticks_per_quarter)
        for index, part in enumerate(piece.parts)
        if not part.is_drums and part.notes and (part.role == "melody" or not melodies_only)
    ]


def fingerprints(line: Line) -> Fingerprints:
    """The winnowed fingerprints of a line, in order; none of a line shorter than a gram.

    Grams of one or two different steps (repeated notes, scales, trills) say nothing about where
    a passage is from, and have no fingerprint.
    """
    grams = _grams(steps(line))
    if not len(grams):
        return Fingerprints(np.zeros(0, np.uint32), np.zeros(0, np.int64))
    hashes = _hashes(grams)
    window = min(GRAMS_A_WINDOW, len(hashes))
    windows = sliding_window_view(hashes, window)
    kept = np.unique(np.arange(len(windows)) + windows.argmin(axis=1))
    kept = kept[_varied(grams[kept])]
    return Fingerprints(hashes[kept], kept.astype(np.int64))


def steps(line: Line) -> Steps:
    """The steps of a line, shape (notes - 1,): interval and change of pace, one code each."""
    if len(line.pitches) < 2:
        return np.zeros(0, np.uint64)
    intervals = np.diff(line.pitches)
    gaps = np.diff(line.onsets).astype(float)
    growth = np.diff(np.log2(gaps), prepend=np.log2(gaps[:1]))
    ratios = np.clip(np.round(growth * _RATIOS_AN_OCTAVE), -_MOST_RATIO, _MOST_RATIO)
    codes: Steps = ((intervals + 128) * _RATIOS + (ratios + _MOST_RATIO)).astype(np.uint64)
    return codes


def _line(index: int, part: Part, ticks_per_quarter: int) -> Line:
    table = np.array([(note.onset_tick, note.pitch) for note in part.notes], dtype=np.int64)
    doubled = 2 * table[:, 0] * GRID_TICKS_PER_QUARTER + ticks_per_quarter
    onsets = doubled // (2 * ticks_per_quarter)
    order = np.lexsort((-table[:, 1], onsets))
    onsets, pitches = onsets[order], table[order, 1]
    first = np.concatenate([[True], np.diff(onsets) > 0])
    return Line(index, onsets[first], pitches[first])


def _grams(codes: Steps) -> NDArray[np.uint64]:
    """Runs of steps, shape (grams, STEPS_A_GRAM); the first step of each has no change of pace."""
    if len(codes) < STEPS_A_GRAM:
        return np.zeros((0, STEPS_A_GRAM), np.uint64)
    grams = sliding_window_view(codes, STEPS_A_GRAM).copy()
    # How long the note before the passage was is no part of the passage.
    grams[:, 0] -= grams[:, 0] % np.uint64(_RATIOS)
    return grams


def _hashes(grams: NDArray[np.uint64]) -> Hashes:
    """32 well-mixed bits a gram (the finaliser of SplitMix64 over a polynomial)."""
    value = np.zeros(len(grams), np.uint64)
    for column in grams.T:
        value = value * _ROLL + column + np.uint64(1)
    value ^= value >> np.uint64(30)
    value *= _MIX[0]
    value ^= value >> np.uint64(27)
    value *= _MIX[1]
    return (value >> np.uint64(32)).astype(np.uint32)


def _varied(grams: NDArray[np.uint64]) -> NDArray[np.bool_]:
    ordered = np.sort(grams // np.uint64(_RATIOS), axis=1)
    different = 1 + (np.diff(ordered, axis=1) != 0).sum(axis=1)
    varied: NDArray[np.bool_] = different > 2
    return varied
