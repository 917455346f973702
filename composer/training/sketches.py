"""Crops with a sketch: of every bar its bar, plan and chord rows, without notes and dynamics.

A sketch alone is: header, the mark "sketch", the sketch of the piece, the end mark. A crop under
its sketch is: header, the mark "sketch", the sketch of the crop's bars, the mark "write", the bars
themselves. Composing is the same in two steps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.tokens.fields import HEADER_KINDS, Kind, Mark
from composer.training.given_blocks import mark_row

Rows = NDArray[np.int16]
SKETCH_KINDS = (Kind.BAR, Kind.PLAN, Kind.CHORD)


def sketch_of(rows: Rows) -> Rows:
    """The rows of the bars that a sketch has."""
    return rows[np.isin(rows[:, 0], SKETCH_KINDS)]


def sketch_alone(rows: Rows, room: int) -> tuple[Rows, NDArray[np.bool_]]:
    """Header and sketch of a piece or of its end, at most `room` rows; which of them are given."""
    header = rows[np.isin(rows[:, 0], HEADER_KINDS)]
    arranged = np.concatenate([header, mark_row(Mark.SKETCH), sketch_of(rows), mark_row(Mark.END)])[
        :room
    ]
    given = np.zeros(len(arranged), dtype=bool)
    given[len(header) : len(header) + 1] = True
    return arranged, given


def under_its_sketch(rows: Rows, room: int) -> tuple[Rows, NDArray[np.bool_]]:
    """A crop behind the sketch of its bars, at most `room` rows; which of them are given."""
    is_header = np.isin(rows[:, 0], HEADER_KINDS)
    header, body = rows[is_header], rows[~is_header]
    sketch = sketch_of(body)
    arranged = np.concatenate([header, mark_row(Mark.SKETCH), sketch, mark_row(Mark.WRITE), body])[
        :room
    ]
    given = np.zeros(len(arranged), dtype=bool)
    marks = (len(header), len(header) + 1 + len(sketch))
    for place in marks:
        given[place : place + 1] = True
    return arranged, given
