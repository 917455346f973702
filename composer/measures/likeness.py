"""Likeness: how near generated music is to real music of the same style.

Every measure of `texture`, `pitch`, `groove` and `structure` is laid beside the real value; its
distance from a random half of the real music stands beside how far apart two such halves are: a
model whose distance is no larger is as near as one can tell. The overlapping areas of `overlap`
stand beside those of two halves too.

Conventions: pieces by style, real and generated ones of the same number of bars; halves are no
larger than the generated set, and `SPLITS` of them are averaged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from composer.analysis.table import Floats
from composer.errors import RequestError
from composer.measures import density_and_height as texture
from composer.measures import groove, overlap, pitch, structure
from composer.music.piece import Piece

SPLITS = 50


@dataclass(frozen=True, slots=True)
class Likeness:
    """Means of one measure in one style; `apart` is the mean distance of the generated music from
    a real half, `halves` that of two real halves."""

    style: str
    measure: str
    generated: float
    real: float
    apart: float
    halves: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """Overlapping areas of one feature in one style: generated with real, and of real halves."""

    style: str
    feature: str
    generated: float
    halves: float


Pieces = Mapping[str, Sequence[Piece]]


def validate(real: Pieces, generated: Pieces) -> None:
    """Raises RequestError unless every style has at least two generated and four real pieces."""
    for style, pieces in generated.items():
        if len(pieces) < 2 or len(real.get(style, ())) < 4:
            raise RequestError(
                f"style {style!r} has {len(pieces)} generated and {len(real.get(style, ()))} real "
                "pieces; at least 2 and 4 are compared"
            )


def evaluate(
    real: Pieces, generated: Pieces, seed: int = 0
) -> tuple[list[Likeness], list[Overlap]]:
    """Every measure and every feature in each style of `generated`."""
    validate(real, generated)
    random = np.random.default_rng(seed)
    likenesses: list[Likeness] = []
    overlaps: list[Overlap] = []
    for style, made in generated.items():
        halves = _halves(len(real[style]), len(made), random)
        likenesses += _likenesses(style, _measured(real[style]), _measured(made), halves)
        overlaps += _overlaps(style, overlap.stacked(real[style]), overlap.stacked(made), halves)
    return likenesses, overlaps


def measures_of(piece: Piece) -> dict[str, float]:
    """All single measures of a piece by name."""
    found: dict[str, float] = {}
    for family in (texture, pitch, groove, structure):
        found |= family.evaluate(piece)
    return found


_Halves = list[tuple[np.ndarray, np.ndarray]]


def _halves(count: int, most: int, random: np.random.Generator) -> _Halves:
    """Pairs of disjoint sets of places in `count` pieces."""
    size = max(2, min(most, count // 2))
    orders = [random.permutation(count) for _ in range(SPLITS)]
    return [(order[:size], order[size : 2 * size]) for order in orders]


def _measured(pieces: Sequence[Piece]) -> dict[str, Floats]:
    """Each measure of all pieces: (pieces,)."""
    rows = [measures_of(piece) for piece in pieces]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _likenesses(
    style: str, real: dict[str, Floats], made: dict[str, Floats], halves: _Halves
) -> list[Likeness]:
    found = []
    for name, values in real.items():
        generated = _mean(made[name])
        apart = [abs(generated - _mean(values[one])) for one, _ in halves]
        within = [abs(_mean(values[one]) - _mean(values[other])) for one, other in halves]
        means = (generated, _mean(values), _mean(np.array(apart)), _mean(np.array(within)))
        found.append(Likeness(style, name, *means))
    return found


def _overlaps(
    style: str, real: dict[str, Floats], made: dict[str, Floats], halves: _Halves
) -> list[Overlap]:
    found = []
    for name, values in real.items():
        across = [overlap.overlap_of(values[one], made[name]) for one, _ in halves]
        within = [overlap.overlap_of(values[one], values[other]) for one, other in halves]
        found.append(Overlap(style, name, float(np.mean(across)), float(np.mean(within))))
    return found


def _mean(values: Floats) -> float:
    """The mean of what is known; nan where nothing is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
