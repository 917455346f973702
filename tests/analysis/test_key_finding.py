"""The key of a piece is heard from its notes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composer.analysis.key_finding import (
    agreement,
    estimate_key,
    estimate_section_keys,
    with_key_as_heard,
)
from composer.measures.key_agreement import evaluate, sample
from composer.music.bars import prevailing_key
from composer.music.keys import key_name, key_of, parse_key, scale, tonic_pitch_class
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece
from tests.shared import CORPORA, needs_corpora


def cadences(*keys: str) -> Piece:
    """I IV V I in each key, four times over, a chord a half bar (harmonic minor's V)."""
    notes, tick = [], 0
    for name in keys:
        key = parse_key(name)
        tonic, steps = tonic_pitch_class(key) + 48, scale(key)
        fourth = {(steps[i] - steps[0]) % 12 for i in (3, 5, 0)}
        first = {(steps[i] - steps[0]) % 12 for i in (0, 2, 4)}
        for _ in range(8):
            for bass, chord in ((0, first), (5, fourth), (7, {7, 11, 2}), (0, first)):
                notes.append(Note(tick, 48, tonic - 12 + bass))
                notes += [Note(tick, 48, tonic + step) for step in sorted(chord)]
                tick += 48
    return Piece((Part("piano", 0, tuple(notes)),), (MeterChange(0, 4, 4),), tick)


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_cadences_in_every_key_are_recognised(mode: str) -> None:
    """All 24 keys, without a signature."""
    for tonic in range(12):
        name = key_name(key_of(tonic, mode))
        found = estimate_key(cadences(name))
        assert found is not None
        assert key_name(found) == name


def test_a_minor_piece_signed_as_its_relative_major_is_in_minor() -> None:
    """The signature that prevails is named as it is heard; a modulation, and the notes, stay."""
    piece = cadences("D minor")
    signed = replace(
        piece, keys=(KeyChange(0, -1, "major"), KeyChange(piece.end_tick - 96, 2, "major"))
    )
    named = with_key_as_heard(signed, estimate_key(signed))
    prevailing = prevailing_key(named)
    assert prevailing is not None
    assert key_name(prevailing) == "D minor"
    assert named.keys[1] == signed.keys[1]
    assert named.parts == signed.parts
    assert with_key_as_heard(piece, estimate_key(piece)) == piece


def test_sections_in_other_keys_are_found() -> None:
    """A modulation is a change at its section, a return another."""
    keys = estimate_section_keys(cadences("C", "C", "A", "A", "C", "C"))
    assert [key_name(key) for key in keys] == ["C major", "A major", "C major"]
    assert [key.tick for key in keys] == [0, 32 * 96, 64 * 96]


def test_six_accidentals_are_what_the_other_sections_have() -> None:
    """F sharp beside B major, G flat beside D flat major; alone E flat minor, not D sharp minor."""
    for names, heard in [
        (("F#", "F#", "F#", "B"), "F# major"),
        (("F#", "F#", "F#", "Db"), "Gb major"),
        (("D#m", "D#m", "D#m", "B"), "D# minor"),
        (("D#m",), "Eb minor"),
    ]:
        key = estimate_key(piece := cadences(*names))
        assert key is not None
        assert key_name(key) == heard
        assert key_name(estimate_section_keys(piece)[0]) == heard


def test_no_pitched_notes_have_no_key() -> None:
    """Drums alone are in no key."""
    drums = Piece((Part("drums", 0, (Note(0, 6, 36),)),), (MeterChange(0, 4, 4),), 96)
    assert estimate_key(drums) is None
    assert estimate_section_keys(drums) == ()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("F# major", "Gb major", "exact"),
        ("C major", "A minor", "relative"),
        ("G minor", "D minor", "neighbour"),
        ("C major", "C minor", "neighbour"),
        ("C major", "E major", "other"),
    ],
)
def test_how_keys_agree(one: str, other: str, expected: str) -> None:
    """Enharmonic names are one key."""
    assert agreement(parse_key(one), parse_key(other)) == expected


@needs_corpora
def test_agrees_with_written_signatures() -> None:
    """Four in five share the signature, nearly all are a neighbour at the most."""
    shares = evaluate(sample(CORPORA, 150))
    assert shares["exact or relative"] > 0.78
    assert shares["other"] < 0.05
