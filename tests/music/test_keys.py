"""Names of keys are read as musicians write them."""

from __future__ import annotations

import pytest

from composer.errors import RequestError
from composer.music.keys import key_name, key_of, parse_key, relative, scale, tonic_pitch_class
from composer.music.piece import KeyChange

ALL_KEYS = [KeyChange(0, fifths, mode) for fifths in range(-7, 8) for mode in ("major", "minor")]


@pytest.mark.parametrize("key", ALL_KEYS, ids=key_name)
def test_a_printed_key_reads_back(key: KeyChange) -> None:
    """All thirty signatures survive."""
    assert parse_key(key_name(key)) == key


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("D minor", "D minor"),
        ("Dm", "D minor"),
        ("d", "D minor"),
        ("Bb", "Bb major"),
        ("B♭ Major", "Bb major"),
        ("bb minor", "Bb minor"),
        ("f#", "F# minor"),
        ("F SHARP MINOR", "F# minor"),
        ("e flat major", "Eb major"),
        ("Eb-major", "Eb major"),
        ("C moll", "C minor"),
        ("G# major", "Ab major"),
        ("Fb minor", "E minor"),
    ],
)
def test_usual_ways_to_write_a_key(text: str, name: str) -> None:
    """Capitals, signs, words and German; unwritable signatures are respelled."""
    assert key_name(parse_key(text)) == name


@pytest.mark.parametrize("text", ["", "H", "minor", "D dorian", "Xb major", "12", "D minor minor"])
def test_nonsense_is_refused_with_what_is_allowed(text: str) -> None:
    """The message repeats the input and shows good ones."""
    with pytest.raises(RequestError, match="D minor"):
        parse_key(text)


def test_scales_and_relatives() -> None:
    """Natural minor is its relative major from another note."""
    for key in ALL_KEYS:
        assert set(scale(key)) == set(scale(relative(key)))
        assert scale(key)[0] == tonic_pitch_class(key)


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_every_pitch_class_has_a_key_of_six_accidentals_at_most(mode: str) -> None:
    """`key_of` spells as simply as it can."""
    for tonic in range(12):
        key = key_of(tonic, mode)
        assert tonic_pitch_class(key) == tonic
        assert abs(key.fifths) <= 6
