"""Grace notes of a score, which take no time on the page, as they are played.

One alone without a slash leans on its note and takes half of it. All others come before the beat:
each lasts a 32nd, or a quarter of its note where that is shorter, and together they last at most
half of it. At the very beginning, where nothing is before the beat, their note waits for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from composer.music.piece import Note, Part, Piece
from composer.music.source import Grace

_GRACES_A_QUARTER = 8


def with_graces(piece: Piece) -> Piece:
    """The piece with the grace notes of the score that it was read from, as loud as their notes.

    Where that note is not there any more neither are they.
    """
    source = piece.source
    if source is None or not any(source.graces):
        return piece

    def graced(part: Part) -> Part:
        if not 0 <= part.track < len(source.graces):
            return part
        graces = [
            grace._replace(
                tick=round(grace.tick * piece.ticks_per_quarter / source.ticks_per_quarter)
            )
            for grace in source.graces[part.track]
        ]
        return replace(part, notes=_graced(part.notes, graces, piece.ticks_per_quarter))

    return replace(piece, parts=tuple(map(graced, piece.parts)))


def _graced(
    notes: Sequence[Note], graces: Sequence[Grace], ticks_per_quarter: int
) -> tuple[Note, ...]:
    played = list(notes)
    begins = {(note.onset_tick, note.pitch): place for place, note in enumerate(notes)}
    ends = {note.end_tick: place for place, note in enumerate(notes)}
    for grace in graces:
        places = [begins.get((grace.tick, pitch)) for pitch in grace.main]
        main = [place for place in places if place is not None]
        behind = ends.get(grace.tick) if not grace.main else None
        beside = main or ([behind] if behind is not None else [])
        if not beside:
            continue
        room = min(notes[place].length_ticks for place in beside)
        count = len(grace.chords)
        if grace.leans:
            each, start = room // 2, grace.tick
        else:
            each = min(ticks_per_quarter // _GRACES_A_QUARTER, room // max(4, 2 * count))
            start = max(0, grace.tick - count * each)
        if not each:
            continue
        late = start + count * each - grace.tick
        for place in main:
            onset, length, pitch, velocity = played[place]
            played[place] = Note(onset + late, length - late, pitch, velocity)
        played += [
            Note(start + number * each, each, pitch, notes[beside[0]].velocity)
            for number, chord in enumerate(grace.chords)
            for pitch in chord
        ]
    return tuple(sorted(played, key=lambda note: (note.onset_tick, note.pitch)))
