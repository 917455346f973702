"""The order in which the measures of a score are played: repeats, endings, da capo, coda, fine.

As players read them: a section is played twice unless a sign says how often, endings belong to the
passes that they number, and after a da capo or dal segno repeats are not taken again; a movement
begins where measures are counted from the beginning again. Signs that do not add up (an ending that
nobody reaches) count for nothing: the score is read as it is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

MOST_PLAYED = 20_000
_MOST_PASSES = 16


class Signs(NamedTuple):
    """The signs of one measure; `ending` are the passes that play it, none: all."""

    begins_repeat: bool = False
    repeats: int = 0
    ending: frozenset[int] = frozenset()
    begins_ending: bool = False
    jump: str = ""
    is_segno: bool = False
    is_coda: bool = False
    to_coda: bool = False
    is_fine: bool = False
    begins_movement: bool = False


class Played(NamedTuple):
    """A measure (from 0) and in which pass of its section it is played (from 1)."""

    measure: int
    number: int


def play_order(signs: Sequence[Signs]) -> list[Played]:
    """The measures in the order in which they are played."""
    as_printed = [Played(measure, 1) for measure in range(len(signs))]
    if not any(sign != Signs() for sign in signs):
        return as_printed
    played = _Walk(signs).walk()
    missed = set(range(len(signs))) - {one.measure for one in played}
    last = max(one.measure for one in played)
    is_lost = any(not signs[measure].jump and measure < last for measure in missed)
    has_fine = any(sign.is_fine or sign.to_coda for sign in signs)
    return as_printed if missed and (is_lost or not has_fine) else played


class _Walk:
    """A player's eye on the signs."""

    def __init__(self, signs: Sequence[Signs]) -> None:
        self.signs = signs
        self.movement = self.start = 0
        self.number = 1
        self.has_jumped = False
        self.played: list[Played] = []

    def walk(self) -> list[Played]:
        position = 0
        while 0 <= position < len(self.signs) and len(self.played) < MOST_PLAYED:
            position = self._step(position)
        return self.played or [Played(0, 1)]

    def _step(self, position: int) -> int:
        """Play or pass over one measure; where to go on."""
        sign = self.signs[position]
        if sign.begins_movement and position > self.movement:
            self.movement = self.start = position
            self.number, self.has_jumped = 1, False
        if sign.begins_repeat and position != self.start:
            self.start, self.number = position, 1
        if not sign.ending and self.number > 1 and self._is_behind_endings(position):
            self.start, self.number = position, 1
        if sign.ending and not self._is_due(position):
            return position + 1
        self.played.append(Played(position, self.number))
        if self.has_jumped and sign.is_fine:
            return self._next_movement(position)
        if self.has_jumped and sign.to_coda:
            return self._coda(position)
        if sign.repeats and not self.has_jumped and self.number < self._passes(position):
            self.number += 1
            return self.start
        if sign.repeats:
            following = self.signs[position + 1] if position + 1 < len(self.signs) else Signs()
            if not following.ending:
                self.start, self.number = position + 1, 1
        if sign.jump and not self.has_jumped:
            self.has_jumped, self.number = True, 1
            is_from_the_top = sign.jump == "dacapo"
            self.start = self.movement if is_from_the_top else self._segno(position)
            return self.start
        return position + 1

    def _is_due(self, position: int) -> bool:
        ending = self.signs[position].ending
        if not self.has_jumped:
            return self.number in ending
        first = position
        while first and self.signs[first - 1].ending:
            first -= 1
        last = position
        while last + 1 < len(self.signs) and self.signs[last + 1].ending:
            last += 1
        return max(ending) == max(max(self.signs[m].ending) for m in range(first, last + 1))

    def _is_behind_endings(self, position: int) -> bool:
        return position > 0 and bool(self.signs[position - 1].ending) and position > self.start

    def _passes(self, position: int) -> int:
        """How often the section is played that ends here."""
        sign = self.signs[position]
        if not sign.ending:
            return min(sign.repeats, _MOST_PASSES)
        numbers = set(sign.ending)
        for later in self.signs[position + 1 :]:
            if not later.ending:
                break
            numbers |= later.ending
        return min(max(numbers), _MOST_PASSES)

    def _next_movement(self, position: int) -> int:
        later = range(position + 1, len(self.signs))
        return next((m for m in later if self.signs[m].begins_movement), -1)

    def _segno(self, position: int) -> int:
        inside = range(self.movement, position + 1)
        return next((m for m in inside if self.signs[m].is_segno), self.movement)

    def _coda(self, position: int) -> int:
        places = [m for m, sign in enumerate(self.signs) if sign.is_coda and m > position]
        return places[0] if places else position + 1
