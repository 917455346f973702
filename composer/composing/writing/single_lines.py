"""A melody is not held into its next note.

In 586 parts of the corpora whose role is the melody none is, outside played music. That no two
begin together is a mask of the grammar.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import pairwise

from composer.music.lengths import LENGTHS_TICKS
from composer.music.piece import Part, Piece


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
