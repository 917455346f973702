"""The note lengths and tempi that the grid knows. The order is part of the event format."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

LENGTHS_TICKS: tuple[int, ...] = (
    *range(1, 49),
    *range(50, 97, 2),
    *range(100, 193, 4),
    *range(204, 385, 12),
    *range(432, 769, 48),
    *range(864, 1537, 96),
)
"""Every length to two quarters, then coarser, up to four longest bars (64 quarters)."""

TEMPI: tuple[int, ...] = (
    *range(20, 60, 2),
    *range(60, 72, 3),
    *range(72, 120, 4),
    *range(120, 144, 6),
    *range(144, 240, 8),
    *range(240, 288, 12),
    *range(288, 337, 16),
)
"""Quarters a minute: the marks of a metronome, about 4 % apart, and a few beyond both ends."""

_LENGTHS = np.array(LENGTHS_TICKS)
_LENGTH_MIDPOINTS = (_LENGTHS[1:] + _LENGTHS[:-1]) / 2


def nearest_length_index(length_ticks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Index into `LENGTHS_TICKS` of the nearest length (ties go to the shorter)."""
    return np.searchsorted(_LENGTH_MIDPOINTS, length_ticks, side="left")


def floor_length(length_ticks: NDArray[np.int64]) -> NDArray[np.int64]:
    """The longest table length that is not longer."""
    index = np.searchsorted(_LENGTHS, length_ticks, side="right") - 1
    floors: NDArray[np.int64] = _LENGTHS[np.maximum(index, 0)]
    return floors


def nearest_tempo_index(quarters_per_minute: float) -> int:
    """Index into `TEMPI` of the nearest tempo by ratio."""
    above = min(bisect_left(TEMPI, quarters_per_minute), len(TEMPI) - 1)
    below = max(above - 1, 0)
    nearer_below = quarters_per_minute**2 < TEMPI[below] * TEMPI[above]
    return below if nearer_below else above
