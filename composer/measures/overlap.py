"""Overlap: do two sets of pieces vary alike?

Yang and Lerch, "On the evaluation of generative models in music" (Neural Computing and Applications
32, 2020; MGEval): a feature of every piece, the distances between pieces within one set and across
both, a density of each, and the area that the two densities share. 1: pieces of the other set are
as far from ours as ours from each other.

Conventions: a feature is an array of shape (pieces, values), distances are Euclidean, densities are
Gaussian kernels of Scott's width; areas are in 0..1, nan where a set has fewer than two pieces.
Features, drums aside: pitch count (different pitches), pitch range (semitones), interval (mean size
of the steps of the highest line, semitones), inter-onset interval (mean, quarters), note length
(shares of the lengths from a 64th to two whole notes in half octaves, so that dotted values stand
between plain ones), pitch classes (shares, from the key's tonic up; MGEval counts from C, which
tells keys apart that nobody asked for).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.analysis.key_finding import key_of_table
from composer.analysis.table import Floats, NoteTable, note_table
from composer.errors import RequestError
from composer.music.keys import tonic_pitch_class
from composer.music.piece import Piece

_SHORTEST, _LONGEST = -8, 6  # half octaves from a quarter
_POINTS = 512
_WIDTHS_BEYOND = 4.0


def validate(first: Floats, second: Floats) -> None:
    """Raises RequestError unless both have shape (pieces, values) with the same values."""
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1]:
        raise RequestError(
            f"features of shapes {first.shape} and {second.shape} must both be (pieces, values)"
        )


def features_of(piece: Piece) -> dict[str, Floats]:
    """Every feature of a piece with pitched notes, each of shape (values,)."""
    table = note_table(piece).pitched()
    top = _highest_line(table)
    onsets = np.unique(table.onset) / table.ticks_per_quarter
    octaves = np.log2(np.maximum(table.length, 1) / table.ticks_per_quarter)
    lengths = np.clip(np.rint(2 * octaves), _SHORTEST, _LONGEST).astype(np.int64) - _SHORTEST
    key = key_of_table(table)
    above = (table.pitch - (tonic_pitch_class(key) if key else 0)) % 12
    return {
        "pitch count": np.array([float(len(np.unique(table.pitch)))]),
        "pitch range": np.array([float(np.ptp(table.pitch))]),
        "interval": np.array([_mean(np.abs(np.diff(top)))]),
        "inter-onset interval": np.array([_mean(np.diff(onsets))]),
        "note length": np.bincount(lengths, minlength=_LONGEST - _SHORTEST + 1) / table.count,
        "pitch classes": np.bincount(above, minlength=12) / table.count,
    }


def distances_within(features: Floats) -> Floats:
    """The distance of each two pieces of one set (pieces, values): (pairs,)."""
    rows, columns = np.triu_indices(len(features), 1)
    return np.asarray(np.linalg.norm(features[rows] - features[columns], axis=1))


def distances_across(first: Floats, second: Floats) -> Floats:
    """The distance of each piece of one set to each of the other: (pairs,)."""
    validate(first, second)
    return np.asarray(np.linalg.norm(first[:, None] - second[None], axis=2)).ravel()


def overlapping_area(first: Floats, second: Floats) -> float:
    """The area that the densities of two sets of distances (pairs,) share."""
    if len(first) == 0 or len(second) == 0:
        return float("nan")
    low, high = min(first.min(), second.min()), max(first.max(), second.max())
    if low == high:
        return 1.0
    # No kernel may slip between two points.
    narrowest = 2 * (high - low) / _POINTS
    widths = [max(_scott(values), narrowest) for values in (first, second)]
    beyond = _WIDTHS_BEYOND * max(widths)
    points = np.linspace(low - beyond, high + beyond, _POINTS)
    densities = [_density(v, w, points) for v, w in zip((first, second), widths, strict=True)]
    return float(np.minimum(*densities).sum() * (points[1] - points[0]))


def evaluate(real: Sequence[Piece], generated: Sequence[Piece]) -> dict[str, float]:
    """The overlapping area of every feature: within `real` against across both sets."""
    ours, theirs = stacked(real), stacked(generated)
    return {name: overlap_of(ours[name], theirs[name]) for name in ours}


def stacked(pieces: Sequence[Piece]) -> dict[str, Floats]:
    """The features of all pieces, each of shape (pieces, values)."""
    rows = [features_of(piece) for piece in pieces]
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def overlap_of(real: Floats, generated: Floats) -> float:
    """The overlapping area of one feature, (pieces, values) of each set."""
    return overlapping_area(distances_within(real), distances_across(real, generated))


def _highest_line(table: NoteTable) -> Floats:
    order = np.lexsort((-table.pitch, table.onset))
    onset = table.onset[order]
    first = np.append(True, np.diff(onset) > 0)[: table.count]
    return np.asarray(table.pitch[order][first], dtype=np.float64)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0


def _scott(values: Floats) -> float:
    return float(values.std() * len(values) ** -0.2)


def _density(values: Floats, width: float, points: Floats) -> Floats:
    """(points,): Gaussians of one width around all values."""
    kernels = np.exp(-0.5 * ((points - values[:, None]) / width) ** 2)
    return np.asarray(kernels.sum(axis=0) / (len(values) * width * np.sqrt(2 * np.pi)))
