"""Composing together: continue, infill, harmonise, vary. One operation, other given fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from composer.composing.compose import load_weights, new_seed, one_thread
from composer.composing.draft import (
    Draft,
    check_bars,
    draft_of,
    lengthened,
    part_places,
    with_new_notes,
)
from composer.composing.given import mood_fields, mood_tilts, style_fields
from composer.composing.request import MOST_BARS
from composer.composing.sampling import Chance, Given, Writer
from composer.errors import RequestError
from composer.music.ensembles import EnsemblePart, find_ensemble
from composer.music.instruments import BY_NAME
from composer.music.moods import find_mood
from composer.music.piece import Part, Piece
from composer.music.styles import find_style
from composer.tokens.decode import decode
from composer.tokens.fields import Kind, Mark, column_of
from composer.tokens.grammar import Grammar, empty_row
from composer.tokens.transpose import transposed
from composer.tokens.values import part_values

LONGEST_SPAN = 8
"""Bars written at a time between what is given, as in training."""
LONGEST_AFTER = 8
GIVEN_CONTEXT_SHARE = 0.5
"""How much of the context a given block may take; bars behind are left out until it fits."""

Progress = Callable[[int, int], None]


def _quiet(done: int, total: int) -> None:
    return


def continue_piece(
    piece: Piece,
    bars: int = 16,
    *,
    style: str = "",
    mood: str = "",
    seed: int | None = None,
    chance: Chance | None = None,
    weights: Path | None = None,
    progress: Progress = _quiet,
) -> Piece:
    """The piece with `bars` bars more, in its own meter, key, tempo and instruments.

    `style` and `mood` may turn it. Its own notes stay exactly as they are; `ticks_per_quarter`
    may become a multiple. Raises RequestError for what cannot be done.
    """
    draft = draft_of(piece)
    total = len(draft.bars) + bars
    if not 1 <= bars <= MOST_BARS - len(draft.bars):
        most = MOST_BARS - len(draft.bars)
        raise RequestError(f"{bars} bars cannot be added; give 1 to {most}")
    longer = lengthened(draft, bars)
    writing = _Writing(longer, style, mood, seed, chance, weights)
    written = writing.write(len(draft.bars), total - 1, [], progress)
    everywhere = list(range(len(piece.parts)))
    return with_new_notes(draft, written, len(draft.bars), total - 1, everywhere)


def infill(
    piece: Piece,
    first_bar: int,
    last_bar: int,
    parts: Sequence[str] = (),
    *,
    style: str = "",
    mood: str = "",
    seed: int | None = None,
    chance: Chance | None = None,
    weights: Path | None = None,
    progress: Progress = _quiet,
) -> Piece:
    """The piece with bars `first_bar`..`last_bar` (from 1) of `parts` (all, if none) written anew.

    Every other note comes back exactly as it was. Raises RequestError if there are no such bars
    or parts.
    """
    draft = draft_of(piece)
    check_bars(draft, first_bar - 1, last_bar - 1)
    places = part_places(draft.source, parts)
    writing = _Writing(draft, style, mood, seed, chance, weights)
    return writing.rewrite(first_bar - 1, last_bar - 1, places, progress).source


def harmonize(
    melody: Piece,
    *,
    ensemble: str = "choir",
    style: str = "",
    mood: str = "",
    seed: int | None = None,
    chance: Chance | None = None,
    weights: Path | None = None,
    progress: Progress = _quiet,
) -> Piece:
    """The notes of the first part of `melody`, with the other seats of an ensemble under them.

    The ensemble's first seat plays the melody, note for note. Raises RequestError if the ensemble
    has no other seat.
    """
    seats = find_ensemble(ensemble).parts
    if len(seats) < 2:
        raise RequestError(f"ensemble {ensemble!r} has no part to write under a melody")
    tune = melody.parts[0]
    lead = replace(_seated(seats[0]), notes=tune.notes)
    draft = draft_of(replace(melody, parts=(lead, *map(_seated, seats[1:]))))
    writing = _Writing(draft, style, mood, seed, chance, weights)
    places = list(range(1, len(seats)))
    return writing.rewrite(0, len(draft.bars) - 1, places, progress).source


def vary(
    piece: Piece,
    strength: float,
    *,
    keep: Sequence[str] = (),
    style: str = "",
    mood: str = "",
    seed: int | None = None,
    chance: Chance | None = None,
    weights: Path | None = None,
    progress: Progress = _quiet,
) -> Piece:
    """A share `strength` (0..1) of the bars written anew: 0 the piece itself, 1 all of it.

    With one seed the bars changed at a smaller strength are among those at a larger one. Parts
    named in `keep` stay. Raises RequestError for a strength beyond 0..1.
    """
    if not 0 <= strength <= 1:
        raise RequestError(f"strength {strength} is not possible; give one in 0..1")
    draft = draft_of(piece)
    kept = part_places(draft.source, keep) if keep else []
    places = [place for place in range(len(piece.parts)) if place not in kept]
    if not places:
        raise RequestError("all parts are kept; leave at least one to vary")
    writing = _Writing(draft, style, mood, seed, chance, weights)
    order = np.random.default_rng(writing.seed).permutation(len(draft.bars))
    chosen = sorted(order[: round(strength * len(draft.bars))].tolist())
    done = 0
    for first, last in _runs(chosen):
        writing.rewrite(first, last, places, _quiet)
        done += last - first + 1
        progress(done, len(chosen))
    return writing.draft.source if chosen else piece


class _Writing:
    """A draft on which spans of bars are written, one after another."""

    def __init__(
        self,
        draft: Draft,
        style: str,
        mood: str,
        seed: int | None,
        chance: Chance | None,
        weights: Path | None,
    ) -> None:
        self.seed = new_seed(seed)
        self.model = load_weights(weights).model
        self.chance = chance or Chance()
        self.random = np.random.default_rng(self.seed)
        point = find_mood(mood) if mood else None
        self.given = Given(
            fields=mood_fields(point) if point else {},
            tilts=mood_tilts(point) if point else {},
        )
        turned = style_fields(find_style(style)) if style else {}
        self.draft = _turned(draft, {**turned, **self.given.fields})

    def rewrite(self, first: int, last: int, places: Sequence[int], progress: Progress) -> Draft:
        """Write bars first..last (from 0) of the parts anew, at most eight bars at a time."""
        for start in range(first, last + 1, LONGEST_SPAN):
            stop = min(start + LONGEST_SPAN - 1, last)
            written = self.write(start, stop, places, _quiet)
            source = with_new_notes(self.draft, written, start, stop, places)
            fresh = draft_of(source, self.draft.semitones)
            self.draft = replace(fresh, header=self.draft.header)
            progress(stop + 1 - first, last + 1 - first)
        return self.draft

    def write(self, first: int, last: int, places: Sequence[int], progress: Progress) -> list[Part]:
        """New notes of all parts for bars first..last, on grid ticks from the first of them.

        Without `places` nothing of these bars is there yet and all parts are written.
        """
        draft = self.draft
        values = part_values(draft.source.parts)
        writable = {values[place] for place in places} or set(values)
        total = max(len(draft.bars), last + 1)
        grammar = Grammar(total, semitones=-draft.semitones)
        before = [row for bar in draft.bars[:first] for row in bar]
        grammar.read([*draft.header, *before])
        grammar.go_on(last + 1, set(values) - writable)
        block = self._block(first, last, writable) if places else []
        writer = Writer(
            self.model,
            grammar,
            self._steady(first),
            self.chance,
            self.random,
            draft.header,
            before,
            block,
        )
        with one_thread():
            rows = transposed(writer.write(progress), -draft.semitones)
        return [_part_written(draft, place, value, rows) for place, value in enumerate(values)]

    def _steady(self, first: int) -> Given:
        """Meter, key and tempo of each bar: its own, or those of the last bar that is there."""
        names = ("meter", "key", "tempo")
        bars = {}
        for index in range(first, first + MOST_BARS):
            row = self.draft.bars[min(index, len(self.draft.bars) - 1)][0]
            bars[index] = {(Kind.BAR, name): row[column_of(Kind.BAR, name)] for name in names}
            if index >= len(self.draft.bars):
                break
        last = bars[max(bars)]
        return replace(self.given, bars=bars, fields={**self.given.fields, **last})

    def _block(self, first: int, last: int, writable: set[int]) -> list[list[int]]:
        """Given rows: of the bars to be written the other parts, then whole bars behind."""
        context = [
            row
            for bar in self.draft.bars[first : last + 1]
            for row in bar
            if row[0] == Kind.BAR or (_part(row) is not None and _part(row) not in writable)
        ]
        if not any(row[0] != Kind.BAR for row in context):
            context = []
        behind = list(self.draft.bars[last + 1 : last + 1 + LONGEST_AFTER])
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


def _part(row: list[int]) -> int | None:
    """The part field of a note or a dynamics row."""
    kind = Kind(row[0])
    if kind in (Kind.NOTE, Kind.DYNAMICS):
        return row[column_of(kind, "part")]
    return None


def _part_written(draft: Draft, place: int, value: int, rows: np.ndarray) -> Part:
    """A part of the draft with the notes of new rows, on grid ticks from the first new bar."""
    header = np.array([empty_row(Kind.PART, value, 1)], dtype=np.int16)
    is_other = (rows[:, 0] == Kind.NOTE) & (rows[:, column_of(Kind.NOTE, "part")] != value)
    parts = decode(np.concatenate([header, rows[~is_other]])).parts
    return replace(draft.source.parts[place], notes=parts[0].notes if parts else ())


def _turned(draft: Draft, fields: dict[tuple[Kind, str], int]) -> Draft:
    """The draft with header fields replaced by those that are asked for."""
    header = [list(row) for row in draft.header]
    for row in header:
        for (kind, name), value in fields.items():
            if row[0] == kind:
                row[column_of(kind, name)] = value
    return replace(draft, header=header)


def _seated(seat: EnsemblePart) -> Part:
    """A silent part for a seat of an ensemble."""
    instrument = BY_NAME[seat.instrument]
    program = 0 if instrument.is_drums else instrument.program
    return Part(instrument.name, program, (), seat.name, seat.role)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Consecutive numbers as (first, last)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
