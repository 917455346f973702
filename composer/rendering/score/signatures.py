"""Which key signatures to write: the piece's own, or, where nobody has said, an estimate.

A signature is estimated a bar at a time by dynamic programming over the fifteen signatures: a bar
costs the length of its notes that need an accidental, a change costs what some bars of
accidentals do, so that a signature changes only where the music really does. The mode follows
the key profiles of Krumhansl and Kessler (Krumhansl, "Cognitive Foundations of Musical Pitch",
1990).
"""

from __future__ import annotations

from collections.abc import Sequence

from composer.music.bars import Bar, bars_of
from composer.music.keys import beside
from composer.music.piece import KeyChange, Piece

MOST_FIFTHS = 7
_CHANGE_COST_BARS = 6.0
_LINE_OF_FIFTHS_MAJOR = tuple((7 * step) % 12 for step in range(-1, 6))
_MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)

Weights = tuple[float, ...]


def signatures_of(piece: Piece) -> tuple[KeyChange, ...]:
    """The key changes to write, the first at tick 0, at most seven sharps or flats."""
    known = piece.keys or estimate_signatures(piece)
    written: list[KeyChange] = []
    for key in known:
        tick = key.tick if written else 0
        change = KeyChange(tick, within_seven(key.fifths), key.mode)
        if written and written[-1].tick == tick:
            written[-1] = change
        elif not written or written[-1][1:] != change[1:]:
            written.append(change)
    return tuple(written)


def within_seven(fifths: int) -> int:
    """The enharmonic signature with at most seven sharps or flats."""
    while fifths > MOST_FIFTHS:
        fifths -= 12
    while fifths < -MOST_FIFTHS:
        fifths += 12
    return fifths


def estimate_signatures(piece: Piece) -> tuple[KeyChange, ...]:
    """Key signatures estimated from the notes; C major for a piece without pitched notes."""
    bars = bars_of(piece)
    weights = _weights_by_bar(piece, bars)
    if not any(map(sum, weights)):
        return (KeyChange(0, 0, "major"),)
    path = _cheapest_signatures(weights)
    changes: list[KeyChange] = []
    start = 0
    for position in range(1, len(path) + 1):
        if position == len(path) or path[position] != path[start]:
            total = tuple(map(sum, zip(*weights[start:position], strict=True)))
            mode = _mode(total, path[start])
            changes.append(KeyChange(bars[start].start_tick if start else 0, path[start], mode))
            start = position
    return tuple(beside(key, changes) for key in changes)


def _weights_by_bar(piece: Piece, bars: Sequence[Bar]) -> list[Weights]:
    """For each bar, how long each pitch class sounds in it, as a share of the bar."""
    totals = [[0.0] * 12 for _ in bars]
    for part in piece.parts:
        if part.is_drums:
            continue
        position = 0
        for note in part.notes:
            while position + 1 < len(bars) and bars[position].end_tick <= note.onset_tick:
                position += 1
            length = min(note.length_ticks, bars[position].length_ticks)
            totals[position][note.pitch % 12] += length
    return [tuple(weight / max(1.0, sum(total)) for weight in total) for total in totals]


def _cheapest_signatures(weights: Sequence[Weights]) -> list[int]:
    choices = range(-6, 7)
    best = {fifths: 0.02 * abs(fifths) for fifths in choices}
    back: list[dict[int, int]] = []
    for weight in weights:
        cheapest = min(best, key=best.__getitem__)
        arrived: dict[int, float] = {}
        previous: dict[int, int] = {}
        for fifths in choices:
            change = best[cheapest] + _CHANGE_COST_BARS
            previous[fifths] = fifths if best[fifths] <= change else cheapest
            arrived[fifths] = min(best[fifths], change) + _outside(weight, fifths)
        best = arrived
        back.append(previous)
    path = [min(best, key=best.__getitem__)]
    for previous in reversed(back[1:]):
        path.append(previous[path[-1]])
    return path[::-1]


def _outside(weight: Weights, fifths: int) -> float:
    """How much of a bar lies outside this signature's scale."""
    scale = {(pitch_class + 7 * fifths) % 12 for pitch_class in _LINE_OF_FIFTHS_MAJOR}
    return sum(share for pitch_class, share in enumerate(weight) if pitch_class not in scale)


def _mode(weight: Weights, fifths: int) -> str:
    tonic = 7 * fifths % 12
    relative = (tonic + 9) % 12
    major = sum(weight[(tonic + step) % 12] * value for step, value in enumerate(_MAJOR_PROFILE))
    minor = sum(weight[(relative + step) % 12] * v for step, v in enumerate(_MINOR_PROFILE))
    return "minor" if minor > major else "major"
