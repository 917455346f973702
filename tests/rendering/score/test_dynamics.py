"""The page says how loud a part is as an engraver would: what lasts, not what wavers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.rendering.score.dynamics import MARKS, steady

LEVELS = st.integers(0, len(MARKS) - 1)


@pytest.mark.parametrize(
    ("played", "written"),
    [
        ([4, 5, 4, 4, 3, 4], [4, 4, 4, 4, 4, 4]),  # a player's wavering
        ([2, 2, 5, 5], [2, 2, 5, 5]),  # a step that lasts
        ([3, 3, 6, 3, 3], [3, 3, 6, 3, 3]),  # one loud bar
        ([1, None, 1, None, 4, 4], [1, None, 1, None, 4, 4]),  # rests say nothing
        ([2, 3, 4, 5, 6], [2, 3, 4, 5, 6]),  # a long rise
        ([], []),
    ],
)
def test_what_lasts_is_written_and_what_wavers_is_not(
    played: list[int | None], written: list[int | None]
) -> None:
    """Levels of bars as they are played, and as they are printed."""
    assert steady(played) == written


@given(st.lists(st.none() | LEVELS))
def test_there_are_never_more_changes_than_were_played(played: list[int | None]) -> None:
    """Silent bars stay silent, and others get no new changes."""
    written = steady(played)
    assert [level is None for level in written] == [level is None for level in played]
    assert _changes(written) <= _changes(played)


@given(LEVELS, st.integers(2, 9), LEVELS, st.integers(2, 9))
def test_levels_that_last_two_bars_are_kept(first: int, bars: int, then: int, more: int) -> None:
    """Whatever they are."""
    played = [first] * bars + [then] * more
    assert steady(played) == played


def _changes(levels: list[int | None]) -> int:
    sounding = [level for level in levels if level is not None]
    return sum(before != after for before, after in pairwise(sounding))
