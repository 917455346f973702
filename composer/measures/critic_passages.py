"""Twins: a passage that people wrote, and what the model writes in its place.

Header, meter, key and tempo, and what went before are the same, so that nothing but the notes tells
which is which. The critic learns from twins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from composer.composing.writing.batch import write_all
from composer.composing.writing.sampling import Chance, Given, Rows, There, Writer
from composer.corpus.shards import SPLITS, Shard
from composer.model.runtime import Runtime
from composer.tokens.fields import Kind, column_of
from composer.tokens.grammar import Grammar
from composer.tokens.transpose import in_common_key

BARS = 8
MOST_ROWS = 320
"""A denser passage has fewer bars."""
END_SHARE = 0.4
"""How often a passage is the end of its piece; else it is the beginning."""
MOST_ROWS_BEFORE = 500
"""Of a longer piece the beginning is taken."""
TOGETHER = 64


@dataclass(frozen=True, slots=True)
class Passage:
    """Bars `first`..`last` (from 0) of a piece of `total` bars, in the common key.

    `header` and `rows` are its own, `before` the rows of all bars before.
    """

    header: Rows
    before: Rows
    rows: Rows
    first: int
    last: int
    total: int

    @property
    def whole(self) -> Rows:
        """Header and passage."""
        return np.concatenate([self.header, self.rows])


def passages(shards: Sequence[Shard], split: str, seed: int) -> Iterator[Passage]:
    """Beginnings and ends of pieces, without end; a corpus by the root of its size."""
    random = np.random.default_rng(seed)
    found = [shard.pieces[shard.pieces["split"] == SPLITS.index(split)] for shard in shards]
    odds = np.sqrt([float(records["notes"].sum()) for records in found])
    while True:
        place = int(random.choice(len(shards), p=odds / odds.sum()))
        record = found[place][int(random.integers(len(found[place])))]
        passage = _passage(shards[place], record, random.random() < END_SHARE)
        if passage is not None:
            yield passage


def _passage(shard: Shard, record: np.void, is_end: bool) -> Passage | None:
    rows = np.array(shard.rows[record["row_start"] : record["row_stop"]])
    starts = np.asarray(shard.bar_rows[record["bar_start"] : record["bar_stop"]])
    rows, _ = in_common_key(rows)
    edges = np.append(starts, len(rows))
    total = len(starts)
    first = max(0, total - BARS)
    if not is_end or edges[first] > MOST_ROWS_BEFORE:
        is_end, first = False, 0
    last = min(first + BARS, total) - 1
    while edges[last + 1] - edges[first] > MOST_ROWS and first < last:
        first, last = (first + 1, last) if is_end else (first, last - 1)
    passage = rows[edges[first] : edges[last + 1]]
    if edges[last + 1] - edges[first] > MOST_ROWS or (passage[:, 0] == Kind.NOTE).sum() < BARS:
        return None
    before = rows[edges[0] : edges[first]]
    return Passage(rows[: edges[0]], before, passage, first, last, total)


def twins(
    model: Runtime,
    source: Iterator[Passage],
    count: int,
    seed: int,
    chance: Chance | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Iterator[tuple[Passage, Rows]]:
    """`count` passages, each with the rows that the model writes in its place."""
    random = np.random.default_rng(seed)
    done = 0
    while group := list(islice(source, min(TOGETHER, count - done))):
        writers = [_writer(model, passage, chance or Chance(), random) for passage in group]
        yield from zip(group, write_all(writers), strict=True)
        done += len(group)
        progress(done)


def _writer(
    model: Runtime, passage: Passage, chance: Chance, random: np.random.Generator
) -> Writer:
    header, before = passage.header.tolist(), passage.before.tolist()
    grammar = Grammar(passage.total)
    grammar.read([*header, *before])
    grammar.go_on(passage.last + 1)
    own = np.random.default_rng(random.integers(2**32))
    return Writer(model, grammar, _given(passage), chance, own, There(header, before))


def _given(passage: Passage) -> Given:
    """Meter, key and tempo of each bar."""
    bar_rows = passage.rows[passage.rows[:, 0] == Kind.BAR]
    fields = {
        passage.first + place: {
            (Kind.BAR, name): int(row[column_of(Kind.BAR, name)])
            for name in ("meter", "key", "tempo")
        }
        for place, row in enumerate(bar_rows)
    }
    return Given(bars=fields)
