"""Batches for training: crops in the common key, fields dropped, some given, packed into lines.

A crop is the header of a piece and its rows from some bar on. Every batch is a function of the
seed and its number, so a run that resumes sees the batches that it would have seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from composer.corpus.shards import SPLITS, Shard
from composer.model.transformer import IGNORED
from composer.tokens.fields import (
    COLUMNS,
    KINDS,
    NEVER_UNKNOWN,
    ROW_FIELDS,
    UNKNOWN,
    Kind,
    column_of,
)
from composer.tokens.transpose import in_common_key
from composer.training.augment import augmented, drop_fields
from composer.training.given_blocks import with_given_block

Rows = NDArray[np.int16]
SHORTEST_CROP = 48
"""Rows: a smaller rest of a line is padded rather than filled with a stump of a piece."""
FROM_START_SHARE = 0.3
TO_END_SHARE = 0.15


class Crop(NamedTuple):
    """Rows of a piece; whether they begin with it; which of them are given and no targets."""

    rows: Rows
    from_start: bool
    given: NDArray[np.bool_]


class Batch(NamedTuple):
    """`rows`, `targets`: (lines, context, COLUMNS); `document`: (lines, context)."""

    rows: NDArray[np.int64]
    targets: NDArray[np.int64]
    document: NDArray[np.int64]


class Pieces:
    """The pieces of one split of one corpus."""

    def __init__(self, shard: Shard, split: str) -> None:
        self.shard = shard
        self.records = shard.pieces[shard.pieces["split"] == SPLITS.index(split)]
        lengths = (self.records["row_stop"] - self.records["row_start"]).astype(np.float64)
        self.row_count = int(lengths.sum())
        self.cumulative = np.cumsum(lengths)

    def crop(self, random: np.random.Generator, room: int) -> Crop:
        """At most `room` rows of a piece drawn by its length, nothing given."""
        drawn = random.random() * self.cumulative[-1]
        record = self.records[int(np.searchsorted(self.cumulative, drawn, side="right"))]
        rows = self.shard.rows[record["row_start"] : record["row_stop"]]
        bars = self.shard.bar_rows[record["bar_start"] : record["bar_stop"]]
        return _crop(np.asarray(rows), np.asarray(bars), random, room)


def _crop(rows: Rows, bars: NDArray[np.int64], random: np.random.Generator, room: int) -> Crop:
    header = int(bars[0])
    body_room = max(1, room - header)
    choice = random.random()
    if len(rows) <= room or choice < FROM_START_SHARE:
        first = 0
    elif choice < FROM_START_SHARE + TO_END_SHARE:
        first = int(np.searchsorted(bars, len(rows) - body_room))
    else:
        first = int(random.integers(len(bars)))
    start = int(bars[min(first, len(bars) - 1)])
    crop = np.concatenate([rows[:header], rows[start : start + body_room]])[:room]
    return Crop(crop, first == 0, np.zeros(len(crop), dtype=bool))


class Batches:
    """Draws batches from the training split of all corpora."""

    def __init__(
        self,
        shards: Sequence[Shard],
        *,
        lines: int,
        context: int,
        seed: int,
        exponent: float,
        largest_share: float,
        factors: dict[str, float],
    ) -> None:
        corpora = [Pieces(shard, "train") for shard in shards]
        self.corpora = [pieces for pieces in corpora if pieces.row_count]
        self.lines, self.context, self.seed = lines, context, seed
        weights = np.array(
            [p.row_count**exponent * factors.get(p.shard.name, 1.0) for p in self.corpora]
        )
        self.shares = capped_shares(weights, largest_share)

    def batch(self, number: int) -> Batch:
        random = np.random.default_rng((self.seed, number))
        lines = [self._line(random) for _ in range(self.lines)]
        return Batch(*(np.stack(arrays) for arrays in zip(*lines, strict=True)))

    def _line(self, random: np.random.Generator) -> Batch:
        crops: list[Crop] = []
        room = self.context + 1
        while room >= SHORTEST_CROP or not crops:
            corpus = self.corpora[int(random.choice(len(self.corpora), p=self.shares))]
            crop = corpus.crop(random, room)
            rows, _ = in_common_key(crop.rows)
            rows = drop_fields(augmented(rows, random), random)
            rows, given = with_given_block(rows, random, room)
            crops.append(Crop(rows, crop.from_start, given))
            room -= 1 + len(rows)
        return pack(crops, self.context)


def capped_shares(weights: NDArray[np.float64], largest: float) -> NDArray[np.float64]:
    """Weights as shares of one, none above `largest` (or an equal share, where that is more)."""
    largest = max(largest, 1.0 / len(weights))
    shares = weights / weights.sum()
    for _ in range(len(weights)):
        over = shares > largest
        if not over.any():
            break
        rest = shares[~over].sum()
        shares = np.where(over, largest, shares * (1 - largest * over.sum()) / max(rest, 1e-12))
    normal: NDArray[np.float64] = shares / shares.sum()
    return normal


def pack(crops: Sequence[Crop], context: int) -> Batch:
    """One line: crops one after another, each behind a row of zeros, then padding.

    The row of zeros is what the first row of a piece is predicted from. A target never belongs to
    another crop.
    """
    rows = np.zeros((context + 1, COLUMNS), dtype=np.int64)
    document = np.full(context + 1, -1, dtype=np.int64)
    given = np.zeros(context + 1, dtype=bool)
    unforeseeable = np.zeros(context + 1, dtype=bool)
    start = 0
    for number, crop in enumerate(crops):
        stop = min(start + 1 + len(crop.rows), context + 1)
        rows[start + 1 : stop] = crop.rows[: stop - start - 1]
        given[start + 1 : stop] = crop.given[: stop - start - 1]
        document[start:stop] = number
        if not crop.from_start:
            first_bar = start + 1 + int(np.argmax(crop.rows[:, 0] == Kind.BAR))
            unforeseeable[min(first_bar, context)] = True
        start = stop
    targets = _targets(rows)
    targets[given] = IGNORED
    targets[unforeseeable, column_of(Kind.BAR, "bars")] = IGNORED
    targets[1:][document[1:] != document[:-1]] = IGNORED
    targets[document == -1] = IGNORED
    return Batch(rows[:-1], targets[1:], document[:-1])


def _masked_where_zero() -> NDArray[np.bool_]:
    masked = np.ones((KINDS, COLUMNS), dtype=bool)
    masked[:, 0] = False
    for kind, names in ROW_FIELDS.items():
        for column, name in enumerate(names, 1):
            masked[kind, column] = name not in NEVER_UNKNOWN
    return masked


_MASKED_WHERE_ZERO = _masked_where_zero()
"""(kinds, COLUMNS): a 0 here is an unknown value, or no field at all."""


def _targets(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows as targets: what is unknown has no loss, so that it is never learned."""
    unknown = (rows == UNKNOWN) & _MASKED_WHERE_ZERO[rows[:, 0]]
    return np.where(unknown, IGNORED, rows)
