"""How much each role plays: a lean towards parts that play less than such parts do.

A model that has written a bar or two without its bass reads music without a bass, and a note that
is forced in stays alone. Here a part of a known role (lead, chords, bass, inner) is due in a bar
while it is more than two bars behind what such parts play in music of the style, and once it has
begun there; then it leans towards as many notes as they have in a bar, the more the further the bar
has gone on.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from composer.analysis.roles import OF_A_STATED_ROLE, usual
from composer.composing.leans.lean import Floats, Setting, next_field
from composer.music.ensembles import ensembles
from composer.music.styles import styles
from composer.tokens.fields import FIELD_SIZES, UNKNOWN, Kind, column_of
from composer.tokens.values import role_of

STEP, MOST = 1.5, 5.0
"""Logits for each note that a part is behind in a bar in which it is due, and at most."""
REST_BARS = 2
"""So many bars may a part rest beyond what such parts rest, so that a singer can come in late."""


class Wanted(NamedTuple):
    """Of a part: the share of the bars, and notes in a bar in which it plays."""

    share: float
    notes: float


class RoleShare:
    """Counts the bars in which each part plays, and its notes in this bar."""

    def __init__(self, setting: Setting) -> None:
        self.grammar, self.comes_to_rest = setting.grammar, setting.comes_to_rest
        self.style = self.ensemble = ""
        self.wanted: dict[int, Wanted] = {}
        self.bars = 0
        self.played: dict[int, int] = {}
        self.notes: dict[int, int] = {}

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        match row[0]:
            case Kind.STYLE:
                style = row[column_of(Kind.STYLE, "style")]
                ensemble = row[column_of(Kind.STYLE, "ensemble")]
                self.style = "" if style == UNKNOWN else styles()[style - 1].name
                self.ensemble = "" if ensemble == UNKNOWN else ensembles()[ensemble - 1].name
            case Kind.PART:
                self._take_part(row[1], role_of(row[3]))
            case Kind.BAR:
                self.bars += 1
                self.notes.clear()
            case Kind.NOTE:
                self.played[row[3]] = self.played.get(row[3], 0) + (row[3] not in self.notes)
                self.notes[row[3]] = self.notes.get(row[3], 0) + 1

    def _take_part(self, value: int, stated_role: str) -> None:
        role = OF_A_STATED_ROLE.get(stated_role, "")
        known = usual(role, self.style, self.ensemble) if role not in ("", "drums") else None
        if known:
            share = (known.least_share + known.most_share) / 2
            self.wanted[value] = Wanted(share, sqrt(known.least_notes * known.most_notes))

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        if next_field(row) != (Kind.NOTE, "part") or self._is_closing():
            return None
        gone = self.grammar.tick / max(1, self.grammar.bar_ticks)
        tilt = np.zeros(FIELD_SIZES["part"])
        for value, wanted in self.wanted.items():
            if self._is_due(value, wanted):
                behind = 1 + (wanted.notes - 1) * gone - self.notes.get(value, 0)
                tilt[value] = min(MOST, STEP * max(0.0, behind))
        return tilt if tilt.any() else None

    def _is_closing(self) -> bool:
        """Whether this is the last bar, in which all that counts is to end."""
        return self.comes_to_rest and self.grammar.bar + 1 == self.grammar.bars

    def _is_due(self, value: int, wanted: Wanted) -> bool:
        """Whether it has begun to play in this bar, or has played in fewer than it would."""
        before = self.played.get(value, 0)
        return value in self.notes or before < wanted.share * self.bars - REST_BARS
