"""The voices of a part as streams from the first measure to the last.

A measure of a `StaffPart` has the voices that sound in it, and a voice that sounds alone is its
first. LilyPond and ABC write a voice from beginning to end, with ties inside it, so a lone voice
goes to the stream that its ties come from or lead to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from composer.music.bars import Bar
from composer.rendering.score.notation import Symbol, VoiceLine

Lines = tuple[VoiceLine, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """One voice of one staff (both from 1): its symbols by measure, none in silence."""

    staff: int
    voice: int
    measures: tuple[tuple[Symbol, ...], ...]


def streams_of(measures: Sequence[tuple[Bar, Lines]], staves: int) -> list[Stream]:
    """The streams of a part, staff by staff, upper voices first; at least one a staff."""
    return [
        stream
        for staff in range(1, staves + 1)
        for stream in _streams_of_staff([_on_staff(lines, staff) for _, lines in measures], staff)
    ]


def _on_staff(lines: Lines, staff: int) -> Lines:
    return tuple(line for line in lines if line.staff == staff)


def _streams_of_staff(measures: Sequence[Lines], staff: int) -> list[Stream]:
    voices = max(map(len, measures), default=1)
    places = _places(measures)
    found = []
    for voice in range(max(1, voices)):
        symbols = tuple(
            next((lines[i].symbols for i, own in enumerate(place) if own == voice), ())
            for lines, place in zip(measures, places, strict=True)
        )
        found.append(Stream(staff, voice + 1, symbols))
    return found


def _places(measures: Sequence[Lines]) -> list[list[int]]:
    """For each measure, which stream each of its lines belongs to."""
    places = [list(range(len(lines))) for lines in measures]
    forwards = range(1, len(measures))
    backwards = range(len(measures) - 2, -1, -1)
    for order, step in ((forwards, -1), (backwards, 1)):
        for number in order:
            if len(measures[number]) == 1:
                _follow_ties(measures, places, number, number + step)
    return places


def _follow_ties(
    measures: Sequence[Lines], places: list[list[int]], number: int, other: int
) -> None:
    """Put the lone line of a measure where the line of a neighbour is that it is tied to."""
    alone = measures[number][0]
    for line, place in zip(measures[other], places[other], strict=True):
        earlier, later = (line, alone) if other < number else (alone, line)
        if _ties_out(earlier) & _ties_in(later):
            places[number] = [place]


def _ties_out(line: VoiceLine) -> set[int]:
    return {head.note for head in line.symbols[-1].heads if head.is_tied_from}


def _ties_in(line: VoiceLine) -> set[int]:
    return {head.note for head in line.symbols[0].heads if head.is_tied_to}
