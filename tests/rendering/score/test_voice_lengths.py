"""Lengths that two voices a staff can show."""

from __future__ import annotations

from hypothesis import given, settings

from composer.music.piece import Part, Piece
from composer.rendering.score.voice_lengths import with_two_lines
from tests.rendering.pieces import grid_pieces, part_of


def shown(part: Part, staves: list[int] | None = None) -> list[tuple[float, float, int]]:
    """Onset and length in quarters and pitch of each note, all on one staff unless said."""
    written = with_two_lines(part, staves or [1] * len(part.notes), 96)
    return [(n.onset_tick / 24, n.length_ticks / 24, n.pitch) for n in written.notes]


def test_notes_of_a_chord_with_nothing_between_their_ends_end_together() -> None:
    """A sixteenth over an eighth would take a second voice and a rest."""
    chord = part_of("organ", [(0, 0.5, 43), (0, 0.25, 55), (0.5, 0.5, 45)])
    assert shown(chord) == [(0, 0.5, 43), (0, 0.5, 55), (0.5, 0.5, 45)]


def test_a_chord_whose_notes_end_at_three_times_ends_once() -> None:
    """Two ends are a half note over a quarter, three are fingers that leave one by one."""
    ragged = [(0, 3, 58), (0, 1.5, 67), (0, 1.25, 74), (3, 1, 60)]
    assert shown(part_of("piano", ragged)) == [(0, 3, 58), (0, 3, 67), (0, 3, 74), (3, 1, 60)]


def test_a_note_held_a_little_into_the_next_is_released_where_that_begins() -> None:
    """A tie to a sixteenth and its rests over every chord is nothing that anybody writes."""
    late = [(0, 1.25, 60), (1, 1, 64), (2, 2, 67)]
    assert shown(part_of("piano", late)) == [(0, 1, 60), (1, 1, 64), (2, 2, 67)]


def test_a_suspension_that_resolves_is_held() -> None:
    """Where a note follows the one that is let go, it was meant to be held so long."""
    suspended = [(0, 1.5, 60), (1, 1, 64), (1.5, 0.5, 59), (2, 2, 67)]
    assert shown(part_of("piano", suspended)) == suspended


def test_a_line_over_a_held_note_keeps_its_lengths() -> None:
    """What moves, and what is held for longer than a quarter, is meant."""
    moving = [(0, 1, 43), (0, 0.5, 55), (0.5, 0.5, 57)]
    assert shown(part_of("organ", moving)) == moving
    held = [(0, 2, 43), (0, 1, 55)]
    assert shown(part_of("organ", held)) == held


def test_of_three_lines_the_middle_one_ends_where_the_third_begins() -> None:
    """Keys kept down through an arpeggio: bass and moving line stay, no chord of ties."""
    kept_down = [(0, 4, 43), (1, 3, 55), (2, 2, 59), (3, 1, 62)]
    released = [(0, 4, 43), (1, 1, 55), (2, 2, 59), (3, 1, 62)]
    assert shown(part_of("piano", kept_down)) == released


def test_lines_of_other_staves_do_not_count() -> None:
    both = [(0, 4, 43), (1, 3, 55), (2, 2, 71), (3, 1, 74)]
    assert shown(part_of("piano", both), [2, 2, 1, 1]) == both


def test_a_melody_that_slips_into_two_notes_stays_one_line() -> None:
    """Now and then only; a flute part for two players keeps both."""
    tune = [(i / 4, 0.25, 70 + i % 3) for i in range(15)]
    slipped = [*tune[:4], (1, 0.5, 71), *tune[5:]]
    assert shown(part_of("flute", slipped)) == tune
    for_two = [(0, 2, 67), (1, 1, 71), (2, 2, 67), (3, 1, 71)]
    assert shown(part_of("flute", for_two)) == for_two


@given(piece=grid_pieces())
@settings(max_examples=30, deadline=None)
def test_no_onset_moves_and_nothing_overlaps_its_own_pitch(piece: Piece) -> None:
    for part in piece.parts:
        written = with_two_lines(part, [1] * len(part.notes), piece.end_tick)
        assert [(n.onset_tick, n.pitch) for n in written.notes] == [
            (n.onset_tick, n.pitch) for n in part.notes
        ]
        ends: dict[int, int] = {}
        for note in written.notes:
            assert note.length_ticks > 0
            assert ends.get(note.pitch, 0) <= note.onset_tick
            ends[note.pitch] = note.end_tick
