"""Texture: how high, how dense and how full the music is.

Conventions: drums aside; pitches in MIDI numbers, 60 the middle C; nan where nothing can be
measured. None is better for being higher: they are to be compared with real music of the style.

Mean pitch (weighted by length), onsets a quarter (distinct ones) and notes an onset are those of
`composer.analysis.texture`. Crowding is how many notes one part has at once at its fullest
twentieth of moments: more than ten and no pianist can play them.
"""

from __future__ import annotations

import numpy as np

from composer.analysis.table import NoteTable, note_table
from composer.analysis.texture import mean_density, mean_pitch
from composer.errors import RequestError
from composer.music.piece import Piece

_FULLEST = 95


def validate(table: NoteTable) -> None:
    """Raises RequestError if there are drums among the notes."""
    if table.is_drum.any():
        raise RequestError("drums have no pitch; give the pitched notes of a piece")


def notes_per_onset(table: NoteTable) -> float:
    """Notes that begin together, all parts counted: 1 for a lone melody."""
    validate(table)
    return table.count / len(np.unique(table.onset)) if table.count else float("nan")


def crowding(table: NoteTable) -> float:
    """Notes that begin together in one part, at the 95th percentile of its onsets."""
    validate(table)
    if table.count == 0:
        return float("nan")
    together = np.unique(np.stack([table.part, table.onset]), axis=1, return_counts=True)[1]
    return float(np.percentile(together, _FULLEST))


def evaluate(piece: Piece) -> dict[str, float]:
    """All measures of this file by name."""
    table = note_table(piece).pitched()
    height = mean_pitch(table)
    return {
        "mean pitch": float("nan") if height is None else height,
        "onsets per quarter": mean_density(table),
        "notes per onset": notes_per_onset(table),
        "crowding": crowding(table),
    }
