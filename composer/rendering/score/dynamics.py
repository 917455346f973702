"""Dynamic marks and hairpins from velocities, a level a bar as the model's pieces have them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from statistics import median

from composer.music.bars import Bar
from composer.music.piece import Note
from composer.rendering.score.notation import Dynamic

MARKS = ("ppp", "pp", "p", "mp", "mf", "f", "ff", "fff")
_LEVEL_VELOCITY = 16
_HAIRPIN_LEVELS = 2
_CHANGE_COST, _FIXED = 1.5, 1e9
_LONG_SLOPE_LEVELS = 3
ACCENT_VELOCITY = 12
"""How much louder than its bar a note is before it gets an accent."""


def bar_levels(notes: Sequence[Note], bars: Sequence[Bar]) -> list[int | None]:
    """For each bar the level (an index of `MARKS`) of a part; none where it is silent or unsaid."""
    velocities: list[list[int]] = [[] for _ in bars]
    position = 0
    for note in notes:
        while position + 1 < len(bars) and bars[position].end_tick <= note.onset_tick:
            position += 1
        if note.velocity:
            velocities[position].append(note.velocity)
    return [_level(median(found)) if found else None for found in velocities]


def _level(velocity: float) -> int:
    return max(0, min(len(MARKS) - 1, round(velocity / _LEVEL_VELOCITY) - 1))


def steady(levels: Sequence[int | None]) -> list[int | None]:
    """The levels with fewest changes that are near them: dynamic programming over bars.

    A bar costs the square of how far it is moved, a change as much as `_CHANGE_COST`. A step that
    lasts stays, a single bar that is two levels louder, and a rise or fall over three levels bar by
    bar; one level up and back does not.
    """
    kept = _bars_of_slopes(levels)
    places = [place for place, level in enumerate(levels) if level is not None]
    every = range(len(MARKS))
    costs = [0.0 for _ in every]
    came_from: list[list[int]] = []
    for place in places:
        nearest = min(every, key=costs.__getitem__)
        change = costs[nearest] + _CHANGE_COST
        came_from.append([level if costs[level] <= change else nearest for level in every])
        here, weight = levels[place] or 0, _FIXED if place in kept else 1.0
        costs = [min(costs[level], change) + weight * (level - here) ** 2 for level in every]
    found = list(levels)
    level = min(every, key=costs.__getitem__)
    for place, before in zip(reversed(places), reversed(came_from), strict=True):
        found[place] = level
        level = before[level]
    return found


def written_dynamics(
    notes: Sequence[Note], bars: Sequence[Bar], joints: Collection[int] = ()
) -> tuple[list[tuple[Dynamic, ...]], frozenset[int]]:
    """The dynamics of each bar of a part, and which notes (indices) are accented.

    A part whose velocities all are alike says nothing about dynamics; where they waver from bar to
    bar an engraver would print what they waver about. At the `joints` (positions of
    bars that also follow on another bar, over a repeat sign) a level is said again and hairpins
    end.
    """
    if len({note.velocity for note in notes if note.velocity}) < 2:
        return [() for _ in bars], frozenset()
    played = bar_levels(notes, bars)
    levels = steady(played)
    first = _first_onsets(notes, bars)
    marks: list[list[Dynamic]] = [[] for _ in bars]
    shown: int | None = None
    position = 0
    while position < len(bars):
        level = levels[position]
        if level is None:
            position += 1
            continue
        if level != shown or position in joints:
            marks[position].append(Dynamic(first[position], MARKS[level]))
            shown = level
        end = _end_of_slope(levels, position, joints)
        if end > position:
            rises = (levels[end] or 0) > level
            word = "crescendo" if rises else "diminuendo"
            marks[position].append(Dynamic(first[position], word))
            marks[end].append(Dynamic(first[end], "stop"))
            position = end
        else:
            position += 1
    return [tuple(found) for found in marks], _accents(notes, bars, played)


def _first_onsets(notes: Sequence[Note], bars: Sequence[Bar]) -> list[int]:
    """Where the first note of each bar begins, for a mark stands under a note, not under a rest."""
    onsets = sorted({note.onset_tick for note in notes})
    found = []
    for bar in bars:
        place = bisect_left(onsets, bar.start_tick)
        is_inside = place < len(onsets) and onsets[place] < bar.end_tick
        found.append(onsets[place] if is_inside else bar.start_tick)
    return found


def _end_of_slope(levels: Sequence[int | None], start: int, joints: Collection[int] = ()) -> int:
    """The last bar of a steady rise or fall over two levels or more; `start` if there is none."""
    direction = 0
    end = start
    for position in range(start + 1, len(levels)):
        before, level = levels[position - 1], levels[position]
        if before is None or level is None or level == before or position in joints:
            break
        step = 1 if level > before else -1
        if direction and step != direction:
            break
        direction, end = step, position
    steps = abs((levels[end] or 0) - (levels[start] or 0))
    return end if end - start >= 2 and steps >= _HAIRPIN_LEVELS else start


def _bars_of_slopes(levels: Sequence[int | None]) -> set[int]:
    """The bars of rises and falls over three levels or more."""
    found: set[int] = set()
    for start in range(len(levels)):
        end = _end_of_slope(levels, start)
        if abs((levels[end] or 0) - (levels[start] or 0)) >= _LONG_SLOPE_LEVELS:
            found |= {*range(start, end + 1)}
    return found


def _accents(
    notes: Sequence[Note], bars: Sequence[Bar], levels: Sequence[int | None]
) -> frozenset[int]:
    """Notes much louder than their bar, where that is not most of the bar."""
    by_bar: dict[int, list[int]] = {}
    counts: dict[int, int] = {}
    position = 0
    for index, note in enumerate(notes):
        while position + 1 < len(bars) and bars[position].end_tick <= note.onset_tick:
            position += 1
        level = levels[position]
        counts[position] = counts.get(position, 0) + 1
        if level is not None and note.velocity >= (level + 1) * _LEVEL_VELOCITY + ACCENT_VELOCITY:
            by_bar.setdefault(position, []).append(index)
    return frozenset(
        index
        for position, found in by_bar.items()
        if 3 * len(found) <= counts[position]
        for index in found
    )
