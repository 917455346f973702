"""What a piece shares with the training music, and when that is too much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composer.composing.originality import is_too_close, originality
from composer.corpus.copying import CopyIndex, HumanShare
from composer.music.piece import MeterChange, Note, Part, Piece
from tests.corpus.test_copying import indexed, melody, piece_of

HUMAN = (HumanShare(32, 100, 9, 17, 29),)


@pytest.fixture(scope="module")
def index() -> CopyIndex:
    return replace(indexed(source=melody(7, 80), other=melody(8, 80)), human=HUMAN)


def test_music_of_ones_own_is_near_to_nothing(index):
    found = originality(piece_of(melody(1)), index=index)
    assert found.passages == ()
    assert found.longest_notes == 0
    assert not is_too_close(found)


def test_a_copied_passage_is_told_with_its_source_licence_part_and_bars(index):
    copied = [(onset + 4 * 96, pitch - 3) for onset, pitch in melody(7, 80)[:40]]
    tail = [(copied[-1][0] + 24 * n, 60 + 5 * (n % 3)) for n in range(2, 6)]
    found = originality(piece_of(copied + tail), index=index)
    nearest = found.passages[0]
    assert nearest.notes == found.longest_notes
    assert 26 <= nearest.notes <= 40
    assert (nearest.corpus, nearest.file, nearest.title) == ("test", "source", "Source")
    assert (nearest.licence, nearest.part) == ("CC0-1.0", "Violin")
    assert 5 <= nearest.first_bar <= 6
    assert nearest.source_bar == nearest.first_bar - 4
    assert copied[-1][0] // 96 - 1 <= nearest.last_bar <= copied[-1][0] // 96 + 1


def test_beyond_what_99_of_100_people_share_is_too_close(index):
    """At the 99th percentile is still what a person wrote."""
    found = originality(piece_of(melody(7, 80)), index=index)
    assert is_too_close(found)
    at_most = replace(found.passages[0], notes=found.human.percentile_99)
    assert not is_too_close(replace(found, passages=(at_most,)))


def test_the_users_own_notes_are_not_held_against_a_piece(index):
    """Whoever gives Bach gets Bach back; only what was written is judged."""
    given = piece_of(melody(7, 80)[:40])
    assert originality(given, given, index).passages == ()
    written = piece_of(melody(7, 80))
    found = originality(written, given, index)
    assert 26 <= found.longest_notes <= 40


def test_notes_of_the_user_are_known_in_another_part_octave_and_resolution(index):
    tune = melody(7, 60)
    given = piece_of(tune)
    notes = tuple(Note(20 * onset, 120, pitch - 12, 64) for onset, pitch in tune)
    moved = Piece(
        (Part("flute", 73, (Note(0, 480, 90),)), Part("cello", 42, notes)),
        (MeterChange(0, 4, 4),),
        20 * given.end_tick,
        ticks_per_quarter=480,
    )
    assert originality(moved, given, index).passages == ()
    assert originality(moved, index=index).passages[0].part == "cello"
