"""Instruments are known by their names in five languages."""

from __future__ import annotations

import pytest

from composer.music.instrument_words import instrument_named, instruments_of


@pytest.mark.parametrize(
    ("name", "instrument"),
    [
        ("Klarinette 2 in B", "clarinet"),
        ("Corno in Fa", "horn"),
        ("Cor anglais", "english-horn"),
        ("Petite flûte", "piccolo"),
        ("Trombón bajo", "trombone"),
        ("E-Gitarre", "electric-guitar"),
        ("Vln. 1", "violin"),
        ("Bass Clarinet in Bb", "clarinet"),
        ("String Bass", "contrabass"),
        ("Basse électrique", "electric-bass"),
        ("Blockflöte", "recorder"),
        ("Violini II", "violin"),
    ],
)
def test_a_name_says_the_instrument(name: str, instrument: str) -> None:
    """Without accents, numbers and keys; the longest word counts."""
    found = instrument_named(name)
    assert found is not None
    assert found.name == instrument


def test_a_name_that_says_nothing_leaves_it_to_the_program() -> None:
    assert instrument_named("Lead") is None
    (found,) = instruments_of(["Lead"], [73])
    assert found is not None
    assert found.name == "flute"


@pytest.mark.parametrize(
    ("others", "bass"),
    [
        (["Sopran", "Tenor"], "bass"),
        (["Violin", "Viola"], "contrabass"),
        (["Drums"], "electric-bass"),
    ],
)
def test_a_bass_is_known_by_its_company(others: list[str], bass: str) -> None:
    """A singer among singers, a double bass among strings, a guitar in a band."""
    *_, found = instruments_of([*others, "Bass"], [None] * (len(others) + 1))
    assert found is not None
    assert found.name == bass
