"""Copying: the longest passage, in notes, that a piece shares with the music trained on.

Conventions: passages of one part, in any key and in halved or doubled values, found by the
fingerprints of `composer.corpus.copying`; 0 where none is long enough to be found. What any two
pieces of a style share is no copy: so the same is told of held-out music by people, of stretches of
as many bars, and generated pieces are counted that share more than people's 99th percentile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer.corpus.copying import CopyIndex, longest_shared
from composer.errors import RequestError
from composer.music.piece import Piece


@dataclass(frozen=True, slots=True)
class Shared:
    """Notes of the longest shared passage over some pieces: mean and percentiles."""

    pieces: int
    mean: float
    median: float
    percentile_95: float
    percentile_99: float
    most: int


@dataclass(frozen=True, slots=True)
class Copying:
    """`beyond` counts the generated pieces above the human 99th percentile, `rejected` the copies
    that `compose` threw away and wrote again before; `human` and `beyond` are None where there is
    no held-out music."""

    generated: Shared
    human: Shared | None
    beyond: int | None
    rejected: int
    generated_notes: tuple[int, ...]
    human_notes: tuple[int, ...]


def validate(notes: Sequence[int]) -> None:
    """Raises RequestError where there is nothing to compare."""
    if not notes:
        raise RequestError("no pieces to search for copies; give at least one")


def shared(notes: Sequence[int]) -> Shared:
    """Of the longest passages of some pieces, in notes."""
    validate(notes)
    median, high, highest = np.percentile(notes, [50, 95, 99]).tolist()
    return Shared(len(notes), float(np.mean(notes)), median, high, highest, max(notes))


def evaluate(
    index: CopyIndex, generated: Sequence[Piece], human: Sequence[Piece], rejected: int = 0
) -> Copying:
    """Generated pieces beside held-out human ones, all searched for in the index."""
    ours = tuple(longest_shared(piece, index) for piece in generated)
    theirs = tuple(longest_shared(piece, index) for piece in human)
    human_shared = shared(theirs) if theirs else None
    beyond = sum(notes > human_shared.percentile_99 for notes in ours) if human_shared else None
    return Copying(shared(ours), human_shared, beyond, rejected, ours, theirs)
