"""Everybody plays before the piece is over."""

from __future__ import annotations

import numpy as np

from composer.composing.leans.everybody_plays import CERTAIN, EverybodyPlays
from composer.composing.leans.lean import RULED_OUT, Setting
from composer.tokens.fields import Kind
from composer.tokens.grammar import Grammar, empty_row
from composer.tokens.values import meter_value
from tests.composing.leans.leaned_on import CELLO, FLUTE, LeanedOn


class Writing(LeanedOn):
    """Rows go into a grammar, and beside it what makes everybody play."""

    def __init__(self, bars: int) -> None:
        super().__init__("everybody_plays", bars=bars)

    def lean(self, *row: int) -> np.ndarray:
        tilts = [follower.tilt([*row]) for follower in self.leans.followers]
        found = [tilt for tilt in tilts if tilt is not None]
        return sum(found[1:], found[0]) if found else np.zeros(256)


def test_a_part_that_never_played_must_come_in_the_last_quarter() -> None:
    """The flute plays in each of twenty bars, the cello in none."""
    writing, must_come = Writing(20), []
    for _ in range(19):
        writing.bar()
        must_come.append(writing.lean(Kind.NOTE, 0, 0)[FLUTE] == RULED_OUT)
        writing.take(Kind.NOTE, 0, 0, FLUTE, 72, 20)
    assert must_come == [False] * 14 + [True] * 5


def test_a_piece_does_not_end_before_everybody_has_played() -> None:
    """One bar: the end waits for the cello, which comes in with the flute."""
    writing = Writing(1)
    writing.bar()
    writing.take(Kind.NOTE, 0, 0, FLUTE, 72, 20)
    kinds = writing.lean()
    assert np.flatnonzero(kinds == RULED_OUT).tolist() == [Kind.BAR, Kind.MARK]
    assert kinds[Kind.NOTE] == CERTAIN
    assert writing.lean(Kind.NOTE)[0] == writing.lean(Kind.NOTE, 0)[0] == CERTAIN
    writing.take(Kind.NOTE, 0, 0, CELLO, 45, 20)
    assert not writing.lean().any()
    assert not writing.lean(Kind.NOTE).any()


def test_a_span_of_a_piece_may_leave_parts_out() -> None:
    """Where bars stand before, a part may have played there already."""
    grammar = Grammar(3)
    for row in (empty_row(Kind.PART, CELLO, 43), empty_row(Kind.BAR, 1, meter_value(4, 4))):
        grammar.advance(row)
    grammar.go_on(3)
    assert not EverybodyPlays(Setting(grammar)).is_whole
