"""How much a model is surprised by rows that are there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.model.runtime import Memory, Runtime
from composer.model.sizes import EARLY_COLUMNS, IGNORED

Numbers = NDArray[np.int64]


def nats(model: Runtime, rows: Numbers, targets: Numbers) -> NDArray[np.float64]:
    """(columns,): summed negative log likelihood of the targets of one line, of one document.

    `rows` (time + 2, columns) are all rows of the line; `targets` (time, columns) have the late
    columns of the row behind each step, and the early ones of the row after that, with `IGNORED`
    in fields without a loss. The line may be as long as the model's context.
    """
    following = rows[None, 1:-1]
    state = model.read(rows[None, :-2], following, Memory(model, 1))
    later = model.with_late(state.out, following)
    summed = np.zeros(targets.shape[1])
    for step, column in np.argwhere(targets != IGNORED).tolist():
        if column < EARLY_COLUMNS:
            row, hidden = rows[step + 2], later.hidden[0, step, column]
        else:
            row, hidden = rows[step + 1], state.hidden[0, step, column - EARLY_COLUMNS]
        logits = model.logits(hidden, row[:column].tolist()).astype(np.float64)
        top = logits.max()
        wanted = logits[targets[step, column]]
        summed[column] += top - wanted + np.log(np.exp(logits - top).sum())
    return summed
