"""What is asked is checked before anything is written."""

from __future__ import annotations

import pytest

from composer.composing.request import make_request
from composer.errors import RequestError


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
