"""Which part has the melody, and the top line of a part that has more than a melody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from composer.analysis.tune import tune_place
from composer.errors import RequestError
from composer.music.piece import Note, Part, Piece

_SINGLE_LINE = 0.9
"""A part is one line where this share of its onsets has one note."""


def melody_place(piece: Piece) -> int:
    """The place of the part that has the melody (`composer.analysis.tune`). Raises RequestError
    where there are only drums."""
    place = tune_place(piece)
    if place is None:
        raise RequestError("there is no melody: no part has pitched notes")
    return place


def is_one_line(part: Part) -> bool:
    """Whether a part hardly ever begins two notes at once."""
    onsets = len({note.onset_tick for note in part.notes})
    return len(part.notes) * _SINGLE_LINE <= onsets


def top_line(notes: Sequence[Note]) -> list[Note]:
    """Of each onset the highest note, unless a higher one still sounds."""
    line: list[Note] = []
    for note in sorted(notes, key=lambda note: (note.onset_tick, -note.pitch)):
        last = line[-1] if line else None
        if last is not None and last.onset_tick == note.onset_tick:
            continue
        if last is None or note.pitch >= last.pitch or last.end_tick <= note.onset_tick:
            line.append(note)
    return line


class TuneKept(NamedTuple):
    """Of the notes of a tune how many are there again, each phrase in one part, and in which."""

    notes: int
    of_notes: int
    parts: tuple[str, ...]


def tune_kept(before: Piece, after: Piece) -> TuneKept:
    """How much of the tune of a piece is in another made of it, in any octave.

    Phrase by phrase (a rest of a quarter parts them) the notes are counted in the part that has
    most of them: a tune in pieces among the players is not kept. Raises RequestError without a
    tune.
    """
    tune = top_line(before.parts[melody_place(before)].notes)
    scale = after.ticks_per_quarter / before.ticks_per_quarter
    there = [
        {(note.onset_tick, note.pitch % 12) for note in part.notes} if not part.is_drums else set()
        for part in after.parts
    ]
    kept, who = 0, dict[str, None]()
    for phrase in phrases_of(tune, before.ticks_per_quarter):
        wanted = [(round(note.onset_tick * scale), note.pitch % 12) for note in phrase]
        counts = [sum(note in part for note in wanted) for part in there]
        most = max(counts, default=0)
        kept += most
        if most:
            best = after.parts[counts.index(most)]
            who[best.name or best.instrument] = None
    return TuneKept(kept, len(tune), tuple(who))


def phrases_of(line: Sequence[Note], rest_ticks: int) -> list[Sequence[Note]]:
    """A line parted where it rests so long."""
    edges = [
        index
        for index in range(1, len(line))
        if line[index].onset_tick - line[index - 1].end_tick >= rest_ticks
    ]
    return [line[start:end] for start, end in zip([0, *edges], [*edges, len(line)], strict=True)]


def with_melody_apart(piece: Piece) -> tuple[Piece, int]:
    """The piece with its melody in a part of its own, and the place of that part.

    Where the melody is the top of a part with more notes, the rest follows as the next part.
    """
    place = melody_place(piece)
    part = piece.parts[place]
    if is_one_line(part):
        return piece, place
    line = top_line(part.notes)
    there = set(line)
    rest = tuple(note for note in part.notes if note not in there)
    apart = (replace(part, notes=tuple(line), role="melody"), replace(part, notes=rest))
    parts = (*piece.parts[:place], *apart, *piece.parts[place + 1 :])
    return replace(piece, parts=parts), place


def melody_put_back(piece: Piece, place: int, before: Sequence[Part]) -> Piece:
    """The piece with the part at `place` and the next one, its rest, as one part again.

    `before` are the parts, apart, as they were before they were written on.
    A new note that strikes or holds a pitch of the melody while it sounds is left out.
    """
    line, rest = piece.parts[place].notes, piece.parts[place + 1].notes
    old = set(before[place + 1].notes)
    kept = [note for note in rest if note in old or not _meets(note, line)]
    notes = tuple(sorted([*line, *kept], key=lambda note: (note.onset_tick, note.pitch)))
    parts = (
        *piece.parts[:place],
        replace(before[place + 1], notes=notes),
        *piece.parts[place + 2 :],
    )
    return replace(piece, parts=parts)


def _meets(note: Note, line: Sequence[Note]) -> bool:
    return any(
        other.pitch == note.pitch
        and note.onset_tick < other.end_tick
        and other.onset_tick < note.end_tick
        for other in line
    )
