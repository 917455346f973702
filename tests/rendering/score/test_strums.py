"""A strummed chord is written as a chord, and nothing else is moved."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings

from composer.music.instruments import BY_NAME
from composer.music.overlaps import without_overlaps
from composer.music.piece import Part, Piece
from composer.rendering.musicxml.musicxml import musicxml_text
from composer.rendering.performance.midi import midi_bytes
from composer.rendering.score.score import build_score
from composer.rendering.score.strums import gathered
from tests.rendering.pieces import grid_pieces, part_of, piece_of
from tests.rendering.reading import rows_of_midi, rows_of_musicxml

STRUM = [(0, 1, 40), (2 / 24, 22 / 24, 47), (4 / 24, 20 / 24, 52), (1, 1, 45)]
UPSTROKE = [(row[0], row[1], 100 - row[2]) for row in STRUM]


@pytest.mark.parametrize("strum", [STRUM, UPSTROKE])
def test_a_strum_is_a_chord_on_the_page_and_a_strum_in_the_sound(
    strum: list[tuple[int, int, int]],
) -> None:
    """A guitarist reads a chord without a sign; the MIDI file has each onset."""
    piece = piece_of(part_of("guitar", strum), part_of("flute", [(0, 4, 80)]))
    text = musicxml_text(piece)
    assert [row[:2] for row in rows_of_musicxml(text)[1]] == [(0, 24)] * 3 + [(24, 24)]
    assert "arpeggiate" not in text
    guitar = rows_of_midi(midi_bytes(piece, mechanical=True), "mido")[0]
    assert [row[0] for row in guitar] == [0, 40, 80, 480]


def test_a_rolled_chord_of_a_keyboard_or_harp_has_an_arpeggio_sign() -> None:
    """A wavy line before it that says where it goes."""
    upwards = musicxml_text(piece_of(part_of("harp", STRUM)))
    assert upwards.count('<arpeggiate direction="up" />') == 3
    assert upwards.count("<note>") - upwards.count("<rest") == 4
    downwards = musicxml_text(piece_of(part_of("piano", UPSTROKE), part_of("flute", [(0, 4, 80)])))
    assert '<arpeggiate direction="down" />' in downwards


@pytest.mark.parametrize(
    "rows",
    [
        [(0, 1, 40), (8 / 24, 16 / 24, 47), (16 / 24, 8 / 24, 52)],
        [(0, 4 / 24, 40), (4 / 24, 4 / 24, 47), (8 / 24, 16 / 24, 52)],
        [(0, 1, 47), (2 / 24, 22 / 24, 40), (4 / 24, 20 / 24, 52)],
        [(0, 1, 40), (4 / 24, 20 / 24, 47)],
    ],
    ids=["triplet", "quick notes", "zigzag", "two notes"],
)
def test_what_only_resembles_a_strum_is_left_alone(rows: list[tuple[int, int, int]]) -> None:
    """Slow, short, jumping or thin figures are music to be read."""
    part = part_of("guitar", rows)
    assert gathered(part).part == part


def test_triplets_against_sixteenths_of_a_pianist_are_no_strum() -> None:
    """Two hands begin a twelfth of a beat apart and end together on the next beat."""
    hands = [(16 / 24, 8 / 24, 58), (16 / 24, 8 / 24, 63), (18 / 24, 6 / 24, 43), (1, 1, 45)]
    assert gathered(part_of("piano", hands)).part == part_of("piano", hands)


@given(piece=grid_pieces())
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_and_no_note_moves_further_than_a_strum_is_long(piece: Piece) -> None:
    """The promise of the page: onsets and pitches of the piece, up to strums."""
    for part in piece.parts:
        before = without_overlaps(part.notes)
        after = gathered(Part(part.instrument, part.program, tuple(before))).part.notes
        assert Counter(note.pitch for note in before) == Counter(note.pitch for note in after)
        by_pitch = sorted(before, key=lambda n: (n.pitch, n.onset_tick))
        moved = zip(by_pitch, sorted(after, key=lambda n: (n.pitch, n.onset_tick)), strict=True)
        for note, written in moved:
            assert abs(note.onset_tick - written.onset_tick) <= 4
            assert note == written or BY_NAME[part.instrument].section in ("plucked", "keyboard")


def test_the_score_says_what_it_wrote() -> None:
    """`Score.piece` has the chord, so that a reader can be held to it."""
    (part,) = build_score(piece_of(part_of("guitar", STRUM))).piece.parts
    assert [note.onset_tick for note in part.notes] == [0, 0, 0, 24]
