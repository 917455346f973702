"""Grammars that also know how voices may move, and one that may only choose pitches.

The rules are those of the chorale as textbooks teach it (Piston, "Harmony"; Huron, "Tone and
Voice", Music Perception 19, 2001, on why): they rule pitches out while a row is sampled. Where
they would leave nothing, the less important ones give way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from composer.music.comfortable import is_chordal
from composer.music.lengths import LENGTHS_TICKS
from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.music.playable import has_room
from composer.tokens.fields import FIELD_SIZES, Kind, column_of
from composer.tokens.grammar import Grammar
from composer.tokens.part_state import Allowed, PartState
from composer.tokens.values import both_hands_of, tick_in_bar

_PITCHES = np.arange(FIELD_SIZES["pitch"])
_PERFECT = (0, 7)
_WIDEST_STEP, _OCTAVE = 9, 12
"""Semitones: a voice moves by a major sixth at most, or by an octave."""


class Rules(NamedTuple):
    """Which rules hold. Parts are in score order, the highest voice first.

    `parallels`: no two parts move from one perfect fifth, octave or unison to another;
    `crossing`: no part goes above one before it; `under`: none above the first; `leaps`: no
    sevenths, nothing beyond an octave; `lines`: who does not accompany with chords has one note at
    a time, strings too; `full`: who writes lines sings on every beat on which a given part does,
    and not before it. Notes begin only at `positions` of a beat (grid ticks), anywhere if there are
    none.
    """

    parallels: bool = False
    crossing: bool = False
    leaps: bool = False
    lines: bool = False
    full: bool = False
    under: bool = False
    positions: frozenset[int] = frozenset()

    @property
    def about_pitch(self) -> bool:
        return self.parallels or self.crossing or self.under or self.leaps


NO_RULES = Rules()
CHORALE = Rules(parallels=True, crossing=True, leaps=True, lines=True, full=True)
LINES = Rules(lines=True)
ACCOMPANIMENT = Rules(lines=True, under=True)


class _Heard(NamedTuple):
    start_tick: int
    end_tick: int
    pitch: int


class _OneAtATime(PartState):
    """A part of a grammar that is silent before it begins another note."""

    def free(self, tick: int) -> Allowed:
        free = super().free(tick)
        free[:] &= bool(self.sounding_until.max() <= tick)
        return free


class RuledGrammar(Grammar):
    """A grammar with rules. `beside` are the note rows, by bar, of parts that are given."""

    def __init__(
        self,
        bars: int,
        rules: Rules = NO_RULES,
        beside: Mapping[int, Sequence[list[int]]] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(bars, **more)
        self.rules = rules
        self.beside = beside or {}
        self.heard: dict[int, list[_Heard]] = {}
        """The notes of each part by its place, those beside to the end of the bar."""
        self.beats_sung: list[int] = []

    def advance(self, row: list[int]) -> None:
        super().advance(row)
        if row[0] == Kind.PART and self.rules.lines:
            part = self.parts[-1]
            if not is_chordal(part.instrument) and not part.instrument.is_drums:
                self.parts[-1] = _OneAtATime(part.value, part.instrument, part.semitones)
        elif row[0] == Kind.BAR:
            for note in self.beside.get(self.bar, ()):
                self._hear(note)
            self.beats_sung = self._beats_sung()
        elif row[0] == Kind.NOTE:
            self._hear(row)

    def _beats_sung(self) -> list[int]:
        """Ticks of this bar: beats on which a given part sounds, and where one begins."""
        given = [
            note
            for order, notes in self.heard.items()
            if self.parts[order].value in self.silent
            for note in notes
            if note.end_tick > self.bar_start_tick
        ]
        beats = range(0, self.bar_ticks, GRID_TICKS_PER_QUARTER)
        sung = {
            beat
            for beat in beats
            for n in given
            if n.start_tick <= self.bar_start_tick + beat < n.end_tick
        }
        onsets = {tick_in_bar(row) for row in self.beside.get(self.bar, ())}
        ticks = sorted(sung | onsets) if self.bar in self.beside else []
        return [tick for tick in ticks if self._may_begin(tick)]

    def _may_begin(self, tick: int) -> bool:
        return not self.rules.positions or tick % GRID_TICKS_PER_QUARTER in self.rules.positions

    def _hear(self, row: list[int]) -> None:
        start = self.bar_start_tick + tick_in_bar(row)
        note = _Heard(start, start + LENGTHS_TICKS[row[5]], row[4])
        self.heard.setdefault(self.order[row[3]], []).append(note)

    def _missing(self) -> tuple[int, int]:
        """(tick in the bar, place of the part) of the next note without which a part would rest
        while given parts sound; behind the bar where none is missing."""
        nobody = self.bar_ticks, len(self.parts)
        if not self.rules.full:
            return nobody
        singers = [
            (order, int(part.sounding_until.max()) - self.bar_start_tick)
            for order, part in enumerate(self.parts)
            if part.value not in self.silent and isinstance(part, _OneAtATime)
        ]
        return min(
            (
                (tick, order)
                for tick in self.beats_sung
                for order, until in singers
                if until <= tick and (tick, order) > (self.tick, self.last_part)
            ),
            default=nobody,
        )

    def _kinds_in_bar(self) -> list[Kind]:
        kinds = super()._kinds_in_bar()
        tick, _ = self._missing()
        if tick == self.bar_ticks or Kind.NOTE not in kinds:
            return kinds
        chord_tick = tick_in_bar(self.pending[0]) if self.pending else self._first_chord_tick()
        too_early = (Kind.BAR, Kind.MARK, *[Kind.CHORD] * (chord_tick > tick))
        return [kind for kind in kinds if kind not in too_early]

    def _notes_before_tick(self) -> int:
        return min(super()._notes_before_tick(), self._missing()[0] + 1)

    def _find_note_ticks(self) -> Allowed:
        ticks = super()._find_note_ticks()
        if self.rules.full and self.beside.get(self.bar) is not None:
            ticks[: min(self.beats_sung, default=self.bar_ticks)] = False
        if self.rules.positions:
            positions = np.arange(self.bar_ticks) % GRID_TICKS_PER_QUARTER
            ticks &= np.isin(positions, [*self.rules.positions])
        return ticks

    def _chord_beat(self, row: list[int]) -> Allowed:
        allowed = super()._chord_beat(row)
        missing = self._missing()[0]
        return allowed & self._beats(0, missing + 1) if missing < self.bar_ticks else allowed

    def _chord_position(self, row: list[int]) -> Allowed:
        allowed = super()._chord_position(row)
        missing = self._missing()[0]
        return allowed & self._positions(row[1], 0, missing + 1)

    def _note_part(self, row: list[int]) -> Allowed:
        allowed = super()._note_part(row)
        tick, last = self._missing()
        if tick_in_bar(row) == tick:
            for part in self.parts[last + 1 :]:
                allowed[part.value] = False
        return allowed

    def _free_here(self, order: int) -> Allowed:
        """A chord that has grown up to the part above it is complete."""
        free = super()._free_here(order)
        if (self.rules.crossing or self.rules.under) and order == self.last_part:
            within = free & self._within(order, self.bar_start_tick + self.tick)
            return free if within.any() else within
        return free

    def _free_pitches(self, row: list[int], order: int) -> Allowed:
        free = super()._free_pitches(row, order)
        if not self.rules.about_pitch or self.parts[order].instrument.is_drums or not free.any():
            return free
        tick = self.bar_start_tick + tick_in_bar(row)
        parallels = self._without_parallels(order, tick)
        for ruled in (free & parallels & self._within(order, tick), free & parallels):
            if ruled.any():
                return ruled
        return free

    def _note_length(self, row: list[int]) -> Allowed:
        """No longer than until a given part crosses, if there is such a length."""
        allowed = super()._note_length(row)
        order, tick = self.order[row[3]], self.bar_start_tick + tick_in_bar(row)
        crossing = [
            note.start_tick
            for other, note in self._to_come(tick)
            if (self.rules.crossing or (self.rules.under and other == 0))
            and not self._are_hands(order, other)
            and (row[4] - note.pitch) * (order - other) > 0
        ]
        short = allowed.copy()
        short[: len(LENGTHS_TICKS)] &= np.less_equal(
            LENGTHS_TICKS, min(crossing, default=max(LENGTHS_TICKS) + tick) - tick
        )
        return short if short.any() else allowed

    def _to_come(self, tick: int) -> Iterator[tuple[int, _Heard]]:
        """The given notes of this bar and the next that begin behind a tick, with their parts."""
        for order, notes in self.heard.items():
            yield from ((order, note) for note in notes if note.start_tick > tick)
        for row in self.beside.get(self.bar + 1, ()):
            start = self.bar_start_tick + self.bar_ticks + tick_in_bar(row)
            yield self.order[row[3]], _Heard(start, start + LENGTHS_TICKS[row[5]], row[4])

    def _within(self, order: int, tick: int) -> Allowed:
        """Pitches between the neighbours and in reach of the part's last one."""
        low, high = 0, FIELD_SIZES["pitch"]
        if self.rules.crossing or self.rules.under:
            for other, notes in self.heard.items():
                if (other > 0 and not self.rules.crossing) or self._are_hands(order, other):
                    continue
                sounding = [n.pitch for n in notes if n.start_tick <= tick < n.end_tick]
                if sounding and other < order:
                    high = min(high, *sounding)
                elif sounding and other > order:
                    low = max(low, *sounding)
        within = (low <= _PITCHES) & (high >= _PITCHES)
        last = self._before(order, tick)
        if self.rules.leaps and last is not None:
            leap = abs(_PITCHES - last)
            within &= (leap <= _WIDEST_STEP) | (leap == _OCTAVE)
        return within

    def _are_hands(self, order: int, other: int) -> bool:
        """Whether two parts are one player's hands, which may cross and go in parallels."""
        one, two = self.parts[order].value, self.parts[other].value
        return one != two and both_hands_of(one) == both_hands_of(two)

    def _without_parallels(self, order: int, tick: int) -> Allowed:
        allowed = np.ones(FIELD_SIZES["pitch"], dtype=bool)
        own = self._before(order, tick)
        if not self.rules.parallels or own is None:
            return allowed
        for other, notes in self.heard.items():
            before = self._before(other, tick)
            now = [n.pitch for n in notes if n.start_tick == tick]
            if other == order or self._are_hands(order, other):
                continue
            if before is None or len(now) != 1 or now[0] == before:
                continue
            interval = abs(own - before) % 12
            if interval in _PERFECT:
                allowed &= (abs(_PITCHES - now[0]) % 12 != interval) | (own == _PITCHES)
        return allowed

    def _before(self, order: int, tick: int) -> int | None:
        """The pitch that a part sang last before a tick; None where it is a chord or none."""
        earlier = [n for n in self.heard.get(order, ()) if n.start_tick < tick]
        if not earlier:
            return None
        last = max(note.start_tick for note in earlier)
        pitches = [note.pitch for note in earlier if note.start_tick == last]
        return pitches[0] if len(pitches) == 1 else None


class RhythmGrammar(RuledGrammar):
    """Only pitches are free: `rhythm` are the note rows of each bar, in order."""

    def __init__(self, bars: int, rhythm: Mapping[int, Sequence[list[int]]], **more: Any) -> None:
        super().__init__(bars, **more)
        self.rhythm = rhythm
        self.notes: list[list[int]] = []
        """The notes of this bar that still want a pitch."""

    def advance(self, row: list[int]) -> None:
        super().advance(row)
        if row[0] == Kind.BAR:
            self.notes = list(self.rhythm.get(self.bar, ()))
        elif row[0] == Kind.NOTE:
            self.notes = self.notes[1:]

    def _kinds_in_bar(self) -> list[Kind]:
        kinds = [Kind.DYNAMICS] * (Kind.DYNAMICS in super()._kinds_in_bar())
        chord_may_come = self._first_chord_tick() < self._chords_before_tick()
        if self.pending and chord_may_come:
            return [Kind.CHORD]
        if self.with_chords and chord_may_come:
            kinds.append(Kind.CHORD)
        if self.notes:
            return [*kinds, Kind.NOTE]
        return [*kinds, Kind.BAR if self.bar + 1 < self.until else Kind.MARK]

    def _chords_before_tick(self) -> int:
        """A chord stands before the notes of its tick, and those that come are known."""
        here = self.pending[0] if self.pending else None
        until = tick_in_bar(self.notes[0]) + 1 if self.notes else self.bar_ticks
        return until if here is None or tick_in_bar(here) < until else 0

    def _chord_beat(self, row: list[int]) -> Allowed:
        if self.pending:
            return super()._chord_beat(row)
        return self._beats(self._first_chord_tick(), self._chords_before_tick())

    def _chord_position(self, row: list[int]) -> Allowed:
        if self.pending:
            return super()._chord_position(row)
        return self._positions(row[1], self._first_chord_tick(), self._chords_before_tick())

    def _note_beat(self, row: list[int]) -> Allowed:
        return self._given("beat")

    def _note_position(self, row: list[int]) -> Allowed:
        return self._given("position")

    def _note_part(self, row: list[int]) -> Allowed:
        return self._given("part")

    def _note_length(self, row: list[int]) -> Allowed:
        return self._given("length")

    def _given(self, name: str) -> Allowed:
        allowed = np.zeros(FIELD_SIZES[name], dtype=bool)
        allowed[self.notes[0][column_of(Kind.NOTE, name)]] = True
        return allowed

    def _note_pitch(self, row: list[int]) -> Allowed:
        """A free pitch that leaves playable ones for the rest of a chord; else its own."""
        order = self.order[row[3]]
        part, tick = self.parts[order], self.bar_start_tick + tick_in_bar(row)
        together = [note for note in self.notes if note[1:4] == self.notes[0][1:4]]
        above = self.last_pitch if order == self.last_part and tick_in_bar(row) == self.tick else -1
        free = part.pitches & (part.sounding_until <= tick)
        free[: above + 1] = False
        usable = np.flatnonzero(free)
        free[usable[len(usable) - len(together) + 1 :]] = False
        playable = free & _with_room(part, tick, len(together) - 1)
        ruled = playable & self._without_parallels(order, tick) & self._within(order, tick)
        found = (pitches for pitches in (ruled, playable, free) if pitches.any())
        return next(found, self._given("pitch"))


def _with_room(part: PartState, tick: int, more: int) -> Allowed:
    """The free pitches of a part above which its player can strike so many more."""
    free = part.free(tick)
    struck, held = part.heard(tick)
    for pitch in np.flatnonzero(free):
        chord = (*struck, int(pitch) + part.above_field)
        free[pitch] = has_room(part.instrument, chord, tuple(held), more)
    return free
