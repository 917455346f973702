"""Which staff each note of a keyboard part stands on: two hands, by register and continuity.

A beam search over the onsets: at each, some of the lowest notes go to the left hand and the rest
to the right. A choice costs what it asks of two hands (stretches, held notes included; leaps;
straying from their own half of the keyboard) and of a reader (short rests, voices in one hand,
a chord of close notes torn apart).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

from composer.music.piece import GRID_TICKS_PER_QUARTER, Note

_BEAM_WIDTH = 6
_FINGERS = 5
_ONSETS_AROUND = 16


class HandCosts(NamedTuple):
    """What each burden costs; pitches in semitones.

    Found by random search on the piano scores of music21's corpus (`benchmarks/notation.py`);
    `held_stretch` is the share of a stretch that counts where only a held note makes it wide, for
    the pedal holds that too.
    """

    stretch: float = 1.39
    held_stretch: float = 0.5
    easy_span: float = 11.9
    finger: float = 0.2
    leap: float = 0.022
    register: float = 0.089
    middle: float = 60.5
    follow: float = 0.5
    overlap_of_halves: float = 0.3
    crossing: float = 0.76
    short_rest: float = 0.42
    mixed_lengths: float = 0.48
    held: float = 0.5
    switch: float = 0.11
    imbalance: float = 0.021
    stolen: float = 0.18
    torn: float = 0.03
    torn_interval: float = 2.7


COSTS = HandCosts()


class _Hand(NamedTuple):
    """A hand: the pitches it last played, when it is free, and what it still holds."""

    low: int
    high: int
    end: int
    last: tuple[int, ...] = ()
    held: tuple[Note, ...] = ()


class _Choice(NamedTuple):
    """How many of one onset's notes the left hand got, and the choice before."""

    before: _Choice | None
    left_count: int


class _Path(NamedTuple):
    cost: float
    left: _Hand
    right: _Hand
    alone: int
    choice: _Choice | None


def assign_staves(notes: Sequence[Note], costs: HandCosts = COSTS) -> list[int]:
    """Staff 1 (right hand) or 2 (left hand) of each note; notes in order of onset and pitch."""
    chords = [list(group) for _, group in groupby(notes, key=lambda note: note.onset_tick)]
    paths = [_Path(0.0, _Hand(45, 52, 0), _Hand(68, 76, 0), 0, None)]
    for chord, middle in zip(chords, _middles(chords, costs), strict=True):
        options = [
            _extended(path, chord, count, middle, costs)
            for path in paths
            for count in range(len(chord) + 1)
        ]
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


def _middles(chords: Sequence[Sequence[Note]], costs: HandCosts) -> list[float]:
    """Where the hands part at each onset: a fixed pitch, drawn towards the music around."""
    centres = [(chord[0].pitch + chord[-1].pitch) / 2 for chord in chords]
    totals = [0.0, *accumulate(centres)]
    middles = []
    for position in range(len(chords)):
        first = max(0, position - _ONSETS_AROUND)
        last = min(len(chords), position + _ONSETS_AROUND + 1)
        around = (totals[last] - totals[first]) / (last - first)
        middles.append(costs.middle + costs.follow * (around - costs.middle))
    return middles


def _extended(
    path: _Path, chord: Sequence[Note], count: int, middle: float, costs: HandCosts
) -> _Path:
    cost, left, right = path.cost, path.left, path.right
    if count:
        added, left = _played(left, chord[:count], costs)
        cost += added
        border = middle - costs.overlap_of_halves
        cost += costs.register * sum(max(0.0, note.pitch - border) for note in chord[:count])
    if count < len(chord):
        added, right = _played(right, chord[count:], costs)
        cost += added
        border = middle + costs.overlap_of_halves
        cost += costs.register * sum(max(0.0, border - note.pitch) for note in chord[count:])
    right_count = len(chord) - count
    alone = 0 if count and right_count else (1 if count else 2)
    if alone and path.alone and alone != path.alone:
        cost += costs.switch
    if len(chord) > 2:
        cost += costs.imbalance * abs(right_count - count)
    for note in chord[:count]:
        if note.pitch in path.right.last and note.pitch not in path.left.last:
            cost += costs.stolen
    for note in chord[count:]:
        if note.pitch in path.left.last and note.pitch not in path.right.last:
            cost += costs.stolen
    if 0 < count < len(chord):
        interval = chord[count].pitch - chord[count - 1].pitch
        if interval < costs.torn_interval and chord[count][1] == chord[count - 1][1]:
            cost += costs.torn * (costs.torn_interval - interval)
    if left.low > right.low or left.high > right.high:
        cost += costs.crossing
    return _Path(cost, left, right, alone, _Choice(path.choice, count))


def _played(hand: _Hand, chord: Sequence[Note], costs: HandCosts) -> tuple[float, _Hand]:
    """What playing these notes costs a hand, and how it lies then."""
    onset = chord[0].onset_tick
    low, high = chord[0].pitch, chord[-1].pitch
    leap = (abs(low - hand.low) + abs(high - hand.high)) / 2
    cost = costs.leap * leap
    if onset > hand.end and onset - hand.end < GRID_TICKS_PER_QUARTER:
        cost += costs.short_rest
    held = tuple(note for note in hand.held if note.end_tick > onset)
    end = max(note.end_tick for note in chord)
    if min(note.end_tick for note in chord) != end:
        cost += costs.mixed_lengths
    if held:
        cost += costs.held
        lowest = min(low, min(note.pitch for note in held))
        highest = max(high, max(note.pitch for note in held))
        end = max(end, max(note.end_tick for note in held))
    else:
        lowest, highest = low, high
    struck, reached = high - low - costs.easy_span, highest - lowest - costs.easy_span
    cost += costs.stretch * max(0.0, struck, costs.held_stretch * reached)
    cost += costs.finger * max(0, len(held) + len(chord) - _FINGERS)
    pitches = tuple(note.pitch for note in chord)
    return cost, _Hand(low, high, end, pitches, (*held, *chord))


def _best_distinct(options: list[_Path]) -> list[_Path]:
    """The cheapest paths, one for each way the hands can lie now."""
    options.sort(key=lambda option: option.cost)
    best: dict[tuple[_Hand, _Hand, int], _Path] = {}
    for path in options:
        best.setdefault((path.left, path.right, path.alone), path)
        if len(best) == _BEAM_WIDTH:
            break
    return list(best.values())
