"""Endings: does a piece come to rest?

Conventions: drums aside; shares over pieces in 0..1. The yardstick is how held-out pieces really
end: not every one ends on its tonic, nor with a long note.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.analysis.ending import ending
from composer.errors import RequestError
from composer.music.piece import Piece


def validate(pieces: Sequence[Piece]) -> None:
    """Raises RequestError where there is nothing to judge."""
    if not pieces:
        raise RequestError("no pieces whose endings could be judged; give at least one")


def evaluate(pieces: Sequence[Piece]) -> dict[str, float]:
    """The shares of pieces that do."""
    validate(pieces)
    found = [ending(piece) for piece in pieces]
    return {
        "ends on the tonic": float(np.mean([bool(e and e.is_on_tonic) for e in found])),
        "ends on a beat with a note of a beat or more": float(
            np.mean([bool(e and e.is_held) for e in found])
        ),
    }
