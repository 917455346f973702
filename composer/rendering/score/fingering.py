"""Where a guitarist or a bassist stops each note: the cheapest path through strings and frets.

Each onset has the ways in which one hand can stop what is struck; a way costs its stretch and its
height, going on from one to the next what the hand travels, and a string that still sounds should
not be taken from its note. Dynamic programming finds the cheapest path (Sayegh, "Fingering for
String Instruments with the Optimum Path Paradigm", Computer Music Journal 13(3), 1989).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from composer.music.piece import Note

HIGHEST_FRET = 19
SPAN_FRETS = 4
"""How many frets lie between the outer fingers of one hand."""
_TRAVEL_COST, _HEIGHT_COST, _STRETCH_COST = 1.0, 0.15, 0.4
_TAKEN_STRING_COST = 3.0
_MOST_WAYS = 24


class Stop(NamedTuple):
    """A string (1 is the highest, as players count) and a fret (0: open)."""

    string: int
    fret: int


Way = tuple[Stop | None, ...]
"""For each note of a chord where it is stopped; None where it is not played."""


def fingering_of(notes: Sequence[Note], strings: Sequence[int]) -> list[Stop | None]:
    """A stop for each note (in order of onset and pitch); None for what no string can sound.

    `strings` are the MIDI pitches of the open strings, upwards. Notes that begin together have
    strings of their own and lie under one hand where that can be; where it cannot, the hand
    stretches, and what finds no string is left out.
    """
    chords = [list(group) for _, group in groupby(notes, key=lambda note: note.onset_tick)]
    ways = [_ways([note.pitch for note in chord], strings) for chord in chords]
    path = _cheapest_path(chords, ways)
    return [stop for way in path for stop in way]


def _cheapest_path(chords: Sequence[Sequence[Note]], ways: Sequence[Sequence[Way]]) -> list[Way]:
    best: list[tuple[float, float]] = [(0.0, 0.0)]  # cost, and where the hand is
    came_from: list[list[int]] = []
    for number, own in enumerate(ways):
        before = ways[number - 1] if number else [()]
        column: list[tuple[float, float]] = []
        origins: list[int] = []
        for way in own:
            costs = [
                cost + _step_cost(chords, number, before[place], way, hand)
                for place, (cost, hand) in enumerate(best)
            ]
            origin = min(range(len(costs)), key=costs.__getitem__)
            column.append((costs[origin], _hand(way, best[origin][1])))
            origins.append(origin)
        best = column
        came_from.append(origins)
    place = min(range(len(best)), key=lambda place: best[place][0])
    path: list[Way] = []
    for own, origins in zip(reversed(ways), reversed(came_from), strict=True):
        path.append(own[place])
        place = origins[place]
    return path[::-1]


def _step_cost(
    chords: Sequence[Sequence[Note]], number: int, before: Way, way: Way, hand: float
) -> float:
    """What it costs to come from the way before, with the hand where it is, to this one."""
    frets = [stop.fret for stop in way if stop and stop.fret]
    cost = 0.0
    if frets:
        cost += _TRAVEL_COST * abs(min(frets) - hand) if hand else 0.0
        cost += _HEIGHT_COST * sum(frets) / len(frets)
        cost += _STRETCH_COST * (max(frets) - min(frets))
    onset = chords[number][0].onset_tick
    taken = {stop.string for stop in way if stop}
    earlier = zip(chords[number - 1], before, strict=True) if number else ()
    cut = sum(
        note.end_tick > onset and stop is not None and stop.string in taken
        for note, stop in earlier
    )
    return cost + _TAKEN_STRING_COST * cut


def _hand(way: Way, before: float) -> float:
    """The fret of the first finger; open strings leave the hand where it was."""
    return min((stop.fret for stop in way if stop and stop.fret), default=before)


def _ways(pitches: Sequence[int], strings: Sequence[int]) -> list[Way]:
    """The ways to stop a chord, upwards, that leave out fewest notes and stretch least."""
    found = list(_stops(pitches, strings, ()))
    fewest = min(way.count(None) for way in found)
    full = [way for way in found if way.count(None) == fewest]
    near = [way for way in full if _stretch(way) <= SPAN_FRETS]
    return sorted(near or full, key=lambda way: (_stretch(way), _height(way)))[:_MOST_WAYS]


def _stops(pitches: Sequence[int], strings: Sequence[int], taken: Way) -> Iterator[Way]:
    """Every way to give the pitches strings of their own, or none."""
    if not pitches:
        yield taken
        return
    used = {stop.string for stop in taken if stop}
    free = [
        Stop(len(strings) - index, pitches[0] - string)
        for index, string in enumerate(strings)
        if len(strings) - index not in used and 0 <= pitches[0] - string <= HIGHEST_FRET
    ]
    near = [stop for stop in free if _stretch((*taken, stop)) <= SPAN_FRETS]
    for stop in near or free or (None,):
        yield from _stops(pitches[1:], strings, (*taken, stop))


def _stretch(way: Way) -> int:
    frets = [stop.fret for stop in way if stop and stop.fret]
    return max(frets) - min(frets) if frets else 0


def _height(way: Way) -> int:
    return sum(stop.fret for stop in way if stop)
