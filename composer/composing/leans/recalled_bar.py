"""A bar that its plan calls a varied or transposed return is heard as one.

The plan of a bar may say that it recalls an earlier one. Exact returns are copied; for the others
the notes of that bar, moved by the semitones of the plan, are a thread beside which the new bar is
written: each next note leans towards the next one of the thread.
"""

from __future__ import annotations

from composer.composing.leans.lean import Floats, Setting, next_field, only
from composer.music.facts import RECALL_KINDS
from composer.tokens.fields import DRUM_PITCH_OFFSET, Kind
from composer.tokens.values import tick_in_bar

STRENGTH = 3.0
"""Logits for each field of the next note of the thread."""
_EXACT = 1 + RECALL_KINDS.index("exact")
_NO_SEMITONES = 12

Place = tuple[int, int, int]
"""Tick in the bar, place of the part in the score, pitch: the order of notes."""


class RecalledBar:
    """Follows all the bars of a piece."""

    def __init__(self, setting: Setting) -> None:
        self.grammar = setting.grammar
        self.bars: list[list[list[int]]] = []
        """The note rows of each bar."""
        self.thread: list[tuple[Place, list[int]]] = []

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        if row[0] == Kind.BAR:
            self.bars.append([])
            self.thread = []
        elif row[0] == Kind.PLAN:
            self.thread = self._recalled(row)
        elif row[0] == Kind.NOTE:
            self.bars[-1].append(row)

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        if not self.thread:
            return None
        following = self._next()
        match next_field(row):
            case None:
                kind = Kind.BAR if following is None else Kind.NOTE
                return only("kind", kind, STRENGTH)
            case Kind.NOTE, name if name != "accent":
                if following is not None and row[1:] == following[1 : len(row)]:
                    return only(name, following[len(row)], STRENGTH)
        return None

    def _recalled(self, plan: list[int]) -> list[tuple[Place, list[int]]]:
        """The notes of the bar that is recalled, in order, where the plan names one."""
        distance, kind, semitones = plan[1] - 1, plan[2], plan[3] - _NO_SEMITONES
        if kind <= _EXACT or not 0 < distance < len(self.bars):
            return []
        moved = [_moved(row, semitones if plan[3] else 0) for row in self.bars[-1 - distance]]
        can_play = set(self.grammar.order) - self.grammar.silent
        return [(self._place(row), row) for row in moved if row[3] in can_play]

    def _place(self, row: list[int]) -> Place:
        return tick_in_bar(row), self.grammar.order[row[3]], row[4]

    def _next(self) -> list[int] | None:
        """The first note of the thread behind what stands in the bar."""
        grammar = self.grammar
        here = (grammar.tick, grammar.last_part, grammar.last_pitch)
        return next((row for place, row in self.thread if place > here), None)


def _moved(row: list[int], semitones: int) -> list[int]:
    if not semitones or row[4] >= DRUM_PITCH_OFFSET:
        return row
    pitch = row[4] + semitones
    return [*row[:4], max(0, min(DRUM_PITCH_OFFSET - 1, pitch)), *row[5:]]
