"""A draft on which spans of bars are written, one after another: what all partner verbs share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from composer.composing.asking.fields_asked import style_fields, turned_fields
from composer.composing.asking.request import MOST_BARS, Request
from composer.composing.verbs.draft import (
    Draft,
    RowList,
    RowsOfBars,
    draft_of,
    source_bars,
    with_new_notes,
    with_new_pitches,
    with_seats,
)
from composer.composing.writing.batch import write_all
from composer.composing.writing.sampling import Chance, Floats, Given, There, Writer
from composer.composing.writing.voice_leading import NO_RULES, RhythmGrammar, RuledGrammar, Rules
from composer.composing.writing.weights import load_weights, new_seed
from composer.music.bars import bars_of
from composer.music.piece import GRID_TICKS_PER_QUARTER, Part, Piece
from composer.tokens.decode import decode
from composer.tokens.fields import PART_VALUES, UNKNOWN, Kind, Mark, column_of
from composer.tokens.grammar import Grammar, empty_row
from composer.tokens.transpose import transposed
from composer.tokens.values import both_hands_of, part_values, tick_in_bar

LONGEST_SPAN = 8
"""Bars written at a time between what is given, as in training."""
LONGEST_AFTER = 8
NEIGHBOURS = 4
"""Bars on either side that say how busy the bars between them should be."""
GIVEN_CONTEXT_SHARE = 0.5
"""How much of the context a given block may take; bars behind are left out until it fits."""

LONGEST_SILENCE = 4
"""Bars: a part that is to play and rests so long while others play is written again."""
MOST_ATTEMPTS = 4

_RARELY = 0.02
"""A place in the beat where fewer of a piece's notes begin is none for new ones."""

NOTHING_ASKED = Request(bars=MOST_BARS)

Progress = Callable[[int, int], None]
Rows = NDArray[np.int16]


def quiet(done: int, total: int) -> None:
    """For who wants to hear nothing of the progress."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Where the writing is to go, and how freely: what all partner verbs take.

    Of the request, style (or a blend), mood (or a curve) and guidance turn what is written.
    """

    request: Request = NOTHING_ASKED
    seed: int | None = None
    chance: Chance | None = None
    weights: Path | None = None


class Writing:
    """Writes bars of a draft anew; `draft` is the draft as it is by now.

    `chords` are given chord rows: no others are written. `rules` rule pitches out, and new notes
    begin where in a beat the piece's own do. Each span has a chance of its own, made of the seed,
    its first bar and the attempt.
    """

    def __init__(
        self,
        draft: Draft,
        turn: Turn,
        *,
        chords: RowsOfBars | None = None,
        rules: Rules = NO_RULES,
    ) -> None:
        self.seed = new_seed(turn.seed)
        self.model = load_weights(turn.weights).model
        self.chance = turn.chance or Chance()
        self.chords = chords
        self.rules = rules._replace(positions=usual_positions(draft))
        request = turn.request
        self.given = turned_fields(request)
        style = style_fields(request.style) if request.style else {}
        self.draft = with_fields(draft, {**style, **self.given.fields})

    def rewrite(
        self,
        first: int,
        last: int,
        places: Sequence[int],
        progress: Progress = quiet,
        must_play: Sequence[int] = (),
    ) -> Draft:
        """Write bars first..last (from 0) of the parts anew, at most eight bars at a time.

        A part of `must_play`, or one that plays in these bars by now, is not left silent for four
        bars, nor all of them for one, if a few more attempts can help it.
        """
        for start in range(first, last + 1, LONGEST_SPAN):
            stop = min(start + LONGEST_SPAN - 1, last)
            due = {*must_play, *(p for p in places if self._plays(p, start, stop))} & {*places}
            written = self.fullest(start, stop, places, due)
            self._take(with_new_notes(self.draft, written, start, stop, places))
            progress(stop + 1 - first, last + 1 - first)
        return self.draft

    def repitch(self, first: int, last: int, places: Sequence[int]) -> Draft:
        """Give the notes of bars first..last (at most eight) of the parts other pitches.

        Onsets and lengths stay, and drums.
        """
        values = part_values(with_seats(self.draft.source.parts))
        chosen = {values[p]: p for p in places if not self.draft.source.parts[p].is_drums}
        old = self._notes(range(first, last + 1), self._hands(chosen))
        if not any(old.values()):
            return self.draft
        rows = self.rows(first, last, list(chosen.values()), rhythm=old)
        new = rows[rows[:, 0] == Kind.NOTE, column_of(Kind.NOTE, "pitch")].tolist()
        starts = [bar.start_tick for bar in bars_of(self.draft.grid)]
        places_of_notes = [
            (
                chosen[both_hands_of(part)],
                starts[bar] + beat * GRID_TICKS_PER_QUARTER + position,
                pitch - self.draft.semitones,
            )
            for bar, rows_of_bar in old.items()
            for _, beat, position, part, pitch, *_ in rows_of_bar
        ]
        pitches = dict(zip(places_of_notes, new, strict=True))
        self._take(with_new_pitches(self.draft, pitches))
        return self.draft

    def rows(
        self,
        first: int,
        last: int,
        places: Sequence[int],
        progress: Progress = quiet,
        attempt: int = 0,
        rhythm: RowsOfBars | None = None,
    ) -> Rows:
        """New rows for bars first..last, as high as the piece sounds.

        Without `places` nothing of these bars is there yet and all parts are written. With
        `rhythm` all fields of the notes but their pitches are given.
        """
        draft = self.draft
        values = part_values(with_seats(draft.source.parts))
        writable = self._hands({values[place] for place in places} or values)
        given = self._hands(values) - writable
        before = [row for bar in range(first) for row in self._bar(bar)]
        grammar = self._grammar(
            max(len(draft.bars), last + 1), range(first, last + 1), given, rhythm
        )
        grammar.read([*draft.header, *before])
        grammar.go_on(last + 1, given)
        writer = _SpanWriter(
            self.model,
            grammar,
            self._steady(first, last),
            self.chance,
            np.random.default_rng([self.seed, first, attempt]),
            There(draft.header, before, self._block(first, last, writable) if places else []),
        )
        return transposed(write_all([writer], progress)[0], -draft.semitones)

    def _hands(self, values: Iterable[int]) -> set[int]:
        """The part fields of all hands of some parts, as the header has them."""
        wanted = set(values)
        rows = [row for row in self.draft.header if row[0] == Kind.PART]
        return {row[1] for row in rows if both_hands_of(row[1]) in wanted}

    def _parts_of(self, rows: Rows) -> list[Part]:
        """All parts with the notes of new rows, on grid ticks from the first new bar."""
        values = part_values(with_seats(self.draft.source.parts))
        return [_part_written(self.draft, place, value, rows) for place, value in enumerate(values)]

    def _take(self, source: Piece) -> None:
        fresh = draft_of(source, self.draft.semitones)
        header = [row for row in self.draft.header if row[0] != Kind.PART]
        parts = [row for row in fresh.header if row[0] == Kind.PART]
        self.draft = replace(fresh, header=[*header, *parts])

    def fullest(
        self,
        first: int,
        last: int,
        places: Sequence[int],
        due: Iterable[int],
        progress: Progress = quiet,
    ) -> list[Part]:
        """All parts, their notes of bars first..last on grid ticks from the first of these bars.

        Of a few attempts the first in which those who are due play, or else the fullest.
        """
        best: list[Part] = []
        fewest_silent = 0
        for attempt in range(MOST_ATTEMPTS):
            parts = self._parts_of(self.rows(first, last, places, progress, attempt))
            silent = self._silence([parts[place] for place in due], first, last)
            if not best or silent < fewest_silent:
                best, fewest_silent = parts, silent
            if not silent:
                break
        return best

    def _plays(self, place: int, first: int, last: int) -> bool:
        bars = bars_of(self.draft.grid)
        return _sounds([self.draft.grid.parts[place]], bars[first].start_tick, bars[last].end_tick)

    def _silence(self, parts: Sequence[Part], first: int, last: int) -> int:
        """How many bars these parts rest where they should not: each of them in rests of four bars
        or more, and all of them in a bar that is not silent in the draft.

        Their notes count ticks from the first bar.
        """
        if not parts:
            return 0
        step, bars = self.draft.ticks_per_step, source_bars(self.draft, last + 1)[first:]
        edges = [(bar.start_tick - bars[0].start_tick) // step for bar in bars]
        spans = [*zip(edges, [*edges[1:], edges[-1] + bars[-1].length_ticks // step], strict=True)]
        total = 0
        for part in parts:
            rests = [not _sounds([part], start, end) for start, end in spans]
            runs = [len([*run]) for rest, run in groupby(rests) if rest]
            total += sum(run for run in runs if run >= LONGEST_SILENCE)
        before = self.draft.grid
        for (start, end), bar in zip(spans, bars, strict=True):
            is_new = bar.end_tick > self.draft.source.end_tick
            there = bar.start_tick // step, bar.end_tick // step
            if not _sounds(parts, start, end) and (is_new or _sounds(before.parts, *there)):
                total += 1
        return total

    def _grammar(
        self, bars: int, span: range, given: set[int], rhythm: RowsOfBars | None
    ) -> Grammar:
        draft = self.draft
        how = {"chords": self.chords, "semitones": -draft.semitones}
        inside = range(span.start, min(span.stop, len(draft.bars)))
        beside = self._notes(inside, given)
        if rhythm is not None:
            return RhythmGrammar(bars, rhythm, rules=self.rules, beside=beside, **how)
        return RuledGrammar(bars, self.rules, beside, is_new=True, **how)

    def _notes(self, bars: Iterable[int], parts: Iterable[int]) -> dict[int, RowList]:
        """The note rows of parts (part fields) in each bar."""
        wanted = set(parts)
        column = column_of(Kind.NOTE, "part")
        return {
            bar: [
                row for row in self.draft.bars[bar] if row[0] == Kind.NOTE and row[column] in wanted
            ]
            for bar in bars
        }

    def _bar(self, bar: int) -> RowList:
        """The rows of a bar; where chords are given, those instead of what was heard."""
        rows = self.draft.bars[bar]
        if self.chords is None:
            return rows
        others = [row for row in rows if row[0] != Kind.CHORD]
        return sorted([*others, *self.chords.get(bar, ())], key=_place_in_bar)

    def _steady(self, first: int, last_written: int) -> Given:
        """Meter, key and tempo of each bar: its own, or those of the last bar that is there; and
        as many onsets as the bars around have."""
        names = ("meter", "key", "tempo")
        bars = {}
        pace = self._pace(first, last_written)
        for index in range(first, first + MOST_BARS):
            row = self.draft.bars[min(index, len(self.draft.bars) - 1)][0]
            bars[index] = {(Kind.BAR, name): row[column_of(Kind.BAR, name)] for name in names}
            bars[index] |= pace
            if index >= len(self.draft.bars):
                break
        last = bars[max(bars)]
        turned = {bar: bars.get(bar, {}) | moods for bar, moods in self.given.bars.items()}
        return replace(self.given, bars=bars | turned, fields={**self.given.fields, **last})

    def _pace(self, first: int, last: int) -> dict[tuple[Kind, str], int]:
        """The middle density of the bars around bars first..last: left free, they came out thin."""
        around = self.draft.bars[max(0, first - NEIGHBOURS) : first]
        around += self.draft.bars[last + 1 : last + 1 + NEIGHBOURS]
        column = column_of(Kind.PLAN, "density")
        known = sorted(bar[1][column] for bar in around if bar[1][column] != UNKNOWN)
        return {(Kind.PLAN, "density"): known[len(known) // 2]} if known else {}

    def _block(self, first: int, last: int, writable: set[int]) -> RowList:
        """Given rows: of the bars to be written the other parts, then whole bars behind."""
        context = [
            row
            for bar in self.draft.bars[first : last + 1]
            for row in bar
            if row[0] == Kind.BAR or (_part(row) is not None and _part(row) not in writable)
        ]
        if not any(row[0] != Kind.BAR for row in context):
            context = []
        behind = [self._bar(b) for b in range(len(self.draft.bars))[last + 1 :][:LONGEST_AFTER]]
        room = int(self.model.shape.context * GIVEN_CONTEXT_SHARE) - len(context)
        while behind and sum(map(len, behind)) > room:
            behind.pop()
        if not context and not behind:
            return []
        return [
            empty_row(Kind.MARK, Mark.GIVEN),
            *context,
            *(row for bar in behind for row in bar),
            empty_row(Kind.MARK, Mark.WRITE),
        ]


class _SpanWriter(Writer):
    """Writes a span of a piece that goes on behind it.

    Where a bar is complete the model may expect the next one, though the span ends: both mean
    that nothing more comes in this bar, so their probabilities are added up.
    """

    def _choose(self, logits: Floats, allowed: NDArray[np.bool_], row: list[int]) -> int:
        if not row and allowed[Kind.MARK]:
            logits = logits.copy()
            logits[Kind.MARK] = np.logaddexp(logits[Kind.BAR], logits[Kind.MARK])
        return super()._choose(logits, allowed, row)


def _sounds(parts: Sequence[Part], start_tick: int, end_tick: int) -> bool:
    return any(
        note.onset_tick < end_tick and note.end_tick > start_tick
        for part in parts
        for note in part.notes
    )


def usual_positions(draft: Draft) -> frozenset[int]:
    """Where in a beat the notes of a draft begin, rare places aside; halves of it always."""
    column = column_of(Kind.NOTE, "position")
    counts = Counter(row[column] for bar in draft.bars for row in bar if row[0] == Kind.NOTE)
    usual = {p for p, count in counts.items() if count >= _RARELY * counts.total()}
    return frozenset(usual | {0, GRID_TICKS_PER_QUARTER // 2})


def with_fields(draft: Draft, fields: Mapping[tuple[Kind, str], int]) -> Draft:
    """The draft with header fields replaced by those that are asked for."""
    header = [list(row) for row in draft.header]
    for row in header:
        for (kind, name), value in fields.items():
            if row[0] == kind:
                row[column_of(kind, name)] = value
    return replace(draft, header=header)


def _part(row: list[int]) -> int | None:
    """The part field of a note or a dynamics row."""
    kind = Kind(row[0])
    if kind in (Kind.NOTE, Kind.DYNAMICS):
        return row[column_of(kind, "part")]
    return None


def _place_in_bar(row: list[int]) -> tuple[int, int]:
    """Bar, plan and dynamics first, then by time, a chord before the notes of its tick."""
    if row[0] in (Kind.CHORD, Kind.NOTE):
        return tick_in_bar(row), row[0]
    return -1, row[0]


def _part_written(draft: Draft, place: int, value: int, rows: Rows) -> Part:
    """A part of the draft with the notes of new rows, on grid ticks from the first new bar."""
    header = np.array([empty_row(Kind.PART, value, 1)], dtype=np.int16)
    parts = rows[:, column_of(Kind.NOTE, "part")] % PART_VALUES
    is_other = (rows[:, 0] == Kind.NOTE) & (parts != value)
    written = decode(np.concatenate([header, rows[~is_other]])).parts
    return replace(draft.source.parts[place], notes=written[0].notes if written else ())
