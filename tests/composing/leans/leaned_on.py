"""A piece whose rows go into a grammar and, beside it, into some leans."""

from __future__ import annotations

from composer.composing.leans.all_leans import LEANS, Leans
from composer.composing.leans.lean import Setting
from composer.music.instruments import BY_NAME, INSTRUMENTS
from composer.tokens.fields import Kind
from composer.tokens.grammar import Grammar, empty_row
from composer.tokens.values import bars_value, key_value, meter_value, part_value

FLUTE, CELLO, PIANO = (
    part_value(INSTRUMENTS.index(BY_NAME[name]), 0) for name in ("flute", "cello", "piano")
)


class LeanedOn:
    """A duo for flute and cello with the leans of these names."""

    def __init__(
        self, *names: str, bars: int, mode: str = "minor", chords_are_given: bool = False
    ) -> None:
        self.grammar = Grammar(bars)
        setting = Setting(self.grammar, chords_are_given=chords_are_given)
        self.leans = Leans(setting, without=LEANS.keys() - {*names})
        self.take(Kind.FORM, bars_value(bars), meter_value(4, 4), key_value(0, mode))
        self.take(Kind.PART, FLUTE, 74)
        self.take(Kind.PART, CELLO, 43)

    def take(self, kind: Kind, *values: int) -> None:
        row = empty_row(kind, *values)
        self.grammar.advance(row)
        self.leans.advance(row)

    def bar(self) -> None:
        self.take(Kind.BAR, 1, meter_value(4, 4))
        self.take(Kind.PLAN)
