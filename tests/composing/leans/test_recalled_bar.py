"""A bar that varies or transposes another leans on that one's notes, one after the other."""

from __future__ import annotations

import numpy as np

from composer.composing.leans.all_leans import Leans
from composer.composing.leans.lean import Setting
from composer.composing.leans.recalled_bar import RecalledBar
from composer.music.facts import Recall
from composer.music.instruments import BY_NAME, INSTRUMENTS
from composer.tokens.fields import FIELD_SIZES, Kind
from composer.tokens.grammar import Grammar, empty_row
from composer.tokens.values import bars_value, key_value, meter_value, part_value, recall_values

FLUTE, CELLO = (part_value(INSTRUMENTS.index(BY_NAME[name]), 0) for name in ("flute", "cello"))
NOTES = [(0, 0, FLUTE, 72, 23), (0, 0, CELLO, 48, 47), (1, 12, FLUTE, 74, 23)]


class Writing:
    """A bar of three notes, and then another with a plan."""

    def __init__(self, recall: Recall | None) -> None:
        self.grammar = Grammar(2)
        self.echo = RecalledBar(Setting(self.grammar))
        self.header = [
            empty_row(Kind.FORM, bars_value(2), meter_value(4, 4), key_value(0, "major")),
            empty_row(Kind.PART, FLUTE, 74),
            empty_row(Kind.PART, CELLO, 43),
        ]
        for row in self.header:
            self.take(Kind(row[0]), *row[1:])
        self.bar(None)
        for note in NOTES:
            self.take(Kind.NOTE, *note)
        self.bar(recall)

    def bar(self, recall: Recall | None) -> None:
        self.take(Kind.BAR, 1, meter_value(4, 4))
        self.take(Kind.PLAN, *recall_values(recall))

    def take(self, kind: Kind, *values: int) -> None:
        row = empty_row(kind, *values)
        self.grammar.advance(row)
        self.echo.advance(row)

    def followed(self) -> list[tuple[int, ...]]:
        """The notes that come when every lean is followed, until a new bar is leaned on."""
        found: list[tuple[int, ...]] = []
        while True:
            row = [self.leaned([])]
            if row[0] != Kind.NOTE:
                return found
            while len(row) < 6:
                row.append(self.leaned(row))
            self.take(Kind.NOTE, *row[1:])
            found.append(tuple(row[1:]))

    def leaned(self, row: list[int]) -> int:
        tilt = self.echo.tilt(row)
        assert tilt is not None
        return int(np.argmax(tilt))


def test_who_follows_every_lean_writes_the_bar_again() -> None:
    assert Writing(Recall(1, "varied")).followed() == NOTES


def test_a_transposed_return_is_moved() -> None:
    moved = [(beat, at, part, pitch + 3, length) for beat, at, part, pitch, length in NOTES]
    assert Writing(Recall(1, "transposed", 3)).followed() == moved


def test_behind_a_note_of_its_own_it_goes_on_with_the_next_of_the_thread() -> None:
    """What has left the thread is led back to it; no field of another note is leaned on."""
    writing = Writing(Recall(1, "varied"))
    writing.take(Kind.NOTE, 1, 0, CELLO, 50, 23)
    assert writing.leaned([Kind.NOTE]) == 1
    assert writing.leaned([Kind.NOTE, 1]) == 12
    assert writing.echo.tilt([Kind.NOTE, 2]) is None


def test_what_is_new_or_unknown_leans_on_nothing() -> None:
    for recall in (None, Recall(0, "new")):
        assert Writing(recall).echo.tilt([Kind.NOTE]) is None


def test_what_stands_before_is_taken_like_what_is_written() -> None:
    """Where writing goes on behind a bar, that bar is a thread too."""
    written = Writing(None)
    first = [
        empty_row(Kind.BAR, 1, meter_value(4, 4)),
        empty_row(Kind.PLAN),
        *(empty_row(Kind.NOTE, *note) for note in NOTES),
    ]
    grammar = Grammar(2)
    grammar.read([*written.header, *first])
    grammar.go_on(2)
    leans = Leans(Setting(grammar), [*written.header, *first])
    for kind, values in (
        (Kind.BAR, (0, meter_value(4, 4))),
        (Kind.PLAN, recall_values(Recall(1, "varied"))),
    ):
        grammar.advance(empty_row(kind, *values))
        leans.advance(empty_row(kind, *values))
    beats = np.zeros(FIELD_SIZES["beat"])
    assert leans.added(beats, beats == 0, [Kind.NOTE])[0] > 0
