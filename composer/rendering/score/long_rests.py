"""Bars of rest that a part of its own draws as one, with their number over it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from composer.rendering.score.notation import Measure

_FEWEST_BARS = 2


def long_rests(measures: Sequence[Measure], signs: Collection[int]) -> dict[int, int]:
    """How many bars of rest follow each other, by the number of their first bar.

    A change of key, meter or clef begins a new run. A bar with one of the `signs` (the ticks of
    tempi and chord symbols) in it stays apart, for verovio would leave them out, and after a silent
    one so does the next, over which they reach; a bar with a dynamic stays apart too.
    """
    runs: dict[int, int] = {}
    first = 0
    was_marked = False
    for measure in measures:
        is_marked = any(measure.bar.start_tick <= tick < measure.bar.end_tick for tick in signs)
        is_apart = is_marked or was_marked
        was_marked = is_marked and _is_silent(measure)
        if is_apart or not _is_silent(measure):
            first = 0
            continue
        if first == 0 or measure.key or measure.meter or measure.clefs:
            first = measure.bar.number
        runs[first] = runs.get(first, 0) + 1
    return {number: bars for number, bars in runs.items() if bars >= _FEWEST_BARS}


def _is_silent(measure: Measure) -> bool:
    symbols = [symbol for line in measure.voices for symbol in line.symbols]
    return not measure.dynamics and all(symbol.is_rest for symbol in symbols)
