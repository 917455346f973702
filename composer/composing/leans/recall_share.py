"""How much of a piece returns: a lean on whether the plan of a bar recalls an earlier bar.

Music that a model writes seems to it music in which little returns, and so less and less does. Here
the plan leans towards as many returns as music of the style has, the more the further the piece has
fallen behind that, and away from them where it runs ahead.
"""

from __future__ import annotations

from composer.composing.leans.lean import Floats, next_field, only
from composer.composing.leans.part_statistics import ANY_STYLE, return_share
from composer.music.styles import styles
from composer.tokens.fields import UNKNOWN, Kind, column_of

STRENGTH = 6.0
"""Logits for a piece none of whose bars returns where all should."""
PRIOR_BARS = 4
"""Bars that the share of the style counts for before the piece has any: early on nothing pulls."""
NOTHING = 1
"""The distance of a bar that recalls none."""
_DISTANCE = column_of(Kind.PLAN, "recall_distance")


class RecallShare:
    """Follows the rows of a piece, all of its bars."""

    def __init__(self) -> None:
        self.wanted = return_share(ANY_STYLE)
        self.bars = self.returned = 0

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written."""
        if row[0] == Kind.STYLE:
            self.wanted = return_share(_style(row[column_of(Kind.STYLE, "style")]))
        elif row[0] == Kind.PLAN:
            self.bars += 1
            self.returned += row[_DISTANCE] > NOTHING

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        if next_field(row) != (Kind.PLAN, "recall_distance"):
            return None
        behind = (self.wanted * self.bars - self.returned) / (self.bars + PRIOR_BARS)
        return only("recall_distance", NOTHING, -STRENGTH * behind)


def _style(field: int) -> str:
    return ANY_STYLE if field == UNKNOWN else styles()[field - 1].name
