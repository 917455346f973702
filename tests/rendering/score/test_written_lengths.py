"""Lengths are what a player reads, and onsets never move."""

from __future__ import annotations

from hypothesis import given, settings

from composer.music.piece import Part, Piece
from composer.rendering.score.written_lengths import (
    is_performed,
    with_lengths_of_hands,
    with_written_lengths,
)
from tests.rendering.pieces import grid_pieces, part_of


def lengths(part: Part, end: int = 960) -> list[int]:
    return [note.length_ticks for note in with_written_lengths(part, end).notes]


@given(piece=grid_pieces())
@settings(max_examples=80, deadline=None)
def test_onsets_and_pitches_stay_and_nothing_overlaps(
    piece: Piece,
) -> None:
    """No onset moves, no pitch overlaps itself, nothing ends after the piece."""
    for part in piece.parts:
        written = with_written_lengths(part, piece.end_tick)
        assert [(n.onset_tick, n.pitch) for n in written.notes] == [
            (n.onset_tick, n.pitch) for n in part.notes
        ]
        sounding: dict[int, int] = {}
        for note in written.notes:
            assert note.length_ticks > 0
            assert note.end_tick <= piece.end_tick
            assert sounding.get(note.pitch, 0) <= note.onset_tick
            sounding[note.pitch] = note.end_tick


def test_lengths_of_a_score_are_kept() -> None:
    """Sixteenths, dotted notes, rests after short notes, triplets: as they are."""
    plain = [(0, 0.25, 60), (0.5, 0.25, 62), (1, 1.5, 64), (3, 1 / 3, 65), (3 + 1 / 3, 2 / 3, 67)]
    assert lengths(part_of("violin", plain)) == [6, 6, 36, 8, 16]


def test_legato_that_stops_short_is_closed_and_a_finger_that_stays_is_lifted() -> None:
    """Played quarters of 22, 23 and 26 ticks are quarters."""
    played = [(0, 22 / 24, 60), (1, 23 / 24, 62), (2, 26 / 24, 64), (3, 20 / 24, 65)]
    assert lengths(part_of("violin", played)) == [24, 24, 24, 24]


def test_drums_are_written_up_to_the_next_stroke_or_beat() -> None:
    """Their sounding length means nothing; the feet have beats of their own."""
    strokes = [(0, 1 / 24, 38), (0.5, 1 / 24, 42), (1, 1 / 24, 38)]
    assert lengths(part_of("drums", strokes)) == [12, 12, 24]
    assert lengths(part_of("drums", [(0, 1 / 24, 36), *strokes[1:]])) == [24, 12, 24]


def test_quick_notes_before_the_beat_leave_a_line_a_line() -> None:
    """A grace note played inside the note before shortens it; a keyboard's hand holds it."""
    graced = [(0, 1, 72), (0.875, 0.125, 76), (1, 1, 74)]
    assert lengths(part_of("violin", graced)) == [21, 3, 24]
    assert lengths(part_of("piano", graced)) == [24, 3, 24]


def test_drums_are_not_tied() -> None:
    """Five sixths of a beat are a quarter of a triplet and a rest, not two tied notes."""
    strokes = [(0, 1 / 24, 51), (20 / 24, 1 / 24, 42), (1, 1 / 24, 38)]
    assert lengths(part_of("drums", strokes)) == [16, 4, 24]


def test_each_hand_of_a_performed_piano_is_one_line_where_nothing_is_really_held() -> None:
    """Short taps and fingers that stay a little become the eighths of each hand; a half note under
    moving ones stays, and so does a rest of a beat."""
    right = [
        (0, 5 / 24, 72),
        (0.5, 14 / 24, 74),
        (1, 7 / 24, 76),
        (1.5, 13 / 24, 77),
        (3, 23 / 24, 79),
    ]
    left = [(0, 47 / 24, 48), (0.5, 0.5, 52), (1, 11 / 24, 55), (1.5, 0.5, 52)]
    part = part_of("piano", sorted([*right, *left], key=lambda note: (note[0], note[2])))
    assert is_performed(part)
    staves = [1 if note.pitch >= 60 else 2 for note in part.notes]
    written = with_lengths_of_hands(part, staves, 96).notes
    assert [note.length_ticks for note in written if note.pitch >= 60] == [12, 12, 12, 12, 24]
    assert [note.length_ticks for note in written if note.pitch < 60] == [48, 12, 12, 12]


@given(piece=grid_pieces())
@settings(max_examples=40, deadline=None)
def test_a_performed_part_keeps_its_onsets_and_ends_with_the_piece(piece: Piece) -> None:
    """By hands too: no onset moves, nothing ends after the piece."""
    for part in piece.parts:
        staves = [1 + (note.pitch < 60) for note in part.notes]
        written = with_lengths_of_hands(part, staves, piece.end_tick).notes
        assert [(n.onset_tick, n.pitch) for n in written] == [
            (n.onset_tick, n.pitch) for n in part.notes
        ]
        assert all(n.length_ticks > 0 and n.end_tick <= piece.end_tick for n in written)
