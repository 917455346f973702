"""Measures of single pieces, on examples whose values are known by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from composer.errors import RequestError
from composer.measures import density_and_height as texture
from composer.measures import groove, pitch, structure
from composer.measures.groove import groove_consistency, groove_similarity
from composer.measures.pitch import pitch_class_entropy, scale_consistency
from composer.measures.structure import structureness
from composer.music.piece import MeterChange, Note, Part, Piece
from tests.measures.music import OCTAVE, in_bars, melody


def test_an_octave_scale_has_a_known_entropy() -> None:
    """Seven pitch classes, C twice in eight notes: 6/8 · 3 + 1/4 · 2 = 2.75 bits."""
    assert pitch.evaluate(melody(OCTAVE))["pitch-class entropy"] == pytest.approx(2.75)


def test_all_twelve_alike_have_the_most_entropy_and_one_has_none() -> None:
    """log2 12 bits, and 0."""
    assert pitch_class_entropy(np.arange(60, 72)) == pytest.approx(math.log2(12))
    assert pitch_class_entropy(np.array([60, 72, 48])) == 0


def test_entropy_of_windows_is_their_mean() -> None:
    """A bar of one pitch class and a bar of two alike: H1 is .5, H4 that of all."""
    found = pitch.evaluate(in_bars([(0, 60), (48, 72)], [(0, 60), (48, 67)]))
    assert found["H1"] == pytest.approx(0.5)
    assert found["H4"] == pytest.approx(0.25 * math.log2(4) + 0.75 * math.log2(4 / 3))


def test_scale_consistency_counts_the_best_scale() -> None:
    """A whole scale of D minor fits; of the twelve pitch classes seven do."""
    assert scale_consistency(np.array([62, 64, 65, 67, 69, 70, 72])) == pytest.approx(1)
    assert scale_consistency(np.arange(60, 72)) == pytest.approx(7 / 12)


def test_pitches_out_of_range_are_refused() -> None:
    """A pitch of 128 is none of MIDI's."""
    with pytest.raises(RequestError, match=r"0\.\.127"):
        pitch_class_entropy(np.array([128]))


def test_texture_of_a_chord_and_a_melody_is_known() -> None:
    """Three notes and then one, in four quarters: half an onset a quarter, two notes each."""
    found = texture.evaluate(in_bars([(0, 60), (0, 64), (0, 68), (48, 64)]))
    assert found["mean pitch"] == pytest.approx(64)
    assert found["onsets per quarter"] == 0.5
    assert found["notes per onset"] == 2
    assert 2.8 < found["crowding"] <= 3


def test_bars_of_one_rhythm_have_full_groove() -> None:
    """Whatever the pitches."""
    found = groove.evaluate(in_bars([(0, 60), (24, 62)], [(0, 65), (24, 40)], [(0, 50), (24, 51)]))
    assert found == {"groove consistency": 1.0, "groove similarity": 1.0}


def test_groove_counts_differing_slots() -> None:
    """Rhythms A, B, A that differ in 2 of 4 slots: neighbours .5; two pairs of three differ."""
    rhythms = np.array([[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 1, 0]], dtype=bool)
    assert groove_consistency(rhythms) == pytest.approx(0.5)
    assert groove_similarity(rhythms) == pytest.approx(1 - (0.5 + 0.5 + 0) / 3)


def test_a_pickup_does_not_spoil_the_groove() -> None:
    """A bar of a length of its own is left out."""
    notes = tuple(Note(24 + 96 * bar, 24, 60) for bar in range(3))
    meters = (MeterChange(0, 1, 4), MeterChange(24, 4, 4))
    piece = Piece((Part("piano", 0, (Note(0, 24, 60), *notes)),), meters, 24 + 288)
    assert groove.evaluate(piece)["groove consistency"] == 1.0


def test_a_single_bar_has_no_groove() -> None:
    """Nothing to compare: nan, not 0."""
    assert math.isnan(groove.evaluate(in_bars([(0, 60)]))["groove similarity"])


def test_structure_finds_what_returns_and_where() -> None:
    """Four new bars that come again: all of the second half at distance four, nothing nearer."""
    bars = [[(12 * place, 60), (12 * place + 6, 66 + place)] for place in range(4)]
    found = structure.evaluate(in_bars(*bars, *bars))
    assert found["structureness, middle"] == 1.0
    assert found["structureness, short"] == 0.0
    assert math.isnan(found["structureness, long"])
    assert found["exact recalls"] == found["all recalls"] == 0.5


def test_a_sequence_counts_as_a_return() -> None:
    """The same bar a tone higher is alike."""
    bar = [(0, 60), (24, 64), (48, 67)]
    higher = [(onset, pitched + 2) for onset, pitched in bar]
    assert structure.evaluate(in_bars(bar, higher))["structureness, short"] == 1.0


def test_similarities_must_be_square() -> None:
    """Anything else is refused."""
    with pytest.raises(RequestError, match="square"):
        structureness(np.zeros((2, 3)), 1, 1)
