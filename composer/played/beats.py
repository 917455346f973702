"""Whether the notes of a file lie on its beats, or were played freely over them."""

from __future__ import annotations

from math import sqrt

import numpy as np

from composer.errors import RequestError
from composer.music.piece import Piece

_PARTS_OF_A_BEAT = (1, 2, 3, 4, 6, 8)
_LEAST_COHERENCE = 0.28
"""Less have 99 of 107 recordings without beats (EMOPIA) and 1 of 796 files with beats, once they
have `FEWEST_ONSETS` (docs/experiments/composing.md)."""
FEWEST_ONSETS = 48
_TOO_FEW_TO_TELL, _CERTAIN = 16, 0.5


def coherence(piece: Piece) -> float:
    """How well the onsets agree on a division of the beat, 0..1.

    The largest mean resultant length (Mardia and Jupp, "Directional Statistics") of the onsets'
    phases in the divisions of a quarter: 1 on the grid of a score, near 0 for free playing.
    """
    onsets = np.array(sorted({note.onset_tick for part in piece.parts for note in part.notes}))
    if not len(onsets):
        return 0.0
    beats = onsets / piece.ticks_per_quarter
    return max(float(abs(np.exp(2j * np.pi * beats * parts).mean())) for parts in _PARTS_OF_A_BEAT)


def has_beats(piece: Piece) -> bool:
    """Whether the notes have to do with the beats of their file, or are too few to tell."""
    if piece.source is not None and piece.source.is_score:
        return True  # a score states its beats, whatever its tuplets
    count = len({note.onset_tick for part in piece.parts for note in part.notes})
    # of fewer onsets chance alone agrees better: its resultant goes with 1 / sqrt(count)
    least = _LEAST_COHERENCE * max(1.0, sqrt(FEWEST_ONSETS / max(1, count)))
    return count < _TOO_FEW_TO_TELL or coherence(piece) >= min(_CERTAIN, least)


def check_beats(piece: Piece) -> None:
    """Raises RequestError for a piece that was played without regard to the beats of its file."""
    if not has_beats(piece):
        raise RequestError(
            f"{piece.title or 'the piece'} was played without beats: its notes lie anywhere "
            "between those of the file, so it has no bars to write in; record it to a click, or "
            "map its tempo in your DAW, and export it again"
        )
