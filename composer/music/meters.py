"""Meters on the grid: which there are, how long their bars last, which fits a length."""

from __future__ import annotations

from functools import cache

from composer.errors import RequestError
from composer.music.piece import GRID_TICKS_PER_QUARTER

DENOMINATORS = (1, 2, 4, 8, 16, 32)
WHOLE_NOTE_TICKS = 4 * GRID_TICKS_PER_QUARTER
LONGEST_BAR_TICKS = 4 * WHOLE_NOTE_TICKS
SHORTEST_BEAT_TICKS = WHOLE_NOTE_TICKS // DENOMINATORS[-1]


@cache
def grid_meters() -> tuple[tuple[int, int], ...]:
    """Every (numerator, denominator) whose bar is at most four whole notes long.

    The order is part of the event format.
    """
    return tuple(
        (numerator, denominator)
        for denominator in DENOMINATORS
        for numerator in range(1, 4 * denominator + 1)
    )


def grid_bar_ticks(numerator: int, denominator: int) -> int:
    """Length of one bar in grid ticks (24 a quarter)."""
    return numerator * WHOLE_NOTE_TICKS // denominator


def meter_of_length(length_ticks: int, denominator: int) -> tuple[int, int]:
    """The meter of a bar of `length_ticks`, in the given denominator or the next finer that fits.

    `length_ticks` must be a multiple of a 32nd note (3 ticks).
    """
    finer = [d for d in DENOMINATORS if d >= denominator] or [DENOMINATORS[-1]]
    for candidate in finer:
        beat_ticks = WHOLE_NOTE_TICKS // candidate
        if length_ticks % beat_ticks == 0:
            return length_ticks // beat_ticks, candidate
    raise ValueError(f"a bar of {length_ticks} ticks is not a whole number of 32nd notes")


def parse_meter(text: str) -> tuple[int, int]:
    """ "3/4" -> (3, 4). Raises `RequestError` for anything that is not a meter of the grid."""
    head, _, tail = text.strip().partition("/")
    if head.isdigit() and tail.isdigit() and (int(head), int(tail)) in grid_meters():
        return int(head), int(tail)
    raise RequestError(
        f"meter {text!r} is not possible; give one like 4/4, 3/4 or 6/8 "
        f"(denominator {', '.join(map(str, DENOMINATORS))}; at most four whole notes a bar)"
    )
