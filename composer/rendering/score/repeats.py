"""Passages that come twice in a row, so that a score can print them once between repeat signs.

Bars are compared note for note over all parts, with their lengths, dynamics, meter, key and tempo.
A passage is repeated as a whole, or up to its last bars, which then are a first and a second
ending. Dynamic programming over the bars chooses the signs that save most bars; a sign costs
reading, more so where phrases of four bars would begin or end elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from composer.music.bars import Bar, bars_of, key_at, meter_ticks, tempo_at
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, TempoChange
from composer.rendering.score.dynamics import bar_levels
from composer.rendering.score.notation import BarSigns, Cut, printed_tick

_FEWEST_BARS = 4
_MOST_BARS = 64
_MOST_ENDING_BARS = 2
_SIGN_COST = 1.0
_ENDINGS_COST = 2.0
_UNEVEN_COST = 3.0
_PHRASE_BARS = 4

ChangeT = TypeVar("ChangeT", MeterChange, KeyChange, TempoChange)


class Repeat(NamedTuple):
    """A passage of `bars` bars from the bar `first` (from 0) on, which comes twice.

    Its last `ending_bars` bars (often 0) differ the second time.
    """

    first: int
    bars: int
    ending_bars: int = 0

    @property
    def after(self) -> int:
        """The bar after both times."""
        return self.first + 2 * self.bars

    @property
    def omitted(self) -> range:
        """The bars of the second time that are not printed."""
        return range(self.first + self.bars, self.after - self.ending_bars)


class Folded(NamedTuple):
    """A piece with each repeated passage once, the signs of each of its bars, and what is cut."""

    piece: Piece
    signs: tuple[BarSigns, ...]
    cuts: tuple[Cut, ...] = ()


def unfolded(piece: Piece) -> Folded:
    """The whole piece, written out."""
    return Folded(piece, (BarSigns(),) * len(bars_of(piece)))


def fold(piece: Piece) -> Folded:
    """The piece with its repeats as signs.

    When the signs are played out, every onset, length and pitch is that of the whole piece.
    """
    bars = bars_of(piece)
    repeats = find_repeats(piece)
    cuts = tuple(
        Cut(bars[repeat.omitted[0]].start_tick, bars[repeat.omitted[-1]].end_tick)
        for repeat in repeats
    )
    printed = replace(
        piece,
        parts=tuple(_printed_part(part, cuts) for part in piece.parts),
        meters=_printed(piece.meters, cuts),
        keys=_printed(piece.keys, cuts),
        tempi=_printed(piece.tempi, cuts),
        end_tick=piece.end_tick - sum(cut.end_tick - cut.start_tick for cut in cuts),
    )
    return Folded(printed, _signs(repeats, len(bars)), cuts)


def _printed_part(part: Part, cuts: Sequence[Cut]) -> Part:
    moved = ((note, printed_tick(cuts, note.onset_tick)) for note in part.notes)
    notes = (note._replace(onset_tick=tick) for note, tick in moved if tick is not None)
    return replace(part, notes=tuple(notes))


def _printed(changes: Sequence[ChangeT], cuts: Sequence[Cut]) -> tuple[ChangeT, ...]:
    moved = ((change, printed_tick(cuts, change.tick)) for change in changes)
    return tuple(change._replace(tick=tick) for change, tick in moved if tick is not None)


def _signs(repeats: Sequence[Repeat], bar_count: int) -> tuple[BarSigns, ...]:
    signs = [BarSigns() for _ in range(bar_count)]
    for first, count, ending in repeats:
        signs[first] = signs[first]._replace(begins_repeat=True)
        last = first + count - 1
        signs[last] = signs[last]._replace(ends_repeat=True)
        for number, after in ((1, last + 1), (2, first + 2 * count)) if ending else ():
            for bar in range(after - ending, after):
                signs[bar] = signs[bar]._replace(
                    ending=number,
                    begins_ending=bar == after - ending,
                    ends_ending=bar == after - 1,
                )
    omitted = {bar for repeat in repeats for bar in repeat.omitted}
    return tuple(sign for bar, sign in enumerate(signs) if bar not in omitted)


def find_repeats(piece: Piece) -> list[Repeat]:
    """The repeats to print, in order; they do not overlap."""
    bars = bars_of(piece)
    contents, states, is_crossed, is_silent = _compared(piece, bars)
    runs_of_state = _run_lengths([a == b for a, b in pairwise(states)])
    begins = 1 if len(bars) > 1 and states[0] != states[1] else 0
    best: list[tuple[float, Repeat | None]] = [(0.0, None)] * (len(bars) + 1)
    same_at = {
        count: _run_lengths([a == b for a, b in zip(contents, contents[count:], strict=False)])
        for count in range(_FEWEST_BARS, min(_MOST_BARS, len(bars) // 2) + 1)
    }
    for first in range(len(bars) - 1, -1, -1):
        best[first] = (best[first + 1][0], None)
        if is_crossed[first]:
            continue
        for count, same in same_at.items():
            if first + 2 * count > len(bars):
                break
            ending = max(0, count - same[first])
            repeat = Repeat(first, count, ending)
            if ending > min(_MOST_ENDING_BARS, count // 4) or is_crossed[first + count]:
                continue
            joints = (first + count - ending, repeat.after - ending)
            if any(is_crossed[bar] for bar in joints):
                continue
            if runs_of_state[first] < 2 * count - 1 or all(is_silent[first : first + count]):
                continue
            uneven = ((first - begins) % _PHRASE_BARS != 0) + (count % _PHRASE_BARS != 0)
            cost = _SIGN_COST + _ENDINGS_COST * bool(ending) + _UNEVEN_COST * uneven
            saved = best[repeat.after][0] + count - ending - cost
            if saved > best[first][0]:
                best[first] = (saved, repeat)
    return _chosen(best)


def _chosen(best: Sequence[tuple[float, Repeat | None]]) -> list[Repeat]:
    repeats = []
    bar = 0
    while bar < len(best):
        repeat = best[bar][1]
        if repeat is None:
            bar += 1
        else:
            repeats.append(repeat)
            bar = repeat.after
    return repeats


def _run_lengths(flags: Sequence[bool]) -> list[int]:
    """For each place how many flags in a row are set from there on; two more at the end."""
    lengths = [0] * (len(flags) + 2)
    for place in range(len(flags) - 1, -1, -1):
        lengths[place] = lengths[place + 1] + 1 if flags[place] else 0
    return lengths


def _compared(
    piece: Piece, bars: Sequence[Bar]
) -> tuple[list[Any], list[Any], list[bool], list[bool]]:
    """For each bar what sounds in it, what holds in it, whether a note is held over its first
    line (one more: the piece's end), and whether it is silent."""
    contents: list[list[tuple[int, ...]]] = [[] for _ in bars]
    is_crossed = [False] * (len(bars) + 1)
    for number, part in enumerate(piece.parts):
        position = 0
        for note in part.notes:
            while bars[position].end_tick <= note.onset_tick:
                position += 1
            contents[position].append((number, *_relative(note, bars[position])))
            for crossed in range(position + 1, len(bars)):
                if bars[crossed].start_tick >= note.end_tick:
                    break
                is_crossed[crossed] = True
        if len({note.velocity for note in part.notes if note.velocity}) > 1:
            for bar, level in enumerate(bar_levels(part.notes, bars)):
                contents[bar].append((number, -1 if level is None else level))
    ticks = {
        change.tick for changes in (piece.meters, piece.keys, piece.tempi) for change in changes
    }
    inside = ticks - {bar.start_tick for bar in bars}
    states = [_state(piece, bar, inside) for bar in bars]
    is_silent = [not any(len(row) > 2 for row in rows) for rows in contents]
    return [tuple(rows) for rows in contents], states, is_crossed, is_silent


def _relative(note: Note, bar: Bar) -> tuple[int, int, int]:
    return note.onset_tick - bar.start_tick, note.length_ticks, note.pitch


def _state(piece: Piece, bar: Bar, inside: set[int]) -> tuple[object, ...]:
    """Meter, key and tempo of a bar; a bar with a change inside, or cut short, is like no other."""
    meter, key, tempo = bar.meter, key_at(piece, bar.start_tick), tempo_at(piece, bar.start_tick)
    full = meter_ticks(meter.numerator, meter.denominator, piece.ticks_per_quarter)
    is_plain = full == bar.length_ticks and not any(
        bar.start_tick < tick < bar.end_tick for tick in inside
    )
    sharps = key[1:] if key else None
    speed = tempo[1:] if tempo else None
    return meter[1:], sharps, speed, 0 if is_plain else bar.number
