"""Exact durations: how far a written MIDI file ends from the seconds that were asked for.

Conventions: seconds, absolute differences; the file as it is played, read back; the hit is the bar
line nearest to where it was asked for, by the tempo map of the piece.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from composer.composing.compose import compose, write
from composer.errors import RequestError
from composer.music.bars import bars_of, seconds_at

if TYPE_CHECKING:
    from composer.composing.compose import Composition

SHORTEST, LONGEST = 8.0, 40.0
NEAR_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Timed:
    """Pieces of given seconds, `near` of them within 50 ms; the farthest end and hit."""

    pieces: int
    near: int
    farthest_end: float
    farthest_hit: float


def validate(pieces: int) -> None:
    """Raises RequestError for fewer than one piece."""
    if pieces < 1:
        raise RequestError(f"{pieces} pieces cannot be timed; give at least 1")


def evaluate(
    pieces: int,
    weights: Path | None = None,
    seed: int = 0,
    progress: Callable[[int], None] = lambda done: None,
) -> Timed:
    """So many pieces of random durations, each with a hit."""
    validate(pieces)
    random = np.random.default_rng(seed)
    ends, hits = [], []
    for number in range(pieces):
        asked: dict[str, Any] = {"seconds": round(float(random.uniform(SHORTEST, LONGEST)), 2)}
        asked["hit"] = round(asked["seconds"] * float(random.uniform(0.3, 0.8)), 2)
        made = compose(**asked, seed=seed + number, weights=weights)
        ends.append(abs(played_seconds(made) - asked["seconds"]))
        lines = [seconds_at(made.piece, bar.start_tick) for bar in bars_of(made.piece)]
        hits.append(min(abs(line - asked["hit"]) for line in lines))
        progress(number + 1)
    near = sum(max(both) <= NEAR_SECONDS for both in zip(ends, hits, strict=True))
    return Timed(pieces, near, max(ends), max(hits))


def played_seconds(composition: Composition) -> float:
    """When the last note of the MIDI file that is written ends, as symusic reads it."""
    import symusic

    with TemporaryDirectory() as folder:
        (path,) = write(composition, Path(folder), ["mid"])
        return float(symusic.Score(path, ttype="second").end())
