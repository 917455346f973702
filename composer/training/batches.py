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
from composer.model.sizes import EARLY_COLUMNS, IGNORED
from composer.tokens.fields import (
    COLUMNS,
    KINDS,
    LEADING_ROWS,
    NEVER_UNKNOWN,
    ROW_FIELDS,
    UNKNOWN,
    Kind,
    column_of,
)
from composer.tokens.transpose import in_common_key
from composer.training.augment import augmented, drop_fields
from composer.training.given_blocks import with_given_block
from composer.training.sketches import sketch_alone, under_its_sketch

Rows = NDArray[np.int16]
SHORTEST_CROP = 48
"""Rows: a smaller rest of a line is padded rather than filled with a stump of a piece."""
SKETCH_SHARE, UNDER_SKETCH_SHARE = 0.1, 0.35
"""How many crops are a sketch alone, and how many stand behind the sketch of their bars."""
FROM_START_SHARE = 0.3
TO_END_SHARE = 0.15


class Crop(NamedTuple):
    """Rows of a piece; whether they begin with it; which of them are given and no targets."""

    rows: Rows
    from_start: bool
    given: NDArray[np.bool_]


class Batch(NamedTuple):
    """`rows`: (lines, context + 2, COLUMNS); `targets`: (lines, context, COLUMNS), the late columns
    of the row behind each and the early ones of the row after that; `document`: (lines, context).
    """

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
        return _crop(*self._drawn(random), random, room)

    def whole(self, random: np.random.Generator) -> Rows:
        """All rows of a piece drawn by its length."""
        return self._drawn(random)[0]

    def _drawn(self, random: np.random.Generator) -> tuple[Rows, NDArray[np.int64]]:
        drawn = random.random() * self.cumulative[-1]
        record = self.records[int(np.searchsorted(self.cumulative, drawn, side="right"))]
        rows = self.shard.rows[record["row_start"] : record["row_stop"]]
        bars = self.shard.bar_rows[record["bar_start"] : record["bar_stop"]]
        return np.asarray(rows), np.asarray(bars)


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

    def batch(self, number: int, lines: range | None = None) -> Batch:
        """A batch, or some lines of it."""
        wanted = range(self.lines) if lines is None else lines
        made = [self._line(np.random.default_rng((self.seed, number, line))) for line in wanted]
        return Batch(*(np.stack(arrays) for arrays in zip(*made, strict=True)))

    def _line(self, random: np.random.Generator) -> Batch:
        crops: list[Crop] = []
        room = self.context + LEADING_ROWS
        while room >= SHORTEST_CROP or not crops:
            corpus = self.corpora[int(random.choice(len(self.corpora), p=self.shares))]
            crop = _drawn_crop(corpus, random, room - LEADING_ROWS)
            crops.append(crop)
            room -= LEADING_ROWS + len(crop.rows)
        return pack(crops, self.context)


def _drawn_crop(corpus: Pieces, random: np.random.Generator, room: int) -> Crop:
    """A sketch of a piece, a crop under its sketch, or one with or without a given block."""
    choice = random.random()
    if choice < SKETCH_SHARE:
        rows, given = sketch_alone(_learned_from(corpus.whole(random), random), room)
        return Crop(rows, True, given)
    crop = corpus.crop(random, room)
    rows = _learned_from(crop.rows, random)
    if choice < SKETCH_SHARE + UNDER_SKETCH_SHARE:
        rows, given = under_its_sketch(rows, room)
    else:
        rows, given = with_given_block(rows, random, room)
    return Crop(rows, crop.from_start, given)


def _learned_from(rows: Rows, random: np.random.Generator) -> Rows:
    rows, _ = in_common_key(rows)
    return drop_fields(augmented(rows, random), random)


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
    """One line: crops one after another, each behind rows of zeros, then padding.

    The rows of zeros are what the first row of a piece is predicted from. A target never belongs
    to another crop.
    """
    length = context + LEADING_ROWS
    rows = np.zeros((length, COLUMNS), dtype=np.int64)
    document = np.full(length, -1, dtype=np.int64)
    given = np.ones(length, dtype=bool)
    unforeseeable = np.zeros(length, dtype=bool)
    start = 0
    for number, crop in enumerate(crops):
        first = start + LEADING_ROWS
        stop = min(first + len(crop.rows), length)
        rows[first:stop] = crop.rows[: stop - first]
        given[first:stop] = crop.given[: stop - first]
        document[start:stop] = number
        if not crop.from_start:
            first_bar = first + int(np.argmax(crop.rows[:, 0] == Kind.BAR))
            unforeseeable[min(first_bar, length - 1)] = True
        start = stop
    known = _targets(rows)
    known[given] = IGNORED
    known[unforeseeable, column_of(Kind.BAR, "bars")] = IGNORED
    known[document == -1] = IGNORED
    late, early = known[1:-1].copy(), known[2:].copy()
    late[document[1:-1] != document[:-2]] = IGNORED
    early[document[2:] != document[:-2]] = IGNORED
    targets = np.concatenate([early[:, :EARLY_COLUMNS], late[:, EARLY_COLUMNS:]], axis=1)
    return Batch(rows, targets, document[:-2])


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
