"""Rows in another key are the piece in another key."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.analysis.analyse import analyse
from composer.music.normalise import normalise
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece
from composer.tokens.decode import chords_of, decode
from composer.tokens.encode import encode
from composer.tokens.transpose import in_common_key, semitones_to_common_key, transposed


def piece_in(fifths: int, mode: str = "major") -> Piece:
    """Chords over a bass in a key, with drums beside them."""
    tonic = 60 + (7 * fifths + (9 if mode == "minor" else 0)) % 12
    third = 3 if mode == "minor" else 4
    notes = tuple(Note(24 * beat, 24, tonic + step) for beat in range(16) for step in (0, third, 7))
    drums = tuple(Note(24 * beat, 6, 36) for beat in range(16))
    parts = (Part("piano", 0, notes), Part("drums", 0, drums))
    key = KeyChange(0, fifths, mode)
    return normalise(Piece(parts, (MeterChange(0, 4, 4),), 16 * 24, keys=(key,)))


@pytest.mark.parametrize("semitones", [-5, 3, 6])
def test_transposing_rows_transposes_notes_key_and_chords_but_no_drums(semitones: int) -> None:
    """Everything with a pitch moves; the drums stay."""
    piece = piece_in(2)
    rows = encode(piece, analyse(piece)).rows
    moved = decode(transposed(rows, semitones))
    pitches = [note.pitch + semitones for note in piece.parts[0].notes]
    assert [note.pitch for note in moved.parts[0].notes] == pitches
    assert moved.parts[1].notes == piece.parts[1].notes
    assert (moved.keys[0].fifths - piece.keys[0].fifths - 7 * semitones) % 12 == 0
    roots = [(chord.root + semitones) % 12 for chord in chords_of(rows)]
    assert [chord.root for chord in chords_of(transposed(rows, semitones))] == roots


@given(st.integers(-6, 6), st.sampled_from(["major", "minor"]))
@settings(max_examples=26, deadline=None)
def test_every_piece_is_read_in_the_key_without_signature_and_comes_back(
    fifths: int, mode: str
) -> None:
    """Twelve keys, one reading; moved back, the notes are those of the piece."""
    piece = piece_in(fifths, mode)
    common, semitones = in_common_key(encode(piece, analyse(piece)).rows)
    assert decode(common).keys[0][1:] == (0, mode)
    assert -5 <= semitones <= 6
    back = decode(transposed(common, -semitones))
    assert [part.notes for part in back.parts] == [part.notes for part in piece.parts]


def test_there_and_back_is_a_full_circle() -> None:
    """The shift of each signature undoes its tonic."""
    for fifths in range(-7, 8):
        assert (7 * fifths + semitones_to_common_key(fifths)) % 12 == 0


def test_a_piece_without_a_key_stays_where_it_is() -> None:
    """Drums alone have none."""
    drums = Part("drums", 0, tuple(Note(24 * beat, 6, 36) for beat in range(8)))
    piece = normalise(Piece((drums,), (MeterChange(0, 4, 4),), 8 * 24))
    rows = encode(piece, analyse(piece)).rows
    common, semitones = in_common_key(rows)
    assert semitones == 0
    assert np.array_equal(common, rows)
