"""The form of a piece as section letters, "AABA", woven from the recalls of its bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from string import ascii_uppercase
from typing import NamedTuple

import numpy as np

from composer.analysis.table import Ints
from composer.music.bars import Bar
from composer.music.facts import Recall

_SHORT_PIECE_BARS = 24
_PHRASE_BARS = 4
_SECTION_BARS = 8
_LONGEST_GAP_BARS = 2
_LEAST_SHARE_ALIKE = 0.6
_GRIDS = (4, 8, 12, 16, 32)
_OCTAVE_PRICE = 0.02
_LETTER_PRICE = 0.012
_LEAST_MERIT = 0.03


class Section(NamedTuple):
    """Bars from `first_bar` up to `end_bar` (from 0), and the letter they share with their like."""

    first_bar: int
    end_bar: int
    letter: str


class _Repeat(NamedTuple):
    """Bars from `start` up to `end` repeat those `distance` before."""

    start: int
    end: int
    distance: int

    @property
    def length(self) -> int:
        return self.end - self.start


def form_of(recalls: Sequence[Recall], bars: Sequence[Bar]) -> str:
    """The letters of `sections_of` in a row; "" for a piece without bars."""
    return "".join(section.letter for section in sections_of(recalls, bars))


def sections_of(recalls: Sequence[Recall], bars: Sequence[Bar]) -> tuple[Section, ...]:
    """The sections of a piece, those that repeat each other bar for bar under one letter.

    Of several ways to cut the piece the one is taken by which most bars repeat, and of two as good
    the one with sections of about eight bars (four in pieces under 24): every 8, 12, 16 or 32
    bars (or 4 in short pieces), or where passages that are heard again begin and end. Two
    sections are alike if three bars in five go back to the same bars; where hardly anything
    returns the piece is one section.
    """
    origins = np.array(_origins(recalls), dtype=np.int64)
    if len(origins) == 0:
        return ()
    pickup, size = _pickup_bars(bars), len(origins)
    short = size < _SHORT_PIECE_BARS
    cuts = [_grid(length, pickup, size) for length in _GRIDS if short or length >= _SECTION_BARS]
    shortest = _PHRASE_BARS if short else _SECTION_BARS
    cuts.append(_edges(_repeats(origins, shortest), pickup, size))
    lettered = [_lettered(origins, cut) for cut in cuts]
    best = max(lettered, key=lambda sections: _merit(origins, sections, shortest))
    if _merit(origins, best, shortest) >= _LEAST_MERIT:
        return best
    return (Section(0, size, "A"),)


def _pickup_bars(bars: Sequence[Bar]) -> int:
    """1 where the first bar is shorter than the second, else 0."""
    return int(len(bars) > 1 and bars[0].length_ticks < bars[1].length_ticks)


def _origins(recalls: Sequence[Recall]) -> list[int]:
    """For each bar the first bar that its chain of recalls goes back to, itself if new."""
    origins: list[int] = []
    for bar, recall in enumerate(recalls):
        origins.append(origins[bar - recall.distance] if recall.distance else bar)
    return origins


def _repeats(origins: Ints, shortest: int) -> list[_Repeat]:
    """Passages that are heard again at least `shortest` bars later, the longest first.

    A bar or two inside may differ.
    """
    found = []
    for distance in range(shortest, len(origins) - shortest + 1):
        alike = np.nonzero(origins[distance:] == origins[:-distance])[0] + distance
        if len(alike) < shortest * _LEAST_SHARE_ALIKE:
            continue
        breaks = np.nonzero(np.diff(alike) > _LONGEST_GAP_BARS + 1)[0] + 1
        for run in np.split(alike, breaks):
            start, end = int(run[0]), int(run[-1]) + 1
            if end - start >= shortest and len(run) >= _LEAST_SHARE_ALIKE * (end - start):
                found.append(_Repeat(start, end, distance))
    return sorted(found, key=lambda repeat: (-min(repeat.length, repeat.distance), repeat))


def _edges(repeats: list[_Repeat], first: int, bars: int) -> list[int]:
    """Where sections begin, and the end, in order; no two nearer than a phrase."""
    edges = {first, bars}

    def add(edge: int) -> None:
        if all(abs(edge - other) >= _PHRASE_BARS for other in edges):
            edges.add(edge)

    for repeat in repeats:
        for edge in (repeat.start, repeat.start - repeat.distance):
            add(edge)
        for edge in (repeat.end, repeat.end - repeat.distance):
            add(edge)
    for repeat in repeats:  # an edge inside a passage is one wherever the passage is heard
        for edge in sorted(edges):
            if repeat.start < edge < repeat.end:
                add(edge - repeat.distance)
            if repeat.start < edge + repeat.distance < repeat.end:
                add(edge + repeat.distance)
    return sorted(edges)


def _grid(length: int, first: int, bars: int) -> list[int]:
    """Edges every `length` bars; a short rest belongs to the last section."""
    edges = list(range(first, bars, length))
    if len(edges) > 1 and bars - edges[-1] < length / 2:
        edges.pop()
    return [*edges, bars]


def _merit(origins: Ints, sections: tuple[Section, ...], usual_bars: int) -> float:
    """The share of bars that repeat those of the first section of their letter, less prices for
    each letter and for sections that are longer or shorter than usual."""
    first: dict[str, Section] = {}
    bars = 0.0
    for section in sections:
        if section.letter in first:
            size = section.end_bar - section.first_bar
            share = _share_alike(origins, section.first_bar, section.end_bar, first[section.letter])
            bars += share * size
        first.setdefault(section.letter, section)
    octaves = abs(math.log2(len(origins) / len(sections) / usual_bars))
    return bars / len(origins) - _OCTAVE_PRICE * octaves - _LETTER_PRICE * len(first)


def _lettered(origins: Ints, edges: list[int]) -> tuple[Section, ...]:
    sections: list[Section] = []
    fresh = 0
    for start, end in pairwise(edges):
        shares = [_share_alike(origins, start, end, earlier) for earlier in sections]
        best = int(np.argmax(shares)) if shares else -1
        if best >= 0 and shares[best] >= _LEAST_SHARE_ALIKE:
            letter = sections[best].letter
        else:
            letter = ascii_uppercase[min(fresh, len(ascii_uppercase) - 1)]
            fresh += 1
        sections.append(Section(start, end, letter))
    return tuple(sections)


def _share_alike(origins: Ints, start: int, end: int, earlier: Section) -> float:
    """Bars alike, aligned at the beginnings, over the bars of the longer section."""
    length = min(end - start, earlier.end_bar - earlier.first_bar)
    longer = max(end - start, earlier.end_bar - earlier.first_bar)
    same = (
        origins[start : start + length] == origins[earlier.first_bar : earlier.first_bar + length]
    )
    return float(same.sum()) / longer
