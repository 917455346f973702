"""No bar passes in silence: a lean against leaving a bar in which nothing has begun."""

from __future__ import annotations

from composer.composing.leans.lean import Floats, Setting, only
from composer.tokens.fields import Kind

SILENT = 5.0
"""Logits against leaving such a bar; one of 200 real bars is like that."""


class SilentBars:
    """Knows whether a note has begun in the bar."""

    def __init__(self, setting: Setting) -> None:
        self.grammar = setting.grammar
        self.first_bar = setting.grammar.bar + 1
        self.is_silent = False

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        if row[0] in (Kind.BAR, Kind.NOTE):
            self.is_silent = row[0] == Kind.BAR

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        is_written = self.grammar.bar >= self.first_bar and not self.grammar.silent
        if row or not self.is_silent or not is_written:
            return None
        return only("kind", Kind.BAR, -SILENT) + only("kind", Kind.MARK, -SILENT)
