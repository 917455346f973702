"""The model's own bits of bars between what stands before and behind them.

A span is laid out as in training and in infilling: header, the bars before, the bars behind as a
given block, the span, the end mark (`composer.training.given_blocks`). Only the notes of the span
count, with their kind.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.composing.verbs.draft import Draft
from composer.composing.verbs.spans import LONGEST_AFTER
from composer.errors import RequestError
from composer.model.runtime import Runtime
from composer.model.sizes import IGNORED
from composer.model.surprise import nats
from composer.tokens.fields import COLUMNS, Kind, Mark
from composer.tokens.grammar import empty_row
from composer.training.batches import Crop, pack

RowList = list[list[int]]


def validate(draft: Draft, first: int, last: int) -> None:
    """Raises RequestError unless bars first..last (from 0) are there and have notes."""
    if not 0 <= first <= last < len(draft.bars):
        raise RequestError(f"bars {first + 1}-{last + 1} are not in {len(draft.bars)} bars")
    if not any(row[0] == Kind.NOTE for bar in draft.bars[first : last + 1] for row in bar):
        raise RequestError(f"bars {first + 1}-{last + 1} have no note to weigh")


def evaluate(model: Runtime, draft: Draft, first: int, last: int) -> float:
    """Bits a note of bars first..last (from 0), as the model would have had to choose them.

    Bars before and behind that do not fit the model's context are left out, the farthest first.
    """
    validate(draft, first, last)
    rows, is_weighed = _laid_out(draft, first, last, model.shape.context)
    batch = pack([Crop(rows, False, ~is_weighed)], model.shape.context)
    notes = int((batch.targets[:, 0] != IGNORED).sum())
    return float(nats(model, batch.rows, batch.targets).sum()) / float(np.log(2)) / notes


def _laid_out(
    draft: Draft, first: int, last: int, context: int
) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """The rows, (rows, COLUMNS), and which of them are notes of the span."""
    span = _joined(draft.bars[first : last + 1])
    before = list(draft.bars[:first])
    behind = list(draft.bars[last + 1 : last + 1 + LONGEST_AFTER])
    room = context - len(draft.header) - len(span) - 3  # the marks
    while sum(map(len, before)) + sum(map(len, behind)) > room and (before or behind):
        if len(before) >= len(behind):
            before = before[1:]
        else:
            behind = behind[:-1]
    opening = [
        *draft.header,
        *_joined(before),
        empty_row(Kind.MARK, Mark.GIVEN),
        *_joined(behind),
        empty_row(Kind.MARK, Mark.WRITE),
    ]
    rows = np.array([*opening, *span, empty_row(Kind.MARK, Mark.END)], dtype=np.int16)
    assert rows.shape[1] == COLUMNS
    is_weighed = rows[:, 0] == Kind.NOTE
    is_weighed[: len(opening)] = False
    return rows, is_weighed


def _joined(bars: list[RowList] | tuple[RowList, ...]) -> RowList:
    return [row for bar in bars for row in bar]
