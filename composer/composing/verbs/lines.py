"""A piece as lines of one note at a time: its melody, its bass and what moves between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from composer.analysis.melody import is_one_line, melody_place, top_line
from composer.music.hands import assign_staves
from composer.music.instruments import BY_NAME
from composer.music.piece import Note, Part, Piece

_WIDEST_LEAP = 12
"""Semitones within which an inner voice goes on; beyond that another one begins."""
_LATER = 3
"""Semitones that a line which began later must be nearer to get a note."""
_OWN_SHARE = 0.4
"""A line with fewer notes of its own than this, of all its notes, is a doubling."""


@dataclass(frozen=True, slots=True)
class Line:
    """Notes in order of onset, none beginning together. `role` is "melody", "bass" or ""."""

    notes: tuple[Note, ...]
    role: str
    instrument: str

    @property
    def mean_pitch(self) -> float:
        return sum(note.pitch for note in self.notes) / len(self.notes)


def lines_of(piece: Piece) -> list[Line]:
    """The lines of all pitched parts: melody first, bass last if there is one, between them from
    high to low.

    Every note is in one of them, and lines that double others keep only what is theirs. Raises
    RequestError where there are only drums.
    """
    lead = melody_place(piece)
    melody, *others = _part_lines(piece.parts[lead])
    first = Line(tuple(melody), "melody", piece.parts[lead].instrument)
    lines = [(piece.parts[lead], line) for line in others]
    for place, part in enumerate(piece.parts):
        if place != lead and not part.is_drums:
            lines += [(part, line) for line in _part_lines(part)]
    if not lines:
        return [first]
    lowest = min(lines, key=lambda item: (item[0].role != "bass", _mean_pitch(item[1])))
    last = Line(tuple(lowest[1]), "bass", lowest[0].instrument)
    inner = [
        Line(tuple(line), "", part.instrument) for part, line in lines if line is not lowest[1]
    ]
    inner = _without_doublings([first, last], inner)
    return [first, *sorted(inner, key=lambda line: -line.mean_pitch), last]


def _without_doublings(outer: Sequence[Line], inner: Sequence[Line]) -> list[Line]:
    """The inner lines, those that mostly double others, in any octave, without what is double."""
    struck = {(n.onset_tick, n.pitch % 12) for line in outer for n in line.notes}
    kept = []
    for line in sorted(inner, key=lambda line: -len(line.notes)):
        fresh = [note for note in line.notes if (note.onset_tick, note.pitch % 12) not in struck]
        struck |= {(note.onset_tick, note.pitch % 12) for note in fresh}
        if len(fresh) < _OWN_SHARE * len(line.notes):
            line = Line(tuple(fresh), line.role, line.instrument)
        if line.notes:
            kept.append(line)
    return kept


def _mean_pitch(notes: Sequence[Note]) -> float:
    return sum(note.pitch for note in notes) / len(notes)


def _part_lines(part: Part) -> list[list[Note]]:
    """The lines of one part: the top one first, the lowest one last."""
    if not part.notes:
        return []
    top = top_line(part.notes)
    if is_one_line(part):
        return [top, *_streams(_without(part.notes, top))]
    right: Sequence[Note] = part.notes
    left: Sequence[Note] = ()
    if BY_NAME[part.instrument].staves == 2:
        staves = assign_staves(part.notes)
        right = tuple(n for n, staff in zip(part.notes, staves, strict=True) if staff == 1)
        left = tuple(n for n, staff in zip(part.notes, staves, strict=True) if staff == 2)
    top = top_line(right or left)
    rest = _without(part.notes, top)
    bottom = _bottom_line(_without(left, top) or rest)
    return [line for line in (top, *_streams(_without(rest, bottom)), bottom) if line]


def _bottom_line(notes: Sequence[Note]) -> list[Note]:
    """Of each onset the lowest note, unless a lower one still sounds."""
    line: list[Note] = []
    for note in sorted(notes, key=lambda note: (note.onset_tick, note.pitch)):
        last = line[-1] if line else None
        if last is not None and last.onset_tick == note.onset_tick:
            continue
        if last is None or note.pitch <= last.pitch or last.end_tick <= note.onset_tick:
            line.append(note)
    return line


def _without(notes: Iterable[Note], taken: Iterable[Note]) -> tuple[Note, ...]:
    there = set(taken)
    return tuple(note for note in notes if note not in there)


def _streams(notes: Sequence[Note]) -> list[list[Note]]:
    """Notes as lines: each goes on from the nearest line that is free, high before low.

    Lines that are there first are preferred, so that one voice among two does not change places.
    """
    streams: list[list[Note]] = []
    in_order = sorted(notes, key=lambda note: (note.onset_tick, -note.pitch))
    for onset, chord in groupby(in_order, key=lambda note: note.onset_tick):
        free = [index for index, line in enumerate(streams) if line[-1].end_tick <= onset]
        for note in chord:
            costs = {i: abs(streams[i][-1].pitch - note.pitch) + _LATER * i for i in free}
            near = [i for i in free if abs(streams[i][-1].pitch - note.pitch) <= _WIDEST_LEAP]
            if near:
                chosen = min(near, key=costs.__getitem__)
                streams[chosen].append(note)
                free.remove(chosen)
            else:
                streams.append([note])
    return streams
