"""Groove: how alike the rhythms of bars are.

Conventions: a bar's rhythm is which of its slots have an onset of any part, drums included; the
result is in 0..1, 1 where all bars have the same rhythm; nan for a single bar. Both depend on the
grid, and neither is better for being higher.

- Consistency as in MusPy (Dong et al., ISMIR 2020): 1 less the mean, over neighbouring bars, of
  the share of slots (one a tick of the 24-tick grid) in which they differ.
- Similarity as in MusDr (Wu and Yang, ISMIR 2020): 1 less the mean, over all pairs of bars, of the
  share of 64 slots a bar in which they differ.

Bars of a length of their own (pickups) are left out; the commonest length is compared.
"""

from __future__ import annotations

import numpy as np

from composer.analysis.table import Bools, NoteTable, note_table
from composer.errors import RequestError
from composer.music.piece import GRID_TICKS_PER_QUARTER, Piece

SLOTS = 64


def validate(rhythms: Bools) -> None:
    """Raises RequestError unless the shape is (bars, slots)."""
    if rhythms.ndim != 2:
        raise RequestError(f"rhythms of shape {rhythms.shape} must have shape (bars, slots)")


def rhythms_of(table: NoteTable, slots: int = 0) -> Bools:
    """Which slots of each bar have an onset, (bars, slots); `slots` 0 means one a grid tick."""
    if table.count == 0:
        return np.zeros((0, max(1, slots)), dtype=np.bool_)
    length = int(np.bincount(table.bar_lengths).argmax())
    usual = table.bar_lengths == length
    slots = slots or max(1, length * GRID_TICKS_PER_QUARTER // table.ticks_per_quarter)
    inside = usual[table.bar]
    slot = table.onset_in_bar[inside] * slots // length
    rhythms = np.zeros((len(table.bars), slots), dtype=np.bool_)
    rhythms[table.bar[inside], np.minimum(slot, slots - 1)] = True
    return np.asarray(rhythms[usual])


def groove_consistency(rhythms: Bools) -> float:
    """Of neighbouring bars of rhythms, shape (bars, slots)."""
    validate(rhythms)
    if len(rhythms) < 2:
        return float("nan")
    return float(1 - (rhythms[1:] != rhythms[:-1]).mean())


def groove_similarity(rhythms: Bools) -> float:
    """Of all pairs of bars of rhythms, shape (bars, slots)."""
    validate(rhythms)
    bars, slots = rhythms.shape
    if bars < 2:
        return float("nan")
    on = rhythms.sum(axis=0)
    differing = (on * (bars - on)).sum()
    return float(1 - differing / (slots * bars * (bars - 1) / 2))


def evaluate(piece: Piece) -> dict[str, float]:
    """Both measures by name."""
    table = note_table(piece)
    return {
        "groove consistency": groove_consistency(rhythms_of(table)),
        "groove similarity": groove_similarity(rhythms_of(table, SLOTS)),
    }
