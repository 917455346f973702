"""A part that leads has one note at a time, as melodies of the corpora do.

In 586 parts there whose role is the melody (tunes aside, which fiddlers double) no two notes begin
together, and outside played music none is held into the next; a model that has learned little
gives a guitar that leads the chords that guitars play.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import pairwise

from composer.composing.leans.lean import RULED_OUT, Floats, Setting, next_field, only
from composer.music.lengths import LENGTHS_TICKS
from composer.music.piece import Part, Piece
from composer.tokens.fields import PART_VALUES, Kind, column_of
from composer.tokens.values import both_hands_of, role_of, tick_in_bar


class OneVoice:
    """No second note of a melody begins with another."""

    def __init__(self, setting: Setting) -> None:
        self.grammar = setting.grammar
        self.leading: set[int] = set()
        """Parts (part fields) that have the melody."""

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        if row[0] == Kind.PART:
            value, role = row[1], role_of(row[column_of(Kind.PART, "role")])
            if value >= PART_VALUES:  # a pianist's right hand has chords
                self.leading.discard(both_hands_of(value))
            elif role == "melody":
                self.leading.add(value)

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        grammar = self.grammar
        if next_field(row) != (Kind.NOTE, "part") or grammar.last_part < 0:
            return None
        last = grammar.parts[grammar.last_part].value
        is_together = tick_in_bar(row) == grammar.tick
        return only("part", last, RULED_OUT) if is_together and last in self.leading else None


def as_single_lines(piece: Piece) -> Piece:
    """The piece, on the grid, with no note of a melody held into the next of its part."""
    parts = (_single_line(part) if part.role == "melody" else part for part in piece.parts)
    return replace(piece, parts=tuple(parts))


def _single_line(part: Part) -> Part:
    onsets = sorted({note.onset_tick for note in part.notes})
    following = dict(pairwise(onsets))
    notes = []
    for note in part.notes:
        room = following.get(note.onset_tick, note.end_tick) - note.onset_tick
        longest = LENGTHS_TICKS[bisect_right(LENGTHS_TICKS, room) - 1]
        notes.append(note._replace(length_ticks=min(note.length_ticks, longest)))
    return replace(part, notes=tuple(notes))
