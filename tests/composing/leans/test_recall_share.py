"""The plan leans towards as many returns as music of the style has."""

from __future__ import annotations

import pytest

from composer.composing.leans.part_statistics import return_share
from composer.composing.leans.recall_share import NOTHING, RecallShare
from composer.music.facts import Recall
from composer.music.styles import style_index
from composer.tokens.fields import Kind, column_of
from composer.tokens.grammar import empty_row
from composer.tokens.values import recall_values

BACK = Recall(4, "varied", 0)


def lean_on_nothing(style: str, plans: list[Recall | None]) -> float:
    """Logits for a next bar that recalls nothing, after these plans."""
    returns = RecallShare()
    returns.advance(empty_row(Kind.STYLE, style_index(style)))
    for plan in plans:
        returns.advance(empty_row(Kind.PLAN, *recall_values(plan)))
    row = empty_row(Kind.PLAN)[: column_of(Kind.PLAN, "recall_distance")]
    tilt = returns.tilt(row)
    assert tilt is not None
    assert (tilt[NOTHING + 1 :] == tilt[0]).all()  # which bar returns is the model's choice
    return float(tilt[NOTHING] - tilt[0])


def test_the_longer_nothing_returns_the_more_the_plan_leans_towards_a_return() -> None:
    """Not at all before there is a bar, and then more with each."""
    leans = [lean_on_nothing("pop", [None] * bars) for bars in range(12)]
    assert leans[0] == 0
    assert leans == sorted(leans, reverse=True)
    assert leans[-1] < -0.5


def test_a_piece_that_returns_too_much_goes_on_to_something_new() -> None:
    """After as many returns as bars, the plan leans towards a bar that recalls nothing."""
    assert lean_on_nothing("baroque", [BACK] * 6) > 1


@pytest.mark.parametrize(("more", "less"), [("folk", "pop"), ("pop", "baroque")])
def test_how_much_returns_is_a_matter_of_style(more: str, less: str) -> None:
    """Tunes come back more than songs, and songs more than polyphony."""
    assert return_share(more) > return_share(less)
    assert lean_on_nothing(more, [None] * 8) < lean_on_nothing(less, [None] * 8)


def test_a_style_nobody_counted_returns_as_all_styles_do() -> None:
    """It is no mistake to have few pieces of a style."""
    assert return_share("no-such-style") == return_share("")
