"""When a passage is written in the enharmonic key that is easier to read.

Dynamic programming over the notes with three states: as spelled, or twelve fifths flatter or
sharper. Tones of the signature's scale cost nothing, others a little and, if they are far (beyond
A flat or G sharp), their distance; a change of state so much that only a passage is worth it.
"""

from __future__ import annotations

from collections.abc import Sequence

_SHIFTS = (0, -12, 12)
_CENTRE_FIFTHS = 2
_FREE_FIFTHS = 6
_OUTSIDE_COST = 0.5
_CHANGE_COST = 30.0


def enharmonic_shifts(tones: Sequence[int], signatures: Sequence[int]) -> list[int]:
    """For each tone (its place on the line of fifths, C is 0): 0, -12 or 12 fifths to move it.

    `signatures` are the key signatures in force; both have shape=(notes,).
    """
    costs = [0.0, _CHANGE_COST, _CHANGE_COST]
    back: list[tuple[int, ...]] = []
    for tone, signature in zip(tones, signatures, strict=True):
        cheapest = min(range(3), key=costs.__getitem__)
        change = costs[cheapest] + _CHANGE_COST
        came_from = tuple(cheapest if change < costs[state] else state for state in range(3))
        costs = [
            min(costs[state], change) + _reading_cost(tone + _SHIFTS[state], signature)
            for state in range(3)
        ]
        back.append(came_from)
    state = min(range(3), key=costs.__getitem__)
    shifts = []
    for came_from in reversed(back):
        shifts.append(_SHIFTS[state])
        state = came_from[state]
    return shifts[::-1]


def _reading_cost(tone: int, signature: int) -> float:
    if -1 <= tone - signature <= 5:
        return 0.0
    return _OUTSIDE_COST + max(0, abs(tone - _CENTRE_FIFTHS) - _FREE_FIFTHS)
