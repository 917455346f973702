"""Moods are found by the words people use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.music.moods import QUADRANTS, find_mood, moods, nearest_mood

COORDINATES = st.floats(-1, 1).map(lambda value: round(value, 3))


def test_there_are_two_dozen_and_each_is_found_by_all_its_words() -> None:
    """No alias hides another mood, every point lies on the plane."""
    assert len(moods()) >= 24
    for mood in moods():
        assert mood.source in ("russell", "emopia", "placed")
        assert max(abs(mood.valence), abs(mood.arousal)) <= 1
        for word in (mood.name, *mood.aliases, mood.name.upper()):
            assert find_mood(word) == mood


@pytest.mark.parametrize(
    ("quadrant", "signs"), [("q1", (1, 1)), ("Q2", (-1, 1)), ("q3", (-1, -1)), ("Q4", (1, -1))]
)
def test_quadrants_lie_in_their_quadrants(quadrant: str, signs: tuple[int, int]) -> None:
    """Counted as in the literature, against the clock from bright and driven."""
    mood = find_mood(quadrant)
    assert (mood.valence * signs[0] > 0.5, mood.arousal * signs[1] > 0.5) == (True, True)
    assert mood.name == QUADRANTS[quadrant.lower()]


@given(valence=COORDINATES, arousal=COORDINATES)
def test_numbers_are_taken_as_they_are(valence: float, arousal: float) -> None:
    """And named by the nearest word."""
    mood = find_mood(f"{valence},{arousal}")
    assert (mood.valence, mood.arousal) == (valence, arousal)
    assert mood.name == nearest_mood(valence, arousal).name


def test_a_named_point_is_nearest_to_itself() -> None:
    """No two moods share a point."""
    for mood in moods():
        assert nearest_mood(mood.valence, mood.arousal) == mood


@pytest.mark.parametrize("text", ["", "melancolic", "purple", "2,0", "0.1", "0.1,0.2,0.3"])
def test_nonsense_is_refused_in_one_line(text: str) -> None:
    """The line says what is allowed."""
    with pytest.raises(RequestError) as refusal:
        find_mood(text)
    assert "\n" not in str(refusal.value)
    assert "0.6,-0.4" in str(refusal.value)


def test_a_slip_of_the_pen_gets_a_suggestion() -> None:
    """ "melancolic" was meant to be melancholic."""
    with pytest.raises(RequestError, match="melancholic"):
        find_mood("melancolic")
