"""Where bars begin and end, and which meter, key and tempo hold there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from composer.errors import RequestError
from composer.music.piece import KeyChange, MeterChange, Piece, TempoChange


class Bar(NamedTuple):
    """One bar; `number` counts from 1, as musicians do."""

    number: int
    start_tick: int
    length_ticks: int
    meter: MeterChange

    @property
    def end_tick(self) -> int:
        return self.start_tick + self.length_ticks


def meter_ticks(numerator: int, denominator: int, ticks_per_quarter: int) -> int:
    """Length in ticks of one bar of this meter (rounded down where the grid is too coarse)."""
    return numerator * 4 * ticks_per_quarter // denominator


def bars_of(piece: Piece) -> list[Bar]:
    """All bars up to `piece.end_tick`, in order.

    A meter change in the middle of a bar cuts that bar short, as notation programs do.
    """
    bars: list[Bar] = []
    changes = piece.meters
    for change, following in zip(changes, (*changes[1:], None), strict=True):
        until = piece.end_tick if following is None else min(following.tick, piece.end_tick)
        full = max(1, meter_ticks(change.numerator, change.denominator, piece.ticks_per_quarter))
        for start in range(change.tick, until, full):
            bars.append(Bar(len(bars) + 1, start, min(full, until - start), change))
    return bars


ChangeT = TypeVar("ChangeT", MeterChange, KeyChange, TempoChange)


def in_force(changes: Sequence[ChangeT], tick: int) -> ChangeT | None:
    """The last change at or before `tick`; before the first change, the first; none if empty."""
    if not changes:
        return None
    position = bisect_right([change.tick for change in changes], tick)
    return changes[max(0, position - 1)]


def key_at(piece: Piece, tick: int) -> KeyChange | None:
    return in_force(piece.keys, tick)


def tempo_at(piece: Piece, tick: int) -> TempoChange | None:
    return in_force(piece.tempi, tick)


def prevailing_meter(piece: Piece) -> MeterChange:
    """The meter that holds for most of the piece, not the pickup's."""
    return _longest(piece.meters, piece.end_tick)


def prevailing_key(piece: Piece) -> KeyChange | None:
    return _longest(piece.keys, piece.end_tick) if piece.keys else None


def prevailing_tempo(piece: Piece) -> TempoChange | None:
    return _longest(piece.tempi, piece.end_tick) if piece.tempi else None


def _longest(changes: Sequence[ChangeT], end_tick: int) -> ChangeT:
    ticks: dict[tuple[Any, ...], int] = {}
    first: dict[tuple[Any, ...], ChangeT] = {}
    ends = [change.tick for change in changes[1:]] + [end_tick]
    for change, end in zip(changes, ends, strict=True):
        value = change[1:]
        ticks[value] = ticks.get(value, 0) + end - change.tick
        first.setdefault(value, change)
    return first[max(ticks, key=ticks.__getitem__)]


def seconds_at(piece: Piece, tick: int, default_quarters_per_minute: float = 120.0) -> float:
    """Seconds from the start of the piece to `tick`, by the tempo map."""
    seconds, position, tempo = 0.0, 0, default_quarters_per_minute
    if piece.tempi:
        tempo = piece.tempi[0].quarters_per_minute
    for change in piece.tempi:
        if change.tick >= tick:
            break
        seconds += (change.tick - position) / piece.ticks_per_quarter * 60.0 / tempo
        position, tempo = change.tick, change.quarters_per_minute
    return seconds + (tick - position) / piece.ticks_per_quarter * 60.0 / tempo


def parse_bars(text: str) -> tuple[int, int]:
    """ "9-12" -> (9, 12), "9" -> (9, 9). Raises RequestError for anything else."""
    first, dash, last = text.strip().partition("-")
    if not first.isdigit() or (dash and not last.isdigit()):
        raise RequestError(f"bars {text!r} are not possible; give bars such as 9-12 or 9")
    return int(first), int(last if dash else first)
