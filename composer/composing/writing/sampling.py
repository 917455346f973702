"""Write rows: a model's logits, the grammar's masks, what is given, and chance.

Given fields are clamped, free ones are sampled: that is the whole of composing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from composer.composing.leans.all_leans import LEANS, OF_SKETCHES, Leans
from composer.composing.leans.lean import NAMED, Setting
from composer.composing.leans.part_statistics import Register
from composer.errors import RequestError
from composer.model.runtime import Runtime
from composer.music.facts import Recall
from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.tokens.fields import (
    COLUMNS,
    FARTHEST_RECALL,
    FIELD_SIZES,
    HEADER_KINDS,
    LEADING_ROWS,
    ROW_FIELDS,
    Kind,
    Mark,
)
from composer.tokens.grammar import Grammar, empty_row
from composer.tokens.values import recall_values

Floats = NDArray[np.float64]
Rows = NDArray[np.int16]
RowList = list[list[int]]

KEPT_SHARE, SKETCH_SHARE = 0.6, 0.25
"""How much of the context the latest bars may fill when the window slides on, and the sketch."""

TEMPERATURE, MIN_P = 1.0, 0.05
"""Chances as the model learned them, but for values less likely than 5 % of the likeliest."""

HOTTEST = 100.0
"""The temperature at which chance alone is left; numbers fail far beyond it."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How freely to choose. `min_p` rules out values less likely than this share of the likeliest
    one; it keeps rare but right values that `top_p` (nucleus, Holtzman et al. 2019) cuts off.
    `without` names leans to be left out (`composer.composing.leans.all_leans`), to measure them.
    """

    temperature: float = TEMPERATURE
    top_p: float = 1.0
    min_p: float = MIN_P
    without: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not 0 < self.temperature <= HOTTEST:
            raise RequestError(
                f"temperature {self.temperature:g} is not possible; "
                f"give one above 0, up to {HOTTEST:g}"
            )
        if not 0 < self.top_p <= 1:
            raise RequestError(f"top-p {self.top_p} is not possible; give one in 0..1, above 0")
        if not 0 <= self.min_p < 1:
            raise RequestError(f"min-p {self.min_p} is not possible; give one in 0..1, below 1")

    def plain(self) -> dict[str, float]:
        """The three numbers, for JSON."""
        return {"temperature": self.temperature, "top_p": self.top_p, "min_p": self.min_p}


AS_LEARNED = Chance(temperature=1.0, min_p=0.0)
"""For plans of bars: with the hand that writes clean notes, half the bars of a hymn came back."""


def quiet(done: int, total: int) -> None:
    """Progress that is not shown."""


RECALLED = {
    recall_values(Recall(distance, "exact"))[:2]: distance
    for distance in range(1, FARTHEST_RECALL + 1)
}
"""Distance and kind of recall of a plan -> how many bars back the bar is that returns unchanged."""

PartRow = tuple[int, int, int]


class Stream(NamedTuple):
    """One reading of the rows: its weight, and the fields that it reads otherwise."""

    weight: float
    fields: dict[tuple[Kind, str], int]


@dataclass(frozen=True, slots=True)
class Given:
    """The fields that are already filled in.

    `fields` hold in every row of their kind, the field values of `composer.tokens.values`;
    `parts` are the rows of all parts (part, program, role; None where one of these is free), or
    empty to leave even their number free.
    `tilts` lean on free fields: added to the logits of a field's values. `ranks` lean up (or down,
    below 0) among the values of fields that have an order, see `rank_tilt`. `keeps_key` says that
    the key is a wish about the notes.
    `allowed` are the values that a free field may take.
    `bars` are fields of single bars (index from 0), before `fields`; `copied_bars` are copied from
    earlier bars. The logits of several `streams` are mixed by their weights. `registers` are where
    parts (part fields) are to lie.
    """

    fields: dict[tuple[Kind, str], int] = field(default_factory=dict)
    parts: tuple[PartRow, ...] = ()
    tilts: dict[tuple[Kind, str], Floats] = field(default_factory=dict)
    ranks: dict[tuple[Kind, str], float] = field(default_factory=dict)
    keeps_key: bool = False
    allowed: dict[tuple[Kind, str], NDArray[np.bool_]] = field(default_factory=dict)
    bars: dict[int, dict[tuple[Kind, str], int]] = field(default_factory=dict)
    copied_bars: dict[int, int] = field(default_factory=dict)
    streams: tuple[Stream, ...] = ()
    registers: dict[int, Register] = field(default_factory=dict)
    keeps_chords: bool = False
    """Whether the chords are the request's own, not the model's sketch."""


class Window(NamedTuple):
    """At which bar (from 1) the model began afresh, since its context was full, and the first bar
    of those that it has read since."""

    bar: int
    first_bar: int


class Ask(NamedTuple):
    """What a writer must know to go on: the logits of the next field of `row`.

    `unread` are the rows to be read first, behind those read before, or `afresh` without them.
    """

    row: list[int]
    unread: list[list[int]]
    afresh: bool


class There(NamedTuple):
    """Rows that are there before a writer begins: the header of a piece, its bars before those to
    be written, and a given block ("given" to "write" mark). `sketch` has the bar, plan and chord
    rows of every bar, which then hold.
    """

    header: Sequence[list[int]] = ()
    before: Sequence[list[int]] = ()
    block: Sequence[list[int]] = ()
    sketch: Sequence[RowList] = ()


NOTHING = There()


class Writer:
    """Writes one piece, or some bars of one, row by row."""

    def __init__(
        self,
        model: Runtime,
        grammar: Grammar,
        given: Given,
        chance: Chance,
        random: np.random.Generator,
        there: There = NOTHING,
    ) -> None:
        self.model, self.grammar, self.given = model, grammar, given
        self.chance, self.random = chance, random
        self.given_fields = dict(given.fields)
        self.streams = given.streams or (Stream(1.0, {}),)
        self.header = [empty_row(Kind.PAD)] * LEADING_ROWS + list(there.header)
        self.body, self.rows_before = list(there.before), len(there.before)
        self.block, self.sketch = list(there.block), there.sketch
        self.bar_at = [place for place, row in enumerate(self.body) if row[0] == Kind.BAR]
        """Where in the body, the rows behind the header, each bar begins."""
        self.windows: list[Window] = []
        self.written: list[list[int]] = []
        self.bar_is_complete = False
        density = Kind.PLAN, "density"
        setting = Setting(
            grammar,
            densities={bar: of[density] for bar, of in given.bars.items() if density in of},
            copied_bars=given.copied_bars,
            keeps_key=given.keeps_key,
            chords_are_given=given.keeps_chords or bool(grammar.chords and not there.sketch),
            registers=given.registers,
        )
        without = LEANS.keys() - OF_SKETCHES if grammar.is_sketch else chance.without
        self.leans = Leans(setting, (*there.header, *there.before), without)
        self.unread = self._window()
        self.read = 0
        """How many rows the model has read since it began, or began afresh."""

    def rows(self, progress: Callable[[int, int], None] = quiet) -> Generator[Ask, Floats, Rows]:
        """The rows that are new, to the end mark; shape (rows, COLUMNS).

        Every question is to be answered with the mixed logits (values of the field,) of
        `composer.composing.writing.batch`. `progress(bars done, bars in all)` is called before each
        bar and at the end.
        """
        while not self.grammar.ended:
            row = yield from self._row()
            if row[0] in (Kind.BAR, Kind.MARK):
                progress(self.grammar.bar + 1, self.grammar.until)
            self._take(row)
            if row[0] == Kind.PLAN and (repeated := self._repeated_bar(row)) is not None:
                self._copy(repeated)
        return np.array(self.written, dtype=np.int16)

    def _take(self, row: list[int]) -> None:
        self.grammar.advance(row)
        self.leans.advance(row)
        self.bar_is_complete = False
        self.written.append(row)
        if row[0] == Kind.BAR:
            self.bar_at.append(len(self.body))
        (self.header if row[0] in HEADER_KINDS else self.body).append(row)
        self.unread.append(row)
        self._hold_steady(row)

    def _repeated_bar(self, plan: list[int]) -> int | None:
        """The bar that this one is an exact repeat of, by the given form or by its own plan.

        A plan decides nothing about a bar of which something is given, nor how a piece ends.
        """
        bar = self.grammar.bar
        if bar in self.given.copied_bars:
            return self.given.copied_bars[bar]
        distance = RECALLED.get((plan[1], plan[2]))
        chords_are_free = not self.given.keeps_chords and (self.sketch or not self.grammar.chords)
        is_free = not self.block and chords_are_free and bar + 1 < self.grammar.bars
        return bar - distance if distance is not None and is_free else None

    def _copy(self, bar: int) -> None:
        """An exact repeat is copied, not written again."""
        for row in self._bar_rows(bar):
            if self._fits(row):
                self._take(row)
        self.bar_is_complete = True

    def _fits(self, row: list[int]) -> bool:
        used = range(1 + len(ROW_FIELDS[Kind(row[0])]))
        return all(self.grammar.allowed(row[:column])[row[column]] for column in used)

    def _bar_rows(self, bar: int) -> list[list[int]]:
        """What stands in a bar behind its plan."""
        return self.body[self.bar_at[bar] + 2 : [*self.bar_at, len(self.body)][bar + 1]]

    def _hold_steady(self, row: list[int]) -> None:
        """A meter, key and tempo chosen for the piece hold in all its bars."""
        if row[0] == Kind.FORM:
            for name in ("meter", "key", "tempo"):
                value = row[1 + ROW_FIELDS[Kind.FORM].index(name)]
                self.given_fields.setdefault((Kind.BAR, name), value)

    def _row(self) -> Generator[Ask, Floats, list[int]]:
        row: list[int] = []
        while len(row) < COLUMNS:
            if row and len(row) > len(NAMED[row[0]]):
                return [*row, *(0,) * (COLUMNS - len(row))]
            value = self._given_value(row)
            if value is None:
                allowed = self._allowed(row)
                choices = allowed.nonzero()[0]
                if len(choices) == 1:
                    value = int(choices[0])
                else:
                    later = self._behind_chord(row)
                    wider = allowed if later is None else allowed | later
                    value = self._choose((yield self._ask(row)), wider, row)
                    if not allowed[value]:
                        row = [Kind.CHORD]
                        continue
            row.append(value)
        return row

    def _behind_chord(self, row: list[int]) -> NDArray[np.bool_] | None:
        """Beats, or positions, of a note that could only begin behind a chord that must come; None
        for other fields, and where none must.

        Who chooses one has done with what stands before the chord. Were they ruled out, their
        chances would go to haste just before it.
        """
        if not self.grammar.pending or row[:1] != [Kind.NOTE] or len(row) > 2:
            return None
        _, beat, position, *_ = self.grammar.pending[0]
        if len(row) == 1:
            beats = np.arange(FIELD_SIZES["beat"])
            inside = beats * GRID_TICKS_PER_QUARTER < self.grammar.bar_ticks
            return (beats >= beat + (position > 0)) & inside
        return (np.arange(FIELD_SIZES["position"]) >= position) & (row[1] == beat)

    def _ask(self, row: list[int]) -> Ask:
        """All rows so far, those that are new to be read; from the window on if it is full."""
        afresh = self.read + len(self.unread) >= self.model.shape.context
        if afresh:
            self.unread, self.read = self._window(), 0
            first = bisect_right(self.bar_at, self._window_start()) - 1
            self.windows.append(Window(self.grammar.bar + 1, 1 + max(0, first)))
        ask = Ask(row, self.unread, afresh)
        self.read += len(self.unread)
        self.unread = []
        return ask

    def _given_value(self, row: list[int]) -> int | None:
        if not row:
            return self._given_kind()
        kind, name = NAMED[row[0]][len(row) - 1]
        if kind == Kind.PART and self.given.parts:
            return self.given.parts[len(self.grammar.parts)][len(row) - 1]
        if kind in (Kind.BAR, Kind.PLAN):
            bar = self.grammar.bar + (kind == Kind.BAR)
            if self.sketch:
                return self.sketch[bar][int(kind == Kind.PLAN)][len(row)]
            here = self.given.bars.get(bar, {}).get((kind, name))
            if here is not None:
                return here
        return self.given_fields.get((kind, name))

    def _given_kind(self) -> int | None:
        grammar = self.grammar
        if grammar.last_kind in (Kind.FORM, Kind.PART) and self.given.parts:
            after = Kind.MARK if grammar.is_sketch else Kind.BAR
            return Kind.PART if len(grammar.parts) < len(self.given.parts) else after
        if self.bar_is_complete:
            return Kind.BAR if grammar.bar + 1 < grammar.until else Kind.MARK
        return None

    def _allowed(self, row: list[int]) -> NDArray[np.bool_]:
        allowed = self.grammar.allowed(row)
        if row:
            wanted = self.given.allowed.get(NAMED[row[0]][len(row) - 1])
            if wanted is not None and (allowed & wanted).any():
                return allowed & wanted
        return allowed

    def _choose(self, logits: Floats, allowed: NDArray[np.bool_], row: list[int]) -> int:
        if not row and self.grammar.pending:
            logits = logits.copy()  # a bar that is complete can still get its chord
            done = [Kind.CHORD, Kind.BAR, Kind.MARK]
            logits[Kind.CHORD] = np.logaddexp.reduce(logits[done])
        if row:
            name = NAMED[row[0]][len(row) - 1]
            tilt, rank = self.given.tilts.get(name), self.given.ranks.get(name)
            logits = logits if rank is None else logits + rank_tilt(logits, allowed, rank)
            logits = logits if tilt is None else logits + tilt
        logits = self.leans.added(logits, allowed, row)
        is_plan = bool(row) and row[0] in (Kind.BAR, Kind.PLAN)
        chance = AS_LEARNED if is_plan else self.chance
        choices = allowed.nonzero()[0]
        return int(choices[sample(logits[choices], chance, self.random)])

    def _window(self) -> list[list[int]]:
        """Header, given block and as many of the latest bars as fill a part of the context."""
        start = self._window_start()
        if self.sketch:
            first = bisect_left(self.bar_at, start)
            return self.header + self._sketch_block(first) + self.body[start:]
        split = max(start, self.rows_before)
        return self.header + self.body[start:split] + self.block + self.body[split:]

    def _window_start(self) -> int:
        """Where in the body the latest bars that fit begin, or rows of a bar that is too long."""
        context, rows = self.model.shape.context, len(self.body)
        room = int(context * KEPT_SHARE) - len(self.header) - len(self.block)
        if self.sketch:
            room -= int(context * SKETCH_SHARE) // 2
        place = bisect_left(self.bar_at, rows - room)
        return self.bar_at[place] if place < len(self.bar_at) else max(0, rows - max(room, 1))

    def _sketch_block(self, first: int) -> list[list[int]]:
        """The sketch from a bar on, as far as its share of the context goes."""
        room = int(self.model.shape.context * SKETCH_SHARE)
        rows: list[list[int]] = []
        for of_bar in self.sketch[first:]:
            if len(rows) + len(of_bar) > room:
                break
            rows += of_bar
        return [empty_row(Kind.MARK, Mark.SKETCH), *rows, empty_row(Kind.MARK, Mark.WRITE)]


def rank_tilt(logits: Floats, allowed: NDArray[np.bool_], strength: float) -> Floats:
    """A lean on values in order that is `strength` at the top of their distribution, -`strength` at
    the bottom and 0 in its middle: how far it moves is up to how far the values spread."""
    chances = np.exp(np.where(allowed, logits - logits[allowed].max(), -np.inf))
    chances /= chances.sum()
    middles = np.cumsum(chances) - chances / 2
    tilt: Floats = strength * (2.0 * middles - 1.0)
    return tilt


def sample(logits: Floats, chance: Chance, random: np.random.Generator) -> int:
    """One value: softmax at a temperature, cut by min-p, then by top-p."""
    scaled = (logits - logits.max()) / chance.temperature
    weights = np.exp(scaled)
    weights[weights < chance.min_p] = 0.0
    if chance.top_p < 1.0:
        order = np.argsort(-weights)
        before = np.cumsum(weights[order]) - weights[order]
        weights[order[before >= chance.top_p * weights.sum()]] = 0.0
    cumulative = weights.cumsum()
    return int(cumulative.searchsorted(random.random() * cumulative[-1], side="right"))
