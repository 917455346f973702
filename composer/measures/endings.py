"""Endings: does a piece come to rest?

Conventions: drums aside; shares over pieces in 0..1. The yardstick is how held-out pieces really
end: not every one ends on its tonic, nor with a long note.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.analysis.key_finding import key_of_table
from composer.analysis.table import note_table
from composer.analysis.texture import beat_ticks
from composer.errors import RequestError
from composer.music.keys import tonic_pitch_class
from composer.music.piece import Piece


def validate(pieces: Sequence[Piece]) -> None:
    """Raises RequestError where there is nothing to judge."""
    if not pieces:
        raise RequestError("no pieces whose endings could be judged; give at least one")


def ends_on_tonic(piece: Piece) -> bool:
    """Whether the lowest note of the last onset is the tonic of the key that the notes say."""
    table = note_table(piece).pitched()
    key = key_of_table(table)
    if key is None:
        return False
    last = table.pitch[table.onset == table.onset.max()]
    return int(last.min()) % 12 == tonic_pitch_class(key)


def ends_at_rest(piece: Piece) -> bool:
    """Whether the last onset is on a beat and some note of it lasts a beat or more."""
    table = note_table(piece).pitched()
    if table.count == 0:
        return False
    final = table.select(table.onset == table.onset.max())
    beat = beat_ticks(table.bars[int(final.bar[0])].meter, table.ticks_per_quarter)
    return int(final.onset_in_bar[0]) % beat == 0 and int(final.length.max()) >= beat


def evaluate(pieces: Sequence[Piece]) -> dict[str, float]:
    """The shares of pieces that do."""
    validate(pieces)
    return {
        "ends on the tonic": float(np.mean([ends_on_tonic(piece) for piece in pieces])),
        "ends on a beat with a note of a beat or more": float(
            np.mean([ends_at_rest(piece) for piece in pieces])
        ),
    }
