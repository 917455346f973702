"""The voices of one staff: at most two, each a line of chords that do not overlap.

Where everything sounds together there is one voice. Elsewhere a beam search over the onsets gives
each group of notes that begin and end together to the upper or the lower voice; it costs to leap,
to cross, to leave gaps and to hold a note while the same voice moves on. What two voices cannot
hold is cut where its voice moves on and tied, so no length is ever lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from composer.music.piece import Note
from composer.rendering.score.percussion import FEET

UPPER, LOWER = 0, 1
_BEAM_WIDTH = 10
_OVERLAP_COST = 4.0
_MIXED_COST = 6.0
_LOWER_COST = 0.4
_GAP_COST = 0.5
_LEAP_COST = 0.06
_CROSSING_COST = 1.5


class Chord(NamedTuple):
    """Notes of one voice that sound from `start` to `end`; `notes` are indices, low to high."""

    start: int
    end: int
    notes: tuple[int, ...]


class _Group(NamedTuple):
    start: int
    end: int
    notes: tuple[int, ...]
    low: int
    high: int


class _Line(NamedTuple):
    """What a voice did last: when it ends and which pitches it has."""

    end: int
    low: int
    high: int


class _Choice(NamedTuple):
    """How many of the groups of one onset the upper voice got, and the choice before."""

    before: _Choice | None
    upper: int
    lower: int


class _Path(NamedTuple):
    cost: float
    lines: tuple[_Line | None, _Line | None]
    choice: _Choice | None


def separate_voices(notes: Sequence[Note], bar_starts: Sequence[int]) -> list[list[Chord]]:
    """The chords of each voice of a staff, upper first; notes in order of onset.

    `bar_starts` are ticks where a passage in two voices may begin or end.
    """
    voices: list[list[_Group]] = [[], []]
    for passage in _passages(_grouped(notes), bar_starts):
        choices = _choose(passage) if _needs_two(passage) else [UPPER] * len(passage)
        if UPPER not in choices:
            choices = [UPPER] * len(passage)
        for group, voice in zip(passage, choices, strict=True):
            voices[voice].append(group)
    return [_without_overlap(voice) for voice in voices if voice]


def limbs_apart(notes: Sequence[Note]) -> list[list[Chord]]:
    """The chords of a drummer's hands and those of the feet, as far as they play."""
    voices = []
    for is_foot in (False, True):
        own = [index for index, note in enumerate(notes) if (note.pitch in FEET) == is_foot]
        voices.append(
            [
                Chord(start, max(notes[index].end_tick for index in same), same)
                for start, together in groupby(own, key=lambda index: notes[index].onset_tick)
                for same in [tuple(together)]
            ]
        )
    return [voice for voice in voices if voice]


def _grouped(notes: Sequence[Note]) -> list[_Group]:
    """Notes that begin and end together, in order of onset, then from high to low."""
    groups = []
    order = sorted(range(len(notes)), key=lambda i: (notes[i][0], notes[i].end_tick, notes[i][2]))
    for (start, end), same in groupby(order, key=lambda i: (notes[i][0], notes[i].end_tick)):
        indices = tuple(same)
        groups.append(
            _Group(start, end, indices, notes[indices[0]].pitch, notes[indices[-1]].pitch)
        )
    groups.sort(key=lambda group: (group.start, -group.high))
    return groups


def _passages(groups: list[_Group], bar_starts: Sequence[int]) -> Iterator[list[_Group]]:
    """Stretches of groups between the bar lines that nothing sounds across."""
    passage: list[_Group] = []
    sounding_until = 0
    bars = iter([*bar_starts, None])
    next_bar = next(bars)
    for group in groups:
        crosses_bar = False
        while next_bar is not None and next_bar <= group.start:
            crosses_bar = crosses_bar or sounding_until <= next_bar
            next_bar = next(bars)
        if passage and crosses_bar:
            yield passage
            passage = []
        passage.append(group)
        sounding_until = max(sounding_until, group.end)
    if passage:
        yield passage


def _needs_two(passage: Sequence[_Group]) -> bool:
    return any(later.start < earlier.end for earlier, later in pairwise(passage))


def _choose(passage: Sequence[_Group]) -> list[int]:
    """The cheapest voice for each group of a passage that needs two."""
    paths = [_Path(0.0, (None, None), None)]
    for _, same_onset in groupby(passage, key=lambda group: group.start):
        together = list(same_onset)
        options = [
            option
            for path in paths
            for lower_from in range(len(together) + 1)
            for option in [_extended(path, together, lower_from)]
        ]
        paths = _best_distinct(options)
    voices: list[int] = []
    choice = paths[0].choice
    while choice:
        voices.extend([LOWER] * choice.lower + [UPPER] * choice.upper)
        choice = choice.before
    return voices[::-1]


def _extended(path: _Path, together: Sequence[_Group], lower_from: int) -> _Path:
    """The path after giving the first groups to the upper voice and the rest to the lower."""
    cost = path.cost
    lines = list(path.lines)
    for voice, groups in ((UPPER, together[:lower_from]), (LOWER, together[lower_from:])):
        if groups:
            cost += _MIXED_COST * (len({group.end for group in groups}) - 1)
            cost += _joining_cost(lines[voice], groups, voice)
            before = lines[voice]  # what it still holds is tied on, note by note
            end = max(before.end if before else 0, *(group.end for group in groups))
            lines[voice] = _Line(end, min(g.low for g in groups), max(g.high for g in groups))
    now = together[0].start
    upper, lower = lines
    if upper and lower and upper.end > now and lower.end > now and lower.high > upper.low:
        cost += _CROSSING_COST
    choice = _Choice(path.choice, lower_from, len(together) - lower_from)
    return _Path(cost, (lines[0], lines[1]), choice)


def _joining_cost(line: _Line | None, groups: Sequence[_Group], voice: int) -> float:
    cost = _LOWER_COST if voice == LOWER else 0.0
    start = groups[0].start
    if line is None:
        return cost + (_GAP_COST if voice == LOWER else 0.0)
    if line.end > start:
        cost += _OVERLAP_COST
    elif line.end < start:
        cost += _GAP_COST
    if voice == UPPER:
        return cost + _LEAP_COST * abs(groups[0].high - line.high)
    return cost + _LEAP_COST * abs(groups[-1].low - line.low)


def _best_distinct(options: list[_Path]) -> list[_Path]:
    best: dict[tuple[_Line | None, _Line | None], _Path] = {}
    for path in sorted(options, key=lambda option: option.cost):
        best.setdefault(path.lines, path)
        if len(best) == _BEAM_WIDTH:
            break
    return list(best.values())


def _without_overlap(groups: Sequence[_Group]) -> list[Chord]:
    """One line of chords; where groups overlap, all are cut at each onset and end among them."""
    chords: list[Chord] = []
    cluster: list[_Group] = []
    until = 0
    for group in groups:
        if cluster and group.start >= until:
            chords.extend(_cut(cluster))
            cluster = []
        cluster.append(group)
        until = max(until, group.end)
    chords.extend(_cut(cluster))
    return chords


def _cut(cluster: Sequence[_Group]) -> list[Chord]:
    if len(cluster) == 1:
        return [Chord(*cluster[0][:3])]
    edges = sorted({group.start for group in cluster} | {group.end for group in cluster})
    chords = []
    for start, end in pairwise(edges):
        sounding = [i for g in cluster if g.start < end and g.end > start for i in g.notes]
        chords.append(Chord(start, end, tuple(sounding)))
    return chords
