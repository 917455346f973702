"""Beams by the meter: the notes of a beat together, plain eighths over two beats of four."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from composer.music.bars import Bar
from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.rendering.score.division import Division
from composer.rendering.score.notation import Symbol

_BEAMS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4}
_BEATS_UNDER_ONE_BEAM = {2: 2, 3: 3, 4: 2}


def with_beams(symbols: Sequence[Symbol], division: Division, bar: Bar) -> tuple[Symbol, ...]:
    """The same symbols of one voice in one measure, beamed."""
    beamed = list(symbols)
    for group in _groups(symbols, division, bar):
        counts = [_BEAMS[symbols[position].value.kind] for position in group]
        for place, position in enumerate(group):
            beamed[position] = replace(beamed[position], beams=_beams(counts, place))
    return tuple(beamed)


def _groups(symbols: Sequence[Symbol], division: Division, bar: Bar) -> Iterator[list[int]]:
    """Positions of notes to beam together: short, next to each other, inside one window."""
    window_of = _windows(symbols, division, bar)
    group: list[int] = []
    for position, symbol in enumerate(symbols):
        can_beam = not symbol.is_rest and symbol.value.kind in _BEAMS
        if group and not (can_beam and window_of[position] == window_of[group[0]]):
            if len(group) > 1:
                yield group
            group = []
        if can_beam:
            group.append(position)
    if len(group) > 1:
        yield group


def _windows(symbols: Sequence[Symbol], division: Division, bar: Bar) -> list[int]:
    """A number for each symbol, the same where a beam may join: that of its beat (of two or three
    plain quarters where there are so many); of its quarter, in longer beats with shorter notes."""
    beat = division.beat_ticks
    first_beat = -(-division.root.length // beat) * beat - division.root.length
    is_pickup = bar.number == 1 and first_beat != 0
    shift = first_beat if is_pickup else 0
    places = [symbol.start_tick - bar.start_tick + shift for symbol in symbols]
    short = beat if bar.meter.denominator > 4 else min(beat, GRID_TICKS_PER_QUARTER)
    long = beat
    if beat == GRID_TICKS_PER_QUARTER and bar.meter.numerator in _BEATS_UNDER_ONE_BEAM:
        long = _BEATS_UNDER_ONE_BEAM[bar.meter.numerator] * beat
    wide = [place // long for place in places]
    fine = {
        window
        for window, symbol in zip(wide, symbols, strict=True)
        if symbol.value.kind in ("16th", "32nd", "64th")
        or symbol.value.actual > 1
        or (symbol.value.kind == "eighth" and symbol.value.dots)
    }
    return [
        1000 + place // short if window in fine else window
        for place, window in zip(places, wide, strict=True)
    ]


def _beams(counts: Sequence[int], place: int) -> tuple[str, ...]:
    """The beams of one note in a group, from the eighths' beam inwards."""
    words = []
    for level in range(1, counts[place] + 1):
        before = place > 0 and counts[place - 1] >= level
        after = place + 1 < len(counts) and counts[place + 1] >= level
        if before and after:
            words.append("continue")
        elif after:
            words.append("begin")
        elif before:
            words.append("end")
        else:
            words.append("backward hook" if place > 0 else "forward hook")
    return tuple(words)
