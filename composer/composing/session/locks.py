"""Locks on bars and parts: what is locked comes back note for note, whatever is written beside."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from composer.composing.verbs.draft import part_places
from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.piece import Note, Piece

Cells = list[frozenset[int]]
"""Of each bar (from 0) the places among the parts that are locked."""


class Lock(NamedTuple):
    """Bars `first_bar`..`last_bar` (from 1; 0..0: all, those to come too) of the parts at `places`
    (empty: of all)."""

    first_bar: int
    last_bar: int
    places: tuple[int, ...]


class Span(NamedTuple):
    """Bars first..last (from 0) of the parts at `places`."""

    first: int
    last: int
    places: tuple[int, ...]


def make_lock(piece: Piece, bars: tuple[int, int] | None, parts: Sequence[str]) -> Lock:
    """A lock on bars (from 1), on parts by name, or on these bars of these parts.

    Raises RequestError for neither, and for bars and parts that are not there.
    """
    if bars is None and not parts:
        raise RequestError("nothing to lock; give bars, parts or both")
    there = len(bars_of(piece))
    if bars is not None and not 1 <= bars[0] <= bars[1] <= there:
        raise RequestError(
            f"bars {bars[0]}-{bars[1]} are not in the piece, which has bars 1-{there}"
        )
    places = tuple(part_places(piece, parts)) if parts else ()
    return Lock(*(bars or (0, 0)), places)


def lock_name(lock: Lock, piece: Piece) -> str:
    """In words: "bars 1-4", "Viola", "bars 1-4 of Viola, Cello"."""
    bars = f"bars {lock.first_bar}-{lock.last_bar}" if lock.first_bar else ""
    parts = [piece.parts[place] for place in lock.places]
    names = ", ".join(part.name or part.instrument for part in parts)
    return " of ".join(word for word in (bars, names) if word)


def locked_cells(piece: Piece, locks: Sequence[Lock]) -> Cells:
    """What is locked in each bar of a piece."""
    bars = len(bars_of(piece))
    cells: list[set[int]] = [set() for _ in range(bars)]
    for lock in locks:
        first, last = (lock.first_bar, lock.last_bar) if lock.first_bar else (1, bars)
        for bar in range(first - 1, min(last, bars)):
            cells[bar] |= set(lock.places or range(len(piece.parts)))
    return [frozenset(places) for places in cells]


def free_spans(cells: Cells, first: int, last: int, places: Sequence[int]) -> list[Span]:
    """What is free of bars first..last (from 0) of some parts, in as few spans as it takes."""
    free = [
        (bar, tuple(place for place in places if place not in cells[bar]))
        for bar in range(first, last + 1)
    ]
    spans = []
    for places_there, run in groupby(free, key=lambda bar: bar[1]):
        bars = [bar for bar, _ in run]
        if places_there:
            spans.append(Span(bars[0], bars[-1], places_there))
    return spans


def with_locked(before: Piece, after: Piece, cells: Cells) -> Piece:
    """`after` with the locked notes of `before`, from which it was made.

    New notes beside them give way where they sound on the pitch of a locked note.
    """
    scale = after.ticks_per_quarter // before.ticks_per_quarter
    bars = bars_of(before)
    starts = [bar.start_tick * scale for bar in bars]
    end_tick = bars[-1].end_tick * scale
    parts = list(after.parts)
    for place, part in enumerate(before.parts):

        def is_locked(note: Note, place: int = place) -> bool:
            bar = max(0, bisect_right(starts, note.onset_tick) - 1)
            return note.onset_tick < end_tick and place in cells[bar]

        old = [_scaled(note, scale) for note in part.notes]
        locked = [note for note in old if is_locked(note)]
        now = parts[place].notes
        if [note for note in now if is_locked(note)] != locked:
            kept = set(old)
            free = [
                note if note in kept else _giving_way(note, locked)
                for note in now
                if not is_locked(note)
            ]
            notes = sorted([*locked, *(note for note in free if note)], key=lambda n: (n[0], n[2]))
            parts[place] = replace(parts[place], notes=tuple(notes))
    return replace(after, parts=tuple(parts))


def _giving_way(note: Note, locked: Sequence[Note]) -> Note | None:
    """A note that ends before a locked one on its pitch begins; none where one sounds already."""
    end_tick = note.end_tick
    for other in locked:
        if other.pitch == note.pitch and other.onset_tick < end_tick:
            if other.onset_tick > note.onset_tick:
                end_tick = other.onset_tick
            elif other.end_tick > note.onset_tick:
                return None
    return note._replace(length_ticks=end_tick - note.onset_tick)


def _scaled(note: Note, scale: int) -> Note:
    return note._replace(onset_tick=note.onset_tick * scale, length_ticks=note.length_ticks * scale)
