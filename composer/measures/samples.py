"""Held-out music by people, read from built shards: what generated music is laid beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer.corpus.shards import SPLITS, Shard
from composer.errors import CorpusError
from composer.music.piece import Piece
from composer.tokens.decode import decode
from composer.tokens.fields import Kind, column_of
from composer.tokens.values import ORIGINS

FEWEST_NOTES = 32
"""Pitched notes: fewer say too little about a piece."""
FEWEST_OF_A_STYLE = 20
"""Held-out pieces: a style with fewer has no yardstick."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A few bars of a held-out piece. `work` names the pieces that belong together: those of a
    folder, or a file that lies in none."""

    corpus: str
    path: str
    work: str
    piece: Piece

    @property
    def style(self) -> str:
        return self.piece.tags.style


def validate(shards: Sequence[Shard]) -> None:
    """Raises CorpusError unless some work is held out."""
    if not any((shard.pieces["split"] == SPLITS.index("valid")).any() for shard in shards):
        raise CorpusError("the built corpora hold no held-out works")


def held_out_music(
    shards: Sequence[Shard],
    bars: int,
    most_of_a_style: int,
    seed: int = 0,
    *,
    at_the_end: bool = False,
) -> list[Sample]:
    """One stretch of up to `bars` bars of each held-out piece that people wrote in some style.

    The last bars if `at_the_end`, else any. At most `most_of_a_style` a style, pieces and stretches
    chosen with the seed; drum pieces and stretches of fewer than `FEWEST_NOTES` pitched notes are
    left out.
    """
    validate(shards)
    random = np.random.default_rng(seed)
    places = [
        (shard, record)
        for shard in shards
        for record in shard.pieces[shard.pieces["split"] == SPLITS.index("valid")]
    ]
    taken: Counter[str] = Counter()
    samples = []
    for place in random.permutation(len(places)):
        shard, record = places[place]
        sample = _sample(shard, record, bars, random, at_the_end)
        if sample is not None and taken[sample.style] < most_of_a_style:
            taken[sample.style] += 1
            samples.append(sample)
    return samples


def by_style(samples: Sequence[Sample], fewest: int) -> dict[str, list[Sample]]:
    """The samples of each style that has at least so many, in order of name."""
    styles = sorted({sample.style for sample in samples})
    table = {style: [s for s in samples if s.style == style] for style in styles}
    return {style: found for style, found in table.items() if len(found) >= fewest}


def pitched_notes(piece: Piece) -> int:
    return sum(len(part.notes) for part in piece.parts if not part.is_drums)


def _sample(
    shard: Shard, record: np.void, bars: int, random: np.random.Generator, at_the_end: bool
) -> Sample | None:
    rows = np.asarray(shard.rows[record["row_start"] : record["row_stop"]])
    starts = np.asarray(shard.bar_rows[record["bar_start"] : record["bar_stop"]])
    origin = rows[rows[:, 0] == Kind.STYLE, column_of(Kind.STYLE, "origin")]
    if len(origin) == 0 or origin[0] != 1 + ORIGINS.index("human"):
        return None
    latest = max(0, len(starts) - bars)
    first = latest if at_the_end else int(random.integers(latest + 1))
    edges = np.append(starts, len(rows))
    stretch = rows[edges[first] : edges[min(first + bars, len(starts))]]
    piece = decode(np.concatenate([rows[: starts[0]], stretch]))
    if not piece.tags.style or pitched_notes(piece) < FEWEST_NOTES:
        return None
    path = str(record["path"])
    folder = path.rpartition("/")[0]
    return Sample(shard.name, path, f"{shard.name}/{folder or path}", piece)
