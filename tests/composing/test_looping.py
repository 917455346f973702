"""A composition for a loop."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from composer.composing.compose import compose
from composer.composing.looping import looped, with_beginning_behind
from composer.music.bars import bars_of
from composer.music.piece import Piece
from tests.rendering.pieces import grid_pieces


def rows(piece: Piece, start: int, end: int) -> list[list[tuple[int, int, int, int]]]:
    return [
        [tuple(note) for note in part.notes if start <= note.onset_tick < end]
        for part in piece.parts
    ]


def test_the_end_of_a_loop_is_written_anew_and_the_rest_stays() -> None:
    """Two bars of six, inside the piece, the same for the same seed."""
    made = compose(style="hymn", ensemble="choir", meter="4/4", bars=6, seed=2)
    loop = looped(made)
    bars = bars_of(made.piece)
    assert bars_of(loop.piece) == bars
    assert rows(loop.piece, 0, bars[4].start_tick) == rows(made.piece, 0, bars[4].start_tick)
    assert loop.piece != made.piece
    assert loop.name == f"{made.name}-loop"
    assert all(note.end_tick <= loop.piece.end_tick for p in loop.piece.parts for note in p.notes)
    assert looped(made) == loop


def test_what_was_given_says_how_a_loop_ends() -> None:
    """Chords are left as they are; the last section of a form, which has its own end, is not."""
    made = compose(style="hymn", ensemble="melody", bars=4, seed=2)
    asked = replace(made, request=replace(made.request, form="AABA"))
    assert looped(asked).piece != made.piece
    assert looped(asked).request.loops
    asked = replace(made, request=replace(made.request, chords=((),)))
    assert looped(asked).piece == made.piece


@given(piece=grid_pieces())
@settings(max_examples=20, deadline=None)
def test_behind_the_piece_stand_its_first_bars(piece: Piece) -> None:
    """As they are at the beginning, notes that ring on cut; the piece itself is untouched."""
    longer = with_beginning_behind(piece)
    count = len(bars_of(piece))
    assert len(bars_of(longer)) == count + min(8, count)
    end = piece.end_tick
    assert rows(longer, 0, end) == rows(piece, 0, end)
    again = rows(longer, end, longer.end_tick)
    assert [[onset - end for onset, *_ in part] for part in again] == [
        [onset for onset, *_ in part] for part in rows(piece, 0, longer.end_tick - end)
    ]
