"""Exact durations, as film needs them: how many bars at which tempo last so many seconds.

A piece of whole bars meets any duration by a tempo that is no round number, and a bar line falls on
any moment by a tempo before it and another after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.piece import Piece, TempoChange

MOST_BARS = 1024
SLOWEST, FASTEST = 20.0, 320.0
"""Quarters a minute: the ends of what can be asked for."""
SLOWEST_FREE, FASTEST_FREE = 40.0, 208.0
"""Quarters a minute: the ends of a metronome, for a tempo that nobody gave."""
LEAST_SECONDS, MOST_SECONDS = 2.0, 900.0
NEAR_TEMPO = 1.1
"""A tempo that is asked for beside a duration may be this much faster or slower."""
_JUMP_COST, _OTHER_METER_COST = 0.5, 0.25
_FREE_METERS = ((4, 4), (3, 4), (2, 4))


class Timing(NamedTuple):
    """What is asked: seconds from the first bar line to the last, and where the climax falls."""

    seconds: float
    hit_seconds: float | None = None

    @property
    def spans(self) -> tuple[float, ...]:
        """The seconds up to the hit and behind it, or all of them."""
        if self.hit_seconds is None:
            return (self.seconds,)
        return self.hit_seconds, self.seconds - self.hit_seconds


@dataclass(frozen=True, slots=True)
class Cue:
    """How it is met: `bars` and `quarters_per_minute` of the span before the hit and of that
    after it (of the whole, where there is no hit), in bars of one meter."""

    timing: Timing
    meter: tuple[int, int]
    span_bars: tuple[int, ...]
    quarters_per_minute: tuple[float, ...]

    @property
    def bars(self) -> int:
        return sum(self.span_bars)

    @property
    def hit_bar(self) -> int | None:
        """The bar (from 0) whose bar line is the hit."""
        return self.span_bars[0] if len(self.span_bars) > 1 else None

    def hit_ticks(self, piece: Piece) -> tuple[int, ...]:
        """The tick of the hit in a piece of these bars; none where there is no hit."""
        return () if self.hit_bar is None else (bars_of(piece)[self.hit_bar].start_tick,)

    def tempi(self, piece: Piece) -> tuple[TempoChange, ...]:
        """The tempo map of a piece of these bars."""
        ticks = (0, *self.hit_ticks(piece))
        return tuple(map(TempoChange, ticks, self.quarters_per_minute))


def check_timing(seconds: float, hit: float | None) -> Timing:
    """Raises RequestError for seconds that cannot be."""
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise RequestError(
            f"{seconds:g} seconds are not possible; give {LEAST_SECONDS:g} to {MOST_SECONDS:g}"
        )
    if hit is not None and not 1 <= hit <= seconds - 1:
        raise RequestError(
            f"a hit at {hit:g} seconds is not possible; give 1 to {seconds - 1:g}, a second before "
            "the end"
        )
    return Timing(seconds, hit)


def find_cue(
    timing: Timing,
    meters: Sequence[tuple[int, int]],
    tempo: float,
    *,
    bars: int | None = None,
    multiple: int = 1,
    tempo_is_given: bool = False,
) -> Cue:
    """The bars and tempi nearest to a wanted tempo that last exactly as long.

    The first of `meters` is the wanted one. `bars` in all are given or a `multiple` of sections.
    A tempo that is given may be a tenth faster or slower, one that follows from given bars
    anything. Raises RequestError saying what would be possible.
    """
    widest = (SLOWEST, FASTEST) if bars is not None else (SLOWEST_FREE, FASTEST_FREE)
    if tempo_is_given:
        widest = (max(SLOWEST, tempo / NEAR_TEMPO), min(FASTEST, tempo * NEAR_TEMPO))
    found = [
        (cost + _OTHER_METER_COST * (meter != meters[0]), cue)
        for meter in meters
        for cost, cue in _nearest(timing, meter, tempo, widest, bars, multiple)
    ]
    if not found:
        raise RequestError(_what_is_possible(timing, meters[0], tempo, bars, tempo_is_given))
    return min(found, key=lambda row: row[0])[1]


def possible_meters(wanted: tuple[int, int], is_given: bool) -> tuple[tuple[int, int], ...]:
    """The wanted meter, and where it is free those that may fit better."""
    return (wanted,) if is_given else tuple(dict.fromkeys((wanted, *_FREE_METERS)))


def _nearest(
    timing: Timing,
    meter: tuple[int, int],
    tempo: float,
    widest: tuple[float, float],
    bars: int | None,
    multiple: int,
) -> list[tuple[float, Cue]]:
    """The best cue in a meter with its cost in octaves of tempo; none where none is possible."""
    counts = np.arange(1, MOST_BARS + 1)
    quarters = 4 * meter[0] / meter[1]
    tempi = [counts * quarters * 60 / span for span in timing.spans]  # (bars,) each
    costs = [
        np.where((t >= widest[0] - 1e-9) & (t <= widest[1] + 1e-9), abs(np.log2(t / tempo)), np.inf)
        for t in tempi
    ]
    if len(costs) == 1:
        total, cost = counts, costs[0]
    else:
        jump = abs(np.log2(tempi[0][:, None] / tempi[1][None, :]))
        total = counts[:, None] + counts[None, :]
        cost = costs[0][:, None] + costs[1][None, :] + _JUMP_COST * jump
    fits = (total % multiple == 0) & (total <= MOST_BARS) if bars is None else total == bars
    cost = np.where(fits, cost, np.inf)
    best = np.unravel_index(int(np.argmin(cost)), cost.shape)
    if not np.isfinite(cost[best]):
        return []
    spans = tuple(int(counts[place]) for place in best)
    chosen = tuple(float(of[place]) for of, place in zip(tempi, best, strict=True))
    return [(float(cost[best]), Cue(timing, meter, spans, chosen))]


def _what_is_possible(
    timing: Timing,
    meter: tuple[int, int],
    tempo: float,
    bars: int | None,
    tempo_is_given: bool,
) -> str:
    """Why there is no cue, and the nearest that would do."""
    seconds, hit = timing
    asked = f"{seconds:g} seconds" + (f" with a hit at {hit:g}" if hit is not None else "")
    name = f"{meter[0]}/{meter[1]}"
    bar_seconds = 4 * meter[0] / meter[1] * 60
    if bars is None and not tempo_is_given:
        return (
            f"whole bars of {name} cannot last {asked} at a usual tempo; give other seconds, "
            "another --meter, or --bars"
        )
    if bars is None:
        spans = " and ".join(_tempi_near(span, bar_seconds, tempo) for span in timing.spans)
        return (
            f"at a tempo of {tempo:g} whole bars of {name} cannot last {asked}; at {spans} they "
            "can, or leave --tempo out"
        )
    free = _nearest(timing, meter, tempo, (SLOWEST, FASTEST), bars, 1)
    if free:
        tempi = " and then ".join(f"{t:.1f}" for t in free[0][1].quarters_per_minute)
        return (
            f"{bars} bars of {name} last {asked} at a tempo of {tempi}, not of {tempo:g}; leave "
            "--bars or --tempo out"
        )
    least = max(len(timing.spans), int(np.ceil(seconds * SLOWEST / bar_seconds)))
    most = max(least, min(MOST_BARS, int(seconds * FASTEST / bar_seconds)))
    return (
        f"{bars} bars of {name} cannot last {asked}; give about {least} to {most} bars, or leave "
        "--bars out"
    )


def _tempi_near(span: float, bar_seconds: float, tempo: float) -> str:
    """The tempi next below and above that fill a span with whole bars."""
    below = max(1, int(span * tempo / bar_seconds))
    return " or ".join(f"{count * bar_seconds / span:.1f}" for count in (below, below + 1))
