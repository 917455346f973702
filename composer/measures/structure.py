"""Structure: how much of a piece returns, at which distance.

Conventions: shares and similarities in 0..1; nan where a piece has no bar at that distance. Real
music of the style is the yardstick: more repetition is not better.

Of each bar, the earlier bars at 1 to 3, 4 to 7 and 8 or more bars' distance are searched for the
one that it shares most notes with (slots of an eighth of a quarter, pitch above the lowest note of
the bar so that sequences count; notes in common over all notes of both); the mean over bars is
the structureness at short, middle and long distance. It is a plain stand-in, in bars of the score,
for the structureness indicators of MusDr (Wu and Yang, ISMIR 2020), which look for the fittest
repetition of 3-8, 8-15 and more seconds in sound.

Recall shares are those of `composer.analysis.recall`: bars that are an exact, varied or transposed
repeat of an earlier one.
"""

from __future__ import annotations

import numpy as np

from composer.analysis.recall import recalls
from composer.analysis.table import Floats, NoteTable, note_table
from composer.errors import RequestError
from composer.music.piece import Piece

DISTANCES = {"short": (1, 3), "middle": (4, 7), "long": (8, 64)}
_SLOTS_PER_QUARTER = 8
_DRUM_PITCH = 256


def validate(similarity: Floats) -> None:
    """Raises RequestError unless the shape is (bars, bars)."""
    if similarity.ndim != 2 or similarity.shape[0] != similarity.shape[1]:
        raise RequestError(f"similarities of shape {similarity.shape} must be square: (bars, bars)")


def similarity_of(table: NoteTable) -> Floats:
    """Notes in common over all notes of each two bars, (bars, bars); 0 where one is empty."""
    bars = len(table.bars)
    lowest = np.full(bars, _DRUM_PITCH, dtype=np.int64)
    np.minimum.at(lowest, table.bar[~table.is_drum], table.pitch[~table.is_drum])
    pitch = np.where(table.is_drum, table.pitch + _DRUM_PITCH, table.pitch - lowest[table.bar])
    slot = (table.onset_in_bar * _SLOTS_PER_QUARTER * 2 // table.ticks_per_quarter + 1) // 2
    _, column = np.unique(slot * 1024 + pitch, return_inverse=True)
    present = np.zeros((bars, int(column.max(initial=-1)) + 1))
    present[table.bar, column] = 1.0
    common = present @ present.T
    sizes = present.sum(axis=1)
    union = sizes[:, None] + sizes[None, :] - common
    return np.asarray(common / np.maximum(union, 1.0))


def structureness(similarity: Floats, nearest: int, farthest: int) -> float:
    """The mean over bars of the best similarity to a bar `nearest`..`farthest` bars before.

    `similarity` has shape (bars, bars); bars with no bar so far back do not count.
    """
    validate(similarity)
    bars = len(similarity)
    best = [
        similarity[bar, max(0, bar - farthest) : bar - nearest + 1].max()
        for bar in range(nearest, bars)
    ]
    return float(np.mean(best)) if best else float("nan")


def recall_shares(table: NoteTable) -> dict[str, float]:
    """The share of bars that repeat an earlier one exactly, and in any way."""
    kinds = [recall.kind for recall in recalls(table)]
    bars = max(1, len(kinds))
    return {
        "exact recalls": kinds.count("exact") / bars,
        "all recalls": 1 - kinds.count("new") / bars,
    }


def evaluate(piece: Piece) -> dict[str, float]:
    """All measures of this file by name."""
    table = note_table(piece)
    similarity = similarity_of(table)
    structure = {
        f"structureness, {name}": structureness(similarity, *span)
        for name, span in DISTANCES.items()
    }
    return {**structure, **recall_shares(table)}
