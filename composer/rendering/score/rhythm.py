"""How lengths are written: values, dots, ties and triplets, by the place in the bar.

The rules are those of engraving practice (Gould, "Behind Bars", 2011, chapters on grouping, ties
and rests): a note may hide a position as strong as its own or, once, one level stronger
(syncopation); a rest may hide weaker positions only; a dotted beat is never hidden in part.
Where positions are off the binary grid, the cheapest set of tuplets is found over the tree of the
bar: three in the time of two, or five, seven, nine, eleven, thirteen in the time of four or eight,
whose places are known on the grid by the ticks that they are rounded to.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.rendering.score.division import SMALLEST_TICKS, Division, Span, divide_triplet

WHOLE_TICKS = 4 * GRID_TICKS_PER_QUARTER
KINDS = ("breve", "whole", "half", "quarter", "eighth", "16th", "32nd", "64th")
"""Note values in MusicXML's words, each half of the one before."""


class Value(NamedTuple):
    """A written length: its kind, its dots, and `actual` notes in the time of `normal`."""

    kind: str
    dots: int = 0
    actual: int = 1
    normal: int = 1


class Stretch(NamedTuple):
    """A sound or a rest inside a bar, in ticks from the bar's start."""

    start: int
    end: int
    is_rest: bool


class Window(NamedTuple):
    """A stretch of a bar written as a tuplet: `actual` notes in the time of `normal`."""

    start: int
    length: int
    actual: int = 3
    normal: int = 2

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def places(self) -> tuple[int, ...]:
        """The ticks, from the window's start, at which its notes stand on the grid."""
        parts = 2 * self.actual
        return tuple((2 * k * self.length + self.actual) // parts for k in range(self.actual + 1))


class Written(NamedTuple):
    """One written value; `stretch` says of which one, `tuplet` "start", "stop" or ""."""

    start: int
    end: int
    value: Value
    stretch: int
    tuplet: str = ""


def write_bar(stretches: Sequence[Stretch], division: Division) -> list[Written]:
    """The written values of one voice in one bar; the stretches must fill the bar in order.

    Every stretch is written with exactly its length: values of one stretch follow each other.
    """
    windows = _tuplet_windows(stretches, division.root)
    written: list[Written] = []
    position = division.root.start
    for window in [*windows, Window(division.root.end, 0)]:
        for index, piece in _clip(stretches, position, window.start):
            for start, end, value in _split(piece, division, WHOLE_TICKS):
                written.append(Written(start, end, value, index))
        if window.length:
            write = _write_triplet if window.actual == 3 else _write_tuplet
            written.extend(write(stretches, window))
        position = window.end
    return written


def _clip(stretches: Sequence[Stretch], start: int, end: int) -> list[tuple[int, Stretch]]:
    return [
        (index, Stretch(max(start, stretch.start), min(end, stretch.end), stretch.is_rest))
        for index, stretch in enumerate(stretches)
        if stretch.start < end and stretch.end > start
    ]


def _write_tuplet(stretches: Sequence[Stretch], window: Window) -> list[Written]:
    """Notes and rests of so many units of a tuplet, the largest values first."""
    places = window.places
    unit = window.length // window.normal
    written: list[Written] = []
    for index, piece in _clip(stretches, window.start, window.end):
        first, last = (places.index(tick - window.start) for tick in (piece.start, piece.end))
        while first < last:
            units = next(n for n in range(last - first, 0, -1) if value_of(n * unit))
            value = value_of(units * unit)
            assert value is not None
            value = value._replace(actual=window.actual, normal=window.normal)
            start, end = places[first] + window.start, places[first + units] + window.start
            written.append(Written(start, end, value, index))
            first += units
    written[0] = written[0]._replace(tuplet="start")
    written[-1] = written[-1]._replace(tuplet="stop")
    return written


def _write_triplet(stretches: Sequence[Stretch], window: Window) -> list[Written]:
    division = divide_triplet(window.length)
    whole = WHOLE_TICKS * 2 // 3
    written: list[Written] = []
    for index, piece in _clip(stretches, window.start, window.end):
        local = Stretch(piece.start - window.start, piece.end - window.start, piece.is_rest)
        for start, end, value in _split(local, division, whole):
            value = value._replace(actual=3, normal=2)
            written.append(Written(start + window.start, end + window.start, value, index))
    written[0] = written[0]._replace(tuplet="start")
    written[-1] = written[-1]._replace(tuplet="stop")
    return written


def _split(stretch: Stretch, division: Division, whole: int) -> list[tuple[int, int, Value]]:
    start, end, is_rest = stretch
    inside = [(level, tick) for tick, level in division.levels.items() if start < tick < end]
    value = value_of(end - start, whole)
    if value is not None and _may_stand(stretch, value, inside, division):
        return [(start, end, value)]
    if not inside:
        return _debris(start, end, whole)
    strongest = min(level for level, _ in inside)
    ticks = [tick for level, tick in inside if level == strongest]
    starts_strong = division.levels.get(start, 99) <= division.levels.get(end, 99)
    cut = max(ticks) if starts_strong and not is_rest else min(ticks)
    return [
        *_split(Stretch(start, cut, is_rest), division, whole),
        *_split(Stretch(cut, end, is_rest), division, whole),
    ]


def _may_stand(
    stretch: Stretch, value: Value, inside: list[tuple[int, int]], division: Division
) -> bool:
    """Whether one written value may cover the stretch without hiding a position it must show."""
    start, end, is_rest = stretch
    level = division.levels.get(start, 99)
    end_level = division.levels.get(end, 99)
    on_beats = max(level, end_level) <= division.beat_level
    if value.dots == 2 and (is_rest or level > division.beat_level):
        return False
    if is_rest and value.dots and not (division.is_compound and on_beats):
        return False
    if not inside:
        return True
    strongest = min(other for other, _ in inside)
    if division.is_compound and strongest <= division.beat_level and not on_beats:
        return False
    if is_rest:
        return strongest > level and not _hides_beat(stretch, division)
    crossed = sum(1 for other, _ in inside if other == strongest)
    return strongest >= level or (strongest == level - 1 and crossed == 1)


def _hides_beat(stretch: Stretch, division: Division) -> bool:
    """Whether a rest covers two beats of a bar of three (editions write two rests), or reaches
    from one group of an uneven bar, such as 3 + 2 quarters, into the other."""
    lengths = [child.length for child in division.root.children]
    is_one_beat = division.is_compound and division.root.length == division.beat_ticks
    if len(lengths) == 3 and not is_one_beat:
        return stretch.end - stretch.start == 2 * lengths[0]
    return len(set(lengths)) > 1 and stretch.start < lengths[0] < stretch.end


@lru_cache(maxsize=1024)
def value_of(length: int, whole: int = WHOLE_TICKS) -> Value | None:
    """The single value of this length, at most twice dotted; none where there is none."""
    for dots in (0, 1, 2):
        base, remainder = divmod(length * 2**dots, 2 ** (dots + 1) - 1)
        if remainder:
            continue
        for position, kind in enumerate(KINDS):
            if base * 2**position == 2 * whole:
                return Value(kind, dots)
    return None


def _debris(start: int, end: int, whole: int) -> list[tuple[int, int, Value]]:
    """Largest values first, for a stretch that lies on no position of the bar's tree."""
    written = []
    position = start
    while position < end:
        length = next(n for n in range(end - position, 0, -1) if value_of(n, whole))
        value = value_of(length, whole)
        assert value is not None
        written.append((position, position + length, value))
        position += length
    return written


def _tuplet_windows(stretches: Sequence[Stretch], root: Span) -> list[Window]:
    edges = frozenset(s.start for s in stretches) | {s.end for s in stretches}
    if all(edge % SMALLEST_TICKS == 0 for edge in edges):
        return []
    return _cheapest_windows(edges, root)[1]


def _cheapest_windows(edges: frozenset[int], span: Span) -> tuple[float, list[Window]]:
    """Cost and tuplets for the cheapest writing of one span of the bar."""
    inside = [edge - span.start for edge in edges if span.start < edge < span.end]
    if all((edge + span.start) % SMALLEST_TICKS == 0 for edge in inside):
        return 0.0, []
    options: list[tuple[float, list[Window]]] = []
    if span.children:
        total, windows = 0.0, []
        for child in span.children:
            child_cost, child_windows = _cheapest_windows(edges, child)
            total += child_cost
            windows += child_windows
        options.append((total, windows))
    cost = _triplet_cost(inside, edges, span)
    if cost is not None:
        options.append((cost, [Window(span.start, span.length)]))
    options += _other_tuplets(inside, edges, span)
    if not options:
        return _UNWRITABLE, []
    if span.length <= GRID_TICKS_PER_QUARTER:
        options.reverse()  # of what costs the same, three to a beat are read sooner than to less
    return min(options, key=lambda option: option[0])


_UNWRITABLE = 100.0
_TUPLETS = {5: 4, 7: 4, 9: 8, 11: 8, 13: 8}
_LEAST_OF_A_TUPLET = 0.6
"""The share of its inner places that must be taken: fewer are as well chance as a tuplet."""


def _other_tuplets(
    inside: Sequence[int], edges: frozenset[int], span: Span
) -> list[tuple[float, list[Window]]]:
    """Costs and windows of the tuplets of five and more whose places hold all that is inside."""
    found: list[tuple[float, list[Window]]] = []
    for actual, normal in _TUPLETS.items():
        if span.length % 9 == 0 or (span.length % 3 == 0 and span.length not in _POWERS):
            normal = normal * 3 // 4
        unit, rest = divmod(span.length, normal)
        window = Window(span.start, span.length, actual, normal)
        if rest or unit < SMALLEST_TICKS or value_of(unit) is None:
            continue
        if not set(inside) <= set(window.places):
            continue
        if len(inside) >= _LEAST_OF_A_TUPLET * (actual - 1):
            cut = (span.start not in edges) + (span.end not in edges)
            found.append((1.2 + 1.5 * cut + 0.05 * actual, [window]))
    return found


_POWERS = frozenset(3 * 2**power for power in range(7))
"""Lengths that halves divide down to a thirty-second."""


def _triplet_cost(inside: list[int], edges: frozenset[int], span: Span) -> float | None:
    """What a window costs: one for itself, more for tiny values, for a middle that thirds hide and
    for cutting what crosses."""
    third, remainder = divmod(span.length, 3)
    if remainder or len(span.children) == 3 or third & (third - 1):
        return None
    depth = 0
    while any(edge * 2**depth % third for edge in inside):
        depth += 1
        if 2**depth > third:
            return None
    cut = (span.start not in edges) + (span.end not in edges)
    beats = max(1, span.length // GRID_TICKS_PER_QUARTER)
    off_thirds = 0.6 * max(0, depth - 1) if beats == 1 else beats * depth
    hidden = 0.3 if depth and 2 * third - third // 2 in inside else 0.0
    return 1.0 + off_thirds + hidden + 1.5 * cut
