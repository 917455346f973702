"""How a bar divides: which of its positions are strong, and where beams and ties break.

A bar is a tree of spans. The depth at which a position first divides the bar is its level: 0 for
the bar line, 1 for the next strongest positions, and so on. A dotted beat adds a level of its
own, because a tie over it is never left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from composer.music.piece import GRID_TICKS_PER_QUARTER

SMALLEST_TICKS = 3
"""A thirty-second note on the grid: what a bar divides into without tuplets."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a bar, in ticks from its start, and the stretches it divides into."""

    start: int
    length: int
    children: tuple[Span, ...] = ()

    @property
    def end(self) -> int:
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Division:
    """The tree of one bar; `levels[tick]` is how weak a position is.

    `beat_ticks` is the length of the beat that beams follow, `beat_level` the level of the
    strongest beats, or of all where a beat is dotted (`is_compound`).
    """

    root: Span
    levels: dict[int, int]
    beat_ticks: int
    beat_level: int
    is_compound: bool


def is_compound(numerator: int, denominator: int) -> bool:
    """Whether the meter is counted in dotted beats, as 6/8 and 6/4 are, and not 3/4."""
    return numerator % 3 == 0 and (denominator >= 8 or numerator > 3)


@lru_cache(maxsize=256)
def divide(numerator: int, denominator: int, length: int, offset: int = 0) -> Division:
    """The division of a bar of this meter on the grid.

    A bar cut short has its own `length`; a pickup starts `offset` ticks into a full bar.
    """
    unit = max(1, 4 * GRID_TICKS_PER_QUARTER // denominator)
    compound = is_compound(numerator, denominator)
    full = _span_of_beats(0, numerator, unit, compound)
    levels: dict[int, int] = {}
    _collect_levels(full, 0, unit, compound, levels)
    root = _cut(full, offset, offset + length)
    shifted = {tick - offset: level for tick, level in levels.items() if tick >= offset}
    beat = 3 * unit if compound else max(unit, GRID_TICKS_PER_QUARTER)
    of_beats = [levels[t] for t in range(beat, full.length, beat) if t in levels] or [1]
    beat_level = max(of_beats) if compound else min(of_beats)
    if denominator == 2 and not compound:
        beat = unit
    return Division(root, shifted, beat, beat_level, compound)


@lru_cache(maxsize=256)
def divide_triplet(length: int) -> Division:
    """The division of a window that holds three in the time of two."""
    third = length // 3
    parts = tuple(_halves(start, third, 1) for start in range(0, length, third))
    root = Span(0, length, parts)
    levels: dict[int, int] = {}
    _collect_levels(root, 0, third, False, levels)
    return Division(root, levels, length, 0, False)


def _span_of_beats(start: int, beats: int, unit: int, compound: bool) -> Span:
    sizes = _grouping(beats, compound)
    if len(sizes) == 1:
        return _halves(start, unit, SMALLEST_TICKS)
    children = []
    position = start
    for size in sizes:
        children.append(_span_of_beats(position, size, unit, compound))
        position += size * unit
    return Span(start, beats * unit, tuple(children))


def _grouping(beats: int, compound: bool) -> tuple[int, ...]:
    if beats <= 1:
        return (1,)
    if compound and beats % 3 == 0 and beats > 3:
        groups = _grouping(beats // 3, False)
        return tuple(3 * size for size in groups) if len(groups) > 1 else (1, 1, 1)
    if beats <= 3:
        return (1,) * beats
    if beats % 2 == 0:
        return (beats // 2, beats // 2)
    if beats % 3 == 0:
        return (beats // 3,) * 3
    first = 3 if beats == 5 else beats // 2 + (beats // 2) % 2
    return (first, beats - first)


def _halves(start: int, length: int, smallest: int) -> Span:
    if length % 2 or length // 2 < smallest:
        return Span(start, length)
    half = length // 2
    return Span(
        start, length, (_halves(start, half, smallest), _halves(start + half, half, smallest))
    )


def _collect_levels(
    span: Span, level: int, unit: int, compound: bool, levels: dict[int, int]
) -> None:
    levels.setdefault(span.start, level)
    levels.setdefault(span.end, level)
    below = level + (2 if compound and span.length == 3 * unit else 1)
    for child in span.children:
        levels.setdefault(child.start, below)
    for child in span.children:
        _collect_levels(child, below, unit, compound, levels)


def _cut(span: Span, start: int, end: int) -> Span:
    """The part of the tree between two positions, counted from the first of them."""
    low, high = max(span.start, start), min(span.end, end)
    children = tuple(
        _cut(child, start, end) for child in span.children if child.start < high and child.end > low
    )
    if len(children) == 1 and (children[0].start, children[0].end) == (low - start, high - start):
        return children[0]
    return Span(low - start, high - low, children)
