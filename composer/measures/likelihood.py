"""Held-out bits per note: of a model, and of a bigram table on the same rows.

Bits of all fields of all rows behind the header (bars, plans, chords, dynamics and notes) over the
number of notes; the header is given. Unknown fields cost nothing for either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.corpus.shards import Shard
from composer.errors import CorpusError
from composer.model.runtime import Runtime
from composer.model.sizes import EARLY_COLUMNS, IGNORED
from composer.model.surprise import nats
from composer.tokens.fields import FIELD_SIZES, NEVER_UNKNOWN, ROW_FIELDS, UNKNOWN, Kind
from composer.tokens.transpose import in_common_key
from composer.training.batches import Pieces
from composer.training.held_out import HeldOut, Score, held_out_sets, score_of

BACKOFF = 5.0
"""How many observations the unigram counts for against the bigram."""
BIGRAM_PIECES = 400
"""At most so many training pieces of a corpus feed the bigram tables; more change nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Bits per note of one corpus, the model's and the bigram's."""

    corpus: str
    notes: int
    model: float
    bigram: float


def validate(shards: Sequence[Shard]) -> None:
    """Raises CorpusError unless there are pieces to learn from and pieces held out."""
    for split, what in ((0, "training"), (1, "held-out")):
        if not any((shard.pieces["split"] == split).any() for shard in shards):
            raise CorpusError(f"the built corpora hold no {what} works")


class Bigram:
    """Each field given its kind and the same field of the last row of that kind.

    Counts, backed off to the unigram, backed off to every value alike.
    """

    def __init__(self) -> None:
        self.kinds = np.ones((len(Kind) + 1, FIELD_SIZES["kind"]))
        self.tables = {
            (kind, column): np.zeros((FIELD_SIZES[name] + 1, FIELD_SIZES[name]))
            for kind, names in ROW_FIELDS.items()
            for column, name in enumerate(names, 1)
        }

    def learn(self, rows: NDArray[np.int16]) -> None:
        """Count the rows of one piece, shape (rows, COLUMNS)."""
        np.add.at(self.kinds, (rows[:-1, 0], rows[1:, 0]), 1)
        for (kind, column), table in self.tables.items():
            values = rows[rows[:, 0] == kind, column].astype(np.int64)
            known = values[values != UNKNOWN] if _may_be_unknown(kind, column) else values
            if len(known):
                before = np.concatenate([[len(table) - 1], known[:-1]])
                np.add.at(table, (before, known), 1)

    def bits(self, rows: NDArray[np.int64], targets: NDArray[np.int64]) -> float:
        """Bits of the targets of one line; `rows` (time + 1, COLUMNS) are all rows, `targets`
        (time, COLUMNS) those that follow each."""
        total = 0.0
        last: dict[tuple[Kind, int], int] = {}
        probabilities = {key: _probabilities(table) for key, table in self.tables.items()}
        kinds = _probabilities(self.kinds)
        for row, target in zip(rows[:-1].tolist(), targets.tolist(), strict=True):
            for column in range(1, 1 + len(ROW_FIELDS[Kind(row[0])])):
                last[Kind(row[0]), column] = row[column]
            if target[0] == IGNORED:
                continue
            kind = Kind(target[0])
            total -= np.log2(kinds[row[0], kind])
            for column in range(1, 1 + len(ROW_FIELDS[kind])):
                if target[column] != IGNORED:
                    table = probabilities[kind, column]
                    before = last.get((kind, column), len(table) - 1)
                    total -= np.log2(table[before, target[column]])
        return float(total)


def _probabilities(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """(before, value): smoothed conditional probabilities."""
    unigram = (counts.sum(0) + 1) / (counts.sum() + counts.shape[1])
    smoothed: NDArray[np.float64] = (counts + BACKOFF * unigram) / (
        counts.sum(1, keepdims=True) + BACKOFF
    )
    return smoothed


def _may_be_unknown(kind: Kind, column: int) -> bool:
    return ROW_FIELDS[kind][column - 1] not in NEVER_UNKNOWN


def learn_bigram(shards: Sequence[Shard]) -> Bigram:
    """Tables from the training pieces of all corpora."""
    bigram = Bigram()
    for shard in shards:
        records = Pieces(shard, "train").records
        for record in records[:: max(1, len(records) // BIGRAM_PIECES)]:
            rows = np.asarray(shard.rows[record["row_start"] : record["row_stop"]])
            bigram.learn(in_common_key(rows)[0])
    return bigram


def evaluate(
    model: Runtime, shards: Sequence[Shard], crops: int = 8
) -> tuple[list[Comparison], list[Score]]:
    """Model against bigram on the held-out works of each corpus."""
    validate(shards)
    bigram = learn_bigram(shards)
    comparisons, scores = [], []
    for held_out in held_out_sets(shards, model.shape.context, crops):
        lines = zip(held_out.batch.rows, held_out.batch.targets, strict=True)
        own = score_of(held_out, np.sum([nats(model, *line) for line in lines], axis=0))
        comparisons.append(
            Comparison(own.corpus, own.notes, own.bits_per_note, _bigram_bits(bigram, held_out))
        )
        scores.append(own)
    return comparisons, scores


def _bigram_bits(bigram: Bigram, held_out: HeldOut) -> float:
    lines = zip(held_out.batch.rows, held_out.batch.targets, strict=True)
    whole = ((rows[1:], row_by_row(rows, targets)) for rows, targets in lines)
    return sum(bigram.bits(rows, targets) for rows, targets in whole) / held_out.notes


def row_by_row(rows: NDArray[np.int64], targets: NDArray[np.int64]) -> NDArray[np.int64]:
    """The targets of a line (time, COLUMNS), early and late columns two and one rows behind, put
    together row by row: (time, COLUMNS), those of the third row first."""
    late = np.full((1, rows.shape[1]), IGNORED)
    shifted = np.concatenate([targets[1:], late])
    return np.concatenate([targets[:, :EARLY_COLUMNS], shifted[:, EARLY_COLUMNS:]], axis=1)
