"""Tries at a request, written side by side: copies are thrown away, the best of the rest is kept.

A copy shares a passage with the training music that is longer than what 99 of 100 pieces by people
share with it. It is written again, at most `MOST_COPIES` times a request; if nothing else comes,
the one that shares least is kept, and the report says that it is too close.

A piece that does not keep what was asked (its key is heard as another, a player is silent) is
written again too, at most `MOST_MISSES` times; the first of those that keep most is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from composer.analysis.key_finding import estimate_key
from composer.composing.asking.climax import as_cue
from composer.composing.asking.fields_asked import (
    bars_begun_afresh,
    choose_fifths,
    given_chords,
    given_fields,
    with_players,
)
from composer.composing.asking.request import Request
from composer.composing.naming import title_of
from composer.composing.originality import Originality, is_too_close, originality
from composer.composing.ranking import Verdict, broken_fields, verdict
from composer.composing.sketched import Sketched
from composer.composing.writing.batch import write_all
from composer.composing.writing.sampling import Chance, Rows, There, Window, Writer, quiet
from composer.composing.writing.single_lines import as_single_lines
from composer.composing.writing.sketching import SKETCHES, Sketch, merit, sketch_of
from composer.errors import RequestError
from composer.model.runtime import Runtime
from composer.music.facts import Chord
from composer.music.keys import respelled, simplest
from composer.music.piece import Piece, TempoChange
from composer.tokens.decode import chords_of, decode
from composer.tokens.fields import Kind
from composer.tokens.grammar import Grammar
from composer.tokens.transpose import semitones_to_common_key, transposed

MOST_CANDIDATES = 64
MOST_COPIES = 8
MOST_MISSES = 3
SEEN_WHOLE = 64
"""A piece of so many bars is seen after each of them as it grows, a longer one less often."""


@dataclass(frozen=True, slots=True)
class Task:
    """A settled request, the seed of its chances, and from how many candidates to choose; where the
    sketch is there already, the notes are written under it."""

    request: Request
    seed: int
    chance: Chance
    best_of: int = 1
    sketched: Sketched | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.best_of <= MOST_CANDIDATES:
            raise RequestError(
                f"the best of {self.best_of} is not possible; give 1 to {MOST_CANDIDATES}"
            )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece, its chords, what it shares, which fields of its request it does not keep, the rows
    (rows, COLUMNS) it was written in, and where the model went on beyond its context."""

    piece: Piece
    chords: tuple[Chord, ...]
    originality: Originality
    broken: tuple[str, ...]
    rows: Rows = field(compare=False)
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates of a request, which of them is kept, and how many copies were rejected.

    `candidates` are those that were no copies (or the least of copies), in the order of writing,
    `chosen` is the place (from 0) of the best. Where several were asked for, each has a verdict.
    """

    candidates: tuple[Candidate, ...]
    rejected: int
    verdicts: tuple[Verdict, ...] = ()
    chosen: int = 0

    @property
    def best(self) -> Candidate:
        return self.candidates[self.chosen]

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "written": len(self.candidates) + self.rejected,
            "rejected": self.rejected,
            "chosen": self.chosen,
            "verdicts": [verdict.plain() for verdict in self.verdicts],
        }


Watch = Callable[[int, int, Piece], None]
"""Sees a candidate grow: the place of its task, its number (from 0), the piece as far as it is."""


def choose_all(
    model: Runtime,
    tasks: Sequence[Task],
    progress: Callable[[int, int], None] = quiet,
    watch: Watch | None = None,
) -> list[Choice]:
    """The best candidate of every task; all are written together.

    `progress(bars done, bars in all)` is called as bars are written; if some are written again, it
    begins anew. `watch` is called as bars of a candidate are complete.
    """
    kept: list[list[Candidate]] = [[] for _ in tasks]
    copies: list[list[Candidate]] = [[] for _ in tasks]
    while True:
        todo = [
            (place, len(kept[place]) + len(copies[place]) + number)
            for place, task in enumerate(tasks)
            if len(copies[place]) <= MOST_COPIES
            for number in range(_wanted(task, kept[place]))
        ]
        if not todo:
            break
        attempts = [_Attempt(model, tasks[place], number) for place, number in todo]
        _sketch_all(attempts)
        show = _showing(watch, todo, attempts)
        written = write_all([attempt.begin_notes() for attempt in attempts], progress, show)
        for (place, _), attempt, rows in zip(todo, attempts, written, strict=True):
            candidate = attempt.candidate(rows)
            (copies if is_too_close(candidate.originality) else kept)[place].append(candidate)
    return [
        _choice(task, some, rejected)
        for task, some, rejected in zip(tasks, kept, copies, strict=True)
    ]


def _showing(
    watch: Watch | None, todo: Sequence[tuple[int, int]], attempts: Sequence[_Attempt]
) -> Callable[[int], None] | None:
    """Tells `watch` of the attempt at a place, once it has notes."""
    if watch is None:
        return None

    def show(place: int) -> None:
        piece = attempts[place].so_far()
        if piece is not None:
            watch(*todo[place], piece)

    return show


def _wanted(task: Task, kept: Sequence[Candidate]) -> int:
    """How many candidates more: as many as were asked for, and one if a lone one breaks a field."""
    missed = task.best_of == 1 and all(candidate.broken for candidate in kept)
    return max(task.best_of - len(kept), int(missed and len(kept) <= MOST_MISSES))


def _choice(task: Task, kept: Sequence[Candidate], copies: Sequence[Candidate]) -> Choice:
    if not kept:
        least = min(copies, key=lambda candidate: candidate.originality.longest_notes)
        return Choice((least,), len(copies) - 1)
    if task.best_of == 1:
        broken = [len(candidate.broken) for candidate in kept]
        return Choice(tuple(kept), len(copies), chosen=broken.index(min(broken)))
    verdicts = tuple(verdict(one.rows, one.broken, task.request) for one in kept)
    chosen = max(range(len(kept)), key=lambda place: verdicts[place].score)
    return Choice(tuple(kept), len(copies), verdicts, chosen)


class _Attempt:
    """A candidate to be written; the first has the very chances of a request without others."""

    def __init__(self, model: Runtime, task: Task, number: int) -> None:
        self.model, self.task, self.number = model, task, number
        self.random = self._chances(2)
        self.request = with_players(task.request, self.random)
        self.fifths = choose_fifths(self.request, self.random)
        self.semitones = -semitones_to_common_key(self.fifths)
        self.given = given_fields(self.request)
        self.sketch: Sketch | None = None
        self.writer: Writer | None = None
        if task.sketched is not None:
            self.fifths, self.semitones = task.sketched.fifths, task.sketched.semitones
            self.sketch = task.sketched.sketch

    def sketch_writers(self) -> list[Writer]:
        """Writers of the sketches to choose from."""
        chords = given_chords(self.request, self.semitones)
        return [
            Writer(
                self.model,
                Grammar(self.request.bars, chords=chords, semitones=self.semitones, is_sketch=True),
                self.given,
                self.task.chance,
                self._chances(3, place),
            )
            for place in range(SKETCHES)
        ]

    def begin_notes(self) -> Writer:
        """The writer of the notes, under the sketch."""
        assert self.sketch is not None
        grammar = Grammar(
            self.request.bars,
            chords=self.sketch.chords if self.sketch.has_chords else None,
            section_starts=bars_begun_afresh(self.request),
            semitones=self.semitones,
            is_new=True,
        )
        grammar.read(self.sketch.header)
        grammar.go_on(self.request.bars)
        self.writer = Writer(
            self.model,
            grammar,
            self.given,
            self.task.chance,
            self.random,
            There(self.sketch.header, sketch=self.sketch.bars),
        )
        return self.writer

    def so_far(self) -> Piece | None:
        """What is written by now; None before the first note, and after most bars of a long piece,
        which would all be decoded again."""
        if self.writer is None or not any(row[0] == Kind.NOTE for row in self.writer.written):
            return None
        grammar = self.writer.grammar
        done = grammar.bar + 1
        if done % (1 + done // SEEN_WHOLE) and done < grammar.until:
            return None
        return decode(transposed(self._with_header(self.writer.written), self.semitones))

    def _with_header(self, rows: Sequence[list[int]] | Rows) -> Rows:
        assert self.sketch is not None
        return np.array([*self.sketch.header, *rows], dtype=np.int16)

    def candidate(self, written: Rows) -> Candidate:
        rows = self._with_header(written)
        sounding = transposed(rows, self.semitones)
        decoded = as_single_lines(decode(sounding))
        is_free = self.request.key is None and self.task.sketched is None
        piece = _finished(decoded, self.request, self.fifths, is_free=is_free)
        broken = broken_fields(piece, self.request)
        assert self.writer is not None
        return Candidate(
            piece,
            tuple(chords_of(sounding)),
            originality(piece),
            broken,
            rows,
            tuple(self.writer.windows),
        )

    def _chances(self, purpose: int, place: int = 0) -> np.random.Generator:
        number = self.number
        return np.random.default_rng([self.task.seed, purpose, number, place])


def sketch_of_task(model: Runtime, task: Task, asked: dict[str, Any], name: str) -> Sketched:
    """The sketch that the first candidate of a task would have."""
    attempt = _Attempt(model, task, 0)
    _sketch_all([attempt])
    assert attempt.sketch is not None
    sketched = Sketched(attempt.sketch, asked, task.seed, attempt.fifths, attempt.semitones, name)
    is_free = task.request.key is None
    return replace(sketched, fifths=simplest(sketched.key).fifths) if is_free else sketched


def _sketch_all(attempts: Sequence[_Attempt]) -> None:
    """The best of several sketches for each attempt that has none, all of them written together."""
    attempts = [attempt for attempt in attempts if attempt.sketch is None]
    if not attempts:
        return
    writers = [attempt.sketch_writers() for attempt in attempts]
    rows = iter(write_all([writer for of_attempt in writers for writer in of_attempt]))
    for attempt, of_attempt in zip(attempts, writers, strict=True):
        attempt.sketch = max((sketch_of(next(rows)) for _ in of_attempt), key=merit)


def _finished(piece: Piece, request: Request, fifths: int, *, is_free: bool) -> Piece:
    """With its title, its key as it is heard or was asked for, the very tempo and duration, and the
    mood that it is to be played in. Where the signature `is_free` it is that of the fewest
    accidentals, else the one of `fifths`."""
    keys = tuple(key._replace(fifths=fifths) for key in piece.keys[:1])
    keys = tuple(map(simplest, keys)) if is_free else keys
    heard = None if request.key or request.mode else estimate_key(piece)
    if heard and (is_free or not keys):
        keys = (heard,)
    elif heard:
        keys = (respelled(heard, keys[0]),)
    piece = replace(piece, keys=tuple(key._replace(tick=0) for key in keys))
    if request.cue is not None:
        piece = as_cue(piece, request.cue, request.mood)
    elif request.quarters_per_minute is not None:
        piece = replace(piece, tempi=(TempoChange(0, request.quarters_per_minute),))
    tags = replace(piece.tags, mood=request.mood.name if request.mood else "")
    return replace(piece, title=title_of(piece, request), tags=tags)
