"""What is asked is checked before anything is written."""

from __future__ import annotations

import pytest

from composer.composing.asking.request import make_request
from composer.errors import RequestError
from composer.music.keys import key_name


@pytest.mark.parametrize(
    ("asked", "bars"),
    [
        ({"chords": "C | F | G | C"}, 16),
        ({"chords": " | ".join(["C7"] * 12)}, 12),
        ({"chords": " | ".join(["C7"] * 40)}, 40),
        ({"form": "ABACA"}, 15),
        ({"form": "AABA"}, 16),
        ({"form": "ABACA", "chords": "C | G"}, 20),
        ({"form": "AABA", "chords": " | ".join(["C"] * 15)}, 16),
        ({}, 16),
    ],
)
def test_chords_and_form_decide_the_bars_where_none_are_given(
    asked: dict[str, str], bars: int
) -> None:
    """The number nearest to the usual one in which both come out even."""
    assert make_request(**asked).bars == bars


def test_more_chords_than_bars_are_an_error_that_says_so() -> None:
    """In one line with both numbers, rather than chords that nobody ever hears."""
    with pytest.raises(RequestError, match=r"^5 bars of chords do not fit into 4 bars") as refusal:
        make_request(chords="C | F | G | C | F", bars=4)
    assert "\n" not in str(refusal.value)


def test_players_are_named_once() -> None:
    """An ensemble and instruments are refused in a line rather than one of them forgotten."""
    with pytest.raises(RequestError, match="both say who plays"):
        make_request(ensemble="band", instruments="flute")


@pytest.mark.parametrize(
    ("players", "style", "bass"),
    [
        ("piano,drums,bass", "", "electric-bass"),
        ("piano,drums,bass", "jazz", "acoustic-bass"),
        ("guitar,bass", "rock", "electric-bass"),
        ("soprano,alto,tenor,bass", "", "bass"),
        ("soprano,guitar,bass", "", "bass"),
        ("bass,piano", "romantic", "bass"),
    ],
)
def test_the_bass_of_a_band_is_plucked_and_that_of_a_choir_sings(
    players: str, style: str, bass: str
) -> None:
    """By who plays beside it."""
    names = [player.name for player in make_request(instruments=players, style=style).instruments]
    assert bass in names
    assert (bass == "bass") is ("bass" in names)


def test_who_plays_beside_drums_has_a_role() -> None:
    """The saxophone leads, the piano has chords; in a trio the piano has both, and no role."""
    band = make_request(instruments="alto-sax,piano,bass,drums", style="jazz")
    assert band.roles == ("melody", "chords", "bass", "drums")
    assert make_request(instruments="piano,drums,bass").roles == ("", "drums", "bass")
    assert make_request(instruments="violin,cello").roles == ()


def test_a_mood_beyond_the_last_bar_is_answered_with_one_that_exists() -> None:
    """Of 16 bars the example is the ninth."""
    with pytest.raises(RequestError, match=r"1 to 16.*calm@1 tense@9"):
        make_request(mood="calm@1 tense@20", bars=16)


@pytest.mark.parametrize(
    ("chords", "key"),
    [
        ("Gb | Cb | Db7 | Gb", "Gb major"),
        ("F# | B | C#7 | F#", "F# major"),
        ("Ebm | Abm | Bb7 | Ebm", "Eb minor"),
        ("D#m | G#m | A#7 | D#m", "D# minor"),
    ],
)
def test_the_key_of_chords_is_written_as_they_are(chords: str, key: str) -> None:
    """Six flats for chords in flats, six sharps for chords in sharps."""
    found = make_request(chords=chords).key
    assert found is not None
    assert key_name(found) == key
