"""Which staff each note of a keyboard part stands on: two hands, by register and continuity.

A beam search over the onsets: at each, some of the lowest notes go to the left hand and the rest
to the right. A choice costs what it asks of two hands: how far they stretch (notes still held
included), how far they leap, and how far they stray from their own half of the keyboard.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from composer.music.piece import Note

_BEAM_WIDTH = 12
_MIDDLE_PITCH = 60
_EASY_SPAN = 12
_REST_SPAN = 9
_STRETCH_COST = 0.5
_IMPOSSIBLE_COST = 2.0
_LEAP_COST = 0.07
_REGISTER_COST = 0.06
_CROSSING_COST = 2.0
_FINGERS = 5


class _Hand(NamedTuple):
    """Where a hand is: the middle of what it last played, and what it still holds."""

    centre: float
    held: tuple[Note, ...] = ()


class _Choice(NamedTuple):
    """How many of one onset's notes the left hand got, and the choice before."""

    before: _Choice | None
    left_count: int


class _Path(NamedTuple):
    cost: float
    left: _Hand
    right: _Hand
    choice: _Choice | None


def assign_staves(notes: Sequence[Note]) -> list[int]:
    """Staff 1 (right hand) or 2 (left hand) of each note; notes in order of onset and pitch."""
    chords = [list(group) for _, group in groupby(notes, key=lambda note: note.onset_tick)]
    paths = [_Path(0.0, _Hand(48.0), _Hand(72.0), None)]
    for chord in chords:
        chord.sort(key=lambda note: note.pitch)
        options = [_extended(path, chord, count) for path in paths for count in _counts(chord)]
        paths = _best_distinct(options)
    counts: list[int] = []
    choice = paths[0].choice
    while choice:
        counts.append(choice.left_count)
        choice = choice.before
    staves: list[int] = []
    for chord, count in zip(chords, reversed(counts), strict=True):
        staves.extend([2] * count + [1] * (len(chord) - count))
    return staves


def _counts(chord: Sequence[Note]) -> range:
    return range(len(chord) + 1)


def _extended(path: _Path, chord: Sequence[Note], count: int) -> _Path:
    left_cost, left = _played(path.left, chord[:count], is_left=True)
    right_cost, right = _played(path.right, chord[count:], is_left=False)
    cost = path.cost + left_cost + right_cost
    if left.held and right.held and left.held[-1].pitch > right.held[0].pitch:
        cost += _CROSSING_COST
    return _Path(cost, left, right, _Choice(path.choice, count))


def _played(hand: _Hand, chord: Sequence[Note], *, is_left: bool) -> tuple[float, _Hand]:
    """What playing these notes costs a hand, and where it is then."""
    if not chord:
        return 0.0, hand
    onset = chord[0].onset_tick
    held = tuple(
        sorted(
            [*(note for note in hand.held if note.end_tick > onset), *chord], key=lambda n: n.pitch
        )
    )
    low, high = held[0].pitch, held[-1].pitch
    span = high - low
    cost = _STRETCH_COST * max(0, span - _EASY_SPAN)
    cost += _IMPOSSIBLE_COST * max(0, len(held) - _FINGERS)
    centre = (chord[0].pitch + chord[-1].pitch) / 2
    cost += _LEAP_COST * max(0.0, abs(centre - hand.centre) - 2)
    for note in chord:
        stray = note.pitch - _MIDDLE_PITCH if is_left else _MIDDLE_PITCH - note.pitch
        cost += _REGISTER_COST * max(0, stray + 3)
    return cost, _Hand(centre, held)


def _best_distinct(options: list[_Path]) -> list[_Path]:
    """The cheapest paths, one for each way the hands can lie now."""
    best: dict[tuple[_Hand, _Hand], _Path] = {}
    for path in sorted(options, key=lambda option: option.cost):
        best.setdefault((path.left, path.right), path)
        if len(best) == _BEAM_WIDTH:
            break
    return list(best.values())
