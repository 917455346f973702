"""Pitch: how many pitch classes are used, and how well they fit one scale.

Conventions: entropies in bits, 0 (one pitch class) to log2 12 = 3.585 (all twelve alike); shares in
0..1. Drums aside. None of these is better for being lower or higher: they are to be compared with
real music of the same style. nan where nothing can be measured.

- Pitch-class entropy and scale consistency as in MusPy (Dong et al., "MusPy", ISMIR 2020); scale
  consistency is the largest share of notes within one of the 24 major and natural minor scales.
- H1 and H4 as in MusDr (Wu and Yang, "The Jazz Transformer on the Front Line", ISMIR 2020): the
  mean entropy of windows of 1 and of 4 bars, each window beginning a bar after the one before.
"""

from __future__ import annotations

import numpy as np

from composer.analysis.table import Floats, Ints, NoteTable, note_table
from composer.errors import RequestError
from composer.music.piece import Piece

_MAJOR = (0, 2, 4, 5, 7, 9, 11)  # the natural minor scales are the same twelve sets


def validate(pitches: Ints) -> None:
    """Raises RequestError unless all are MIDI pitches, shape (notes,)."""
    if pitches.ndim != 1 or (len(pitches) and not 0 <= pitches.min() <= pitches.max() <= 127):
        raise RequestError("pitches must be a row of MIDI pitches, each in 0..127")


def pitch_class_entropy(pitches: Ints) -> float:
    """Bits of the distribution of pitch classes over notes, shape (notes,)."""
    validate(pitches)
    if len(pitches) == 0:
        return float("nan")
    return float(_entropies(np.bincount(pitches % 12, minlength=12)[None])[0])


def windowed_entropy(table: NoteTable, bars: int) -> float:
    """The mean pitch-class entropy in bits of all windows of so many bars that hold notes."""
    counts = np.zeros((len(table.bars), 12))
    np.add.at(counts, (table.bar, table.pitch % 12), 1)
    sums = np.concatenate([np.zeros((1, 12)), counts.cumsum(axis=0)])
    size = min(bars, len(table.bars))
    windows = sums[size:] - sums[:-size]
    filled = windows.sum(axis=1) > 0
    return float(_entropies(windows[filled]).mean()) if filled.any() else float("nan")


def scale_consistency(pitches: Ints) -> float:
    """The largest share of notes (notes,) in one of the 24 scales."""
    validate(pitches)
    if len(pitches) == 0:
        return float("nan")
    shares = np.bincount(pitches % 12, minlength=12) / len(pitches)
    return float(max(shares[[(tonic + s) % 12 for s in _MAJOR]].sum() for tonic in range(12)))


def evaluate(piece: Piece) -> dict[str, float]:
    """All measures of this file by name."""
    table = note_table(piece).pitched()
    return {
        "pitch-class entropy": pitch_class_entropy(table.pitch),
        "H1": windowed_entropy(table, 1),
        "H4": windowed_entropy(table, 4),
        "scale consistency": scale_consistency(table.pitch),
    }


def _entropies(counts: Floats | Ints) -> Floats:
    """Bits of each row of counts: (rows,); every row counts something."""
    shares = counts / counts.sum(axis=1, keepdims=True)
    logs = np.log2(np.where(shares > 0, shares, 1.0))
    return np.asarray(-(shares * logs).sum(axis=1))
