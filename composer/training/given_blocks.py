"""Crops with something given: bars on both sides, some parts, or both; the rest is to be written.

A crop becomes: header, the bars before (written as ever), the mark "given", what is given (the
bars after; of the bars to be written the given parts), the mark "write", the bars to be written
without the given parts, the end mark. Bars are known by their `bars` field. Continuing, infilling,
harmonising and accompanying are this one ability (compare Donahue et al. 2020 and the
multi-track masks of Ens and Pasquier 2020).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.tokens.fields import COLUMNS, Kind, Mark, column_of

Rows = NDArray[np.int16]
GIVEN_SHARE = 0.3
"""How many crops get a given block."""
LONGEST_SPAN = 8
LONGEST_AFTER = 8
"""Bars to be written, and given bars behind them."""


def with_given_block(
    rows: Rows, random: np.random.Generator, room: int
) -> tuple[Rows, NDArray[np.bool_]]:
    """The crop, and which of its rows are given (no targets); as it is, where it cannot be cut.

    `rows` are a header and whole or cut bars; what is longer than `room` loses bars before.
    """
    plain = rows, np.zeros(len(rows), dtype=bool)
    bars = np.flatnonzero(rows[:, 0] == Kind.BAR)
    parts = np.unique(_part_of(rows)[_has_part(rows)])
    if random.random() >= GIVEN_SHARE or len(bars) < 4:
        return plain
    given_parts = _some(parts, random) if len(parts) > 1 and random.random() < 0.6 else parts[:0]
    with_after = not len(given_parts) or random.random() < 0.5
    span = int(random.integers(1, min(LONGEST_SPAN, len(bars) - 2) + 1))
    after = int(random.integers(1, LONGEST_AFTER + 1)) if with_after else 0
    first = int(random.integers(0, len(bars) - span - min(after, 1)))
    return _arranged(rows, bars, first, span, after, given_parts, room)


def _arranged(
    rows: Rows,
    bars: NDArray[np.int64],
    first: int,
    span: int,
    after: int,
    given_parts: NDArray[np.int16],
    room: int,
) -> tuple[Rows, NDArray[np.bool_]]:
    # the last bar may be cut off, so nothing is taken from it
    edges = bars.tolist()
    header, before = rows[: edges[0]], rows[edges[0] : edges[first]]
    written = rows[edges[first] : edges[first + span]]
    behind = rows[edges[first + span] : edges[min(first + span + after, len(edges) - 1)]]
    is_given = _has_part(written) & np.isin(_part_of(written), given_parts)
    is_bar = written[:, 0] == Kind.BAR
    context = written[is_given | is_bar] if len(given_parts) else written[:0]
    blocks = [
        (before, False),
        (mark_row(Mark.GIVEN), True),
        (context, True),
        (behind, True),
        (mark_row(Mark.WRITE), True),
        (written[~is_given], False),
        (mark_row(Mark.END), False),
    ]
    surplus = len(header) + sum(len(block) for block, _ in blocks) - room
    if surplus > 0:
        kept = edges[int(np.searchsorted(bars, edges[0] + surplus))] - edges[0]
        blocks[0] = (before[kept:], False)
    arranged = np.concatenate([header, *(block for block, _ in blocks)])
    given = np.concatenate(
        [np.zeros(len(header), dtype=bool), *(np.full(len(b), g) for b, g in blocks)]
    )
    return arranged[:room], given[:room]


def mark_row(mark: Mark) -> Rows:
    """Shape (1, COLUMNS)."""
    row = np.zeros((1, COLUMNS), dtype=np.int16)
    row[0, :2] = (Kind.MARK, mark)
    return row


def _has_part(rows: Rows) -> NDArray[np.bool_]:
    return np.isin(rows[:, 0], (Kind.NOTE, Kind.DYNAMICS))


def _part_of(rows: Rows) -> NDArray[np.int16]:
    """The part field of notes and dynamics; meaningless elsewhere."""
    note, dynamics = column_of(Kind.NOTE, "part"), column_of(Kind.DYNAMICS, "part")
    parts: NDArray[np.int16] = np.where(rows[:, 0] == Kind.NOTE, rows[:, note], rows[:, dynamics])
    return parts


def _some(parts: NDArray[np.int16], random: np.random.Generator) -> NDArray[np.int16]:
    """At least one part, never all of them."""
    count = int(random.integers(1, len(parts)))
    return random.choice(parts, count, replace=False)
