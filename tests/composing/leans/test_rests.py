"""Who waits is asked in, everybody plays, and who leads is there at the end."""

from __future__ import annotations

import numpy as np

from composer.composing.leans.all_leans import LEANS, Leans
from composer.composing.leans.lean import RULED_OUT, Setting
from composer.composing.leans.part_statistics import rest_share
from composer.composing.leans.rests import CERTAIN, LEAD, MOST, SILENT, EverybodyPlays, Rests
from composer.music.instruments import BY_NAME, INSTRUMENTS
from composer.music.piece import ROLES
from composer.tokens.fields import Kind
from composer.tokens.grammar import Grammar, empty_row
from composer.tokens.values import bars_value, key_value, meter_value, part_value

FLUTE, CELLO = (part_value(INSTRUMENTS.index(BY_NAME[name]), 0) for name in ("flute", "cello"))


class Writing:
    """Rows go into a grammar, and beside it what asks parts in and what makes them play."""

    def __init__(self, bars: int) -> None:
        self.grammar = Grammar(bars)
        without = LEANS.keys() - {"rests", "everybody_plays"}
        self.leans = Leans(Setting(self.grammar), without=without)
        self.take(Kind.FORM, bars_value(bars), meter_value(4, 4), key_value(0, "minor"))
        self.take(Kind.PART, FLUTE, 74)
        self.take(Kind.PART, CELLO, 43)

    def take(self, kind: Kind, *values: int) -> None:
        row = empty_row(kind, *values)
        self.grammar.advance(row)
        self.leans.advance(row)

    def bar(self) -> None:
        self.take(Kind.BAR, 1, meter_value(4, 4))
        self.take(Kind.PLAN)

    def lean(self, *row: int) -> np.ndarray:
        tilts = [follower.tilt([*row]) for follower in self.leans.followers]
        found = [tilt for tilt in tilts if tilt is not None]
        return sum(found[1:], found[0]) if found else np.zeros(256)


def test_a_part_that_waits_is_asked_in_more_and_more_and_then_must_come() -> None:
    """The flute plays in each bar, the cello in none: only the cello gains."""
    writing, gains = Writing(20), []
    for _ in range(19):
        writing.bar()
        tilt = writing.lean(Kind.NOTE, 0, 0)
        gains.append(float(tilt[CELLO]))
        must_come = tilt[FLUTE] == RULED_OUT
        assert must_come == (len(gains) > 14)
        writing.take(Kind.NOTE, 0, 0, FLUTE, 72, 20)
    assert gains[:14] == sorted(gains[:14])
    assert gains[0] == 0
    assert gains[13] == MOST


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


def test_a_bar_hardly_passes_in_silence() -> None:
    """Neither the next bar nor the end comes readily before a note; once it is there, both may."""
    for bars in (1, 2):
        writing = Writing(bars)
        writing.bar()
        if bars == 2:
            assert writing.lean()[Kind.BAR] == writing.lean()[Kind.MARK] == -SILENT
        for part in (FLUTE, CELLO):
            writing.take(Kind.NOTE, 0, 0, part, 72 if part == FLUTE else 45, 20)
        assert not writing.lean().any()


def test_who_leads_is_asked_into_the_last_bar() -> None:
    """Without a melody by role it is the first part; before the last bar nothing leans."""
    writing = Writing(2)
    for is_last in (False, True):
        writing.bar()
        assert writing.lean(Kind.NOTE, 0, 0)[FLUTE] == LEAD * is_last
        if not is_last:
            writing.take(Kind.NOTE, 0, 0, FLUTE, 72, 20)
            writing.take(Kind.NOTE, 0, 0, CELLO, 45, 20)


def test_a_span_of_a_piece_may_leave_parts_out() -> None:
    """Where bars stand before, a part may have played there already."""
    grammar = Grammar(3)
    for row in (empty_row(Kind.PART, CELLO, 43), empty_row(Kind.BAR, 1, meter_value(4, 4))):
        grammar.advance(row)
    grammar.go_on(3)
    assert not EverybodyPlays(Setting(grammar)).is_whole
    rests = Rests(Setting(grammar))
    for _ in range(2):
        grammar.advance(empty_row(Kind.BAR, 1, meter_value(4, 4)))
        tilt = rests.tilt([])
        assert tilt is not None
        assert tilt[Kind.NOTE] == 0
        assert tilt[Kind.MARK] == -SILENT


def test_real_parts_rest_as_they_do() -> None:
    """Every instrument and role has a share; drums rest least, and brass more than strings."""
    values = {i.name: part_value(place, 0) for place, i in enumerate(INSTRUMENTS)}
    shares = {name: rest_share(value, "") for name, value in values.items()}
    shares |= {role: rest_share(0, role) for role in ROLES}
    assert all(0 < share < 1 for share in shares.values())
    assert min(shares.values()) == shares["drums"]
    assert shares["viola"] < shares["trumpet"]
