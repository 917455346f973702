"""Passages far above or below a staff, written an octave nearer under an 8va line.

Dynamic programming over the symbols of a staff: a chord costs the ledger lines of its outermost
head beyond what pianists read at sight, a line costs what three or four such chords do, and under
a line all notes that need none cost a little. Where a staff has two voices a line begins and ends
at the bar line, for readers of files follow one voice after the other. Who has one staff reads more
ledger lines than a pianist: only what has too many for anybody counts there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from composer.rendering.score.clefs import MIDDLE_LINES, MOST_LEDGER_LINES
from composer.rendering.score.notation import Measure, OctaveMark, VoiceLine

_HALF_STAFF = 4
_OCTAVE = 7
_LEDGERS_READ = {1: 2, -1: 3}
_LINE_COST = 12.0
_UNNEEDED_COST = 1.0
_LEDGER_COST = 1.5


class _Slot(NamedTuple):
    """What a line covers wholly or not at all; heads by their distance from the middle line."""

    measure: int
    start_tick: int
    end_tick: int
    is_tied_to: bool
    chords: tuple[tuple[int, ...], ...]


_Line: TypeAlias = list[_Slot]
"""What stands under one line."""
_STAVES = ((1, 1), (2, -1))
"""The staves of a keyboard, and where their lines are."""


def with_octave_lines(measures: Sequence[Measure], clefs: Sequence[Sequence[str]]) -> list[Measure]:
    """The measures of a part with lines over its upper (or only) staff and under a lower one.

    `clefs` are those of each staff, measure by measure.
    """
    marks: list[list[OctaveMark]] = [[] for _ in measures]
    is_alone = len(clefs) == 1
    over, under = (
        [slots[first : last + 1] for first, last in _lines(slots, direction, is_alone)]
        for staff, direction in _STAVES
        for slots in [
            list(_slots(measures, staff, clefs[staff - 1])) if staff <= len(clefs) else []
        ]
    )
    for (staff, direction), lines in zip(_STAVES, _never_both_open(over, under), strict=True):
        for line in lines:
            begin, end = line[0], line[-1]
            marks[begin.measure].append(OctaveMark(staff, begin.start_tick, direction))
            marks[end.measure].append(OctaveMark(staff, end.end_tick, 0))
    return [
        replace(measure, octaves=tuple(found)) if found else measure
        for measure, found in zip(measures, marks, strict=True)
    ]


def _never_both_open(over: list[_Line], under: list[_Line]) -> tuple[list[_Line], list[_Line]]:
    """The lines, cut at bar lines so that a file, which has the upper staff of a measure before the
    lower, never begins one while another is open: verovio's reader complains of those."""
    shared = _measures(over) & _measures(under)
    return (
        [part for line in over for part in _cut(line, lambda before, _: before in shared)],
        [part for line in under for part in _cut(line, lambda _, after: after in shared)],
    )


def _measures(lines: Sequence[_Line]) -> set[int]:
    return {slot.measure for line in lines for slot in line}


def _cut(line: _Line, is_cut: Callable[[int, int], bool]) -> list[_Line]:
    """The line in parts; `is_cut` is asked of the measures before and after each bar line."""
    parts = [line[:1]]
    for before, slot in pairwise(line):
        if before.measure != slot.measure and is_cut(before.measure, slot.measure):
            parts.append([])
        parts[-1].append(slot)
    return parts


def _slots(measures: Sequence[Measure], staff: int, clefs: Sequence[str]) -> Iterator[_Slot]:
    for number, (measure, clef) in enumerate(zip(measures, clefs, strict=True)):
        lines = [line for line in measure.voices if line.staff == staff]
        found = [slot for line in lines for slot in _of_voice(line, number, MIDDLE_LINES[clef])]
        if len(lines) == 1:
            yield from found
        elif found:
            is_tied_to = any(slot.is_tied_to for slot in found)
            chords = tuple(slot.chords[0] for slot in found)
            yield _Slot(number, measure.bar.start_tick, measure.bar.end_tick, is_tied_to, chords)


def _of_voice(line: VoiceLine, measure: int, middle: int) -> Iterator[_Slot]:
    for symbol in line.symbols:
        if symbol.heads:
            yield _Slot(
                measure,
                symbol.start_tick,
                symbol.start_tick + symbol.length_ticks,
                any(head.is_tied_to for head in symbol.heads),
                (tuple(head.spelling.position - middle for head in symbol.heads),),
            )


def _lines(slots: Sequence[_Slot], direction: int, is_alone: bool) -> list[tuple[int, int]]:
    """First and last slot under each line of a staff that `is_alone` or a keyboard's."""
    lines: list[tuple[int, int]] = []
    states = _states(slots, direction, is_alone)
    for place, is_under in enumerate(states):
        if not is_under:
            continue
        if lines and lines[-1][1] == place - 1 and not _is_far(slots, place):
            lines[-1] = (lines[-1][0], place)
        else:
            lines.append((place, place))
    return lines


def _states(slots: Sequence[_Slot], direction: int, is_alone: bool) -> list[bool]:
    """Whether each slot is under a line, at the least cost."""
    plain, under = 0.0, _LINE_COST
    was_under: list[tuple[bool, bool]] = []
    for place, slot in enumerate(slots):
        begun = plain + _LINE_COST
        if slot.is_tied_to:
            was_under.append((False, True))
        else:
            under += _LINE_COST * _is_far(slots, place)
            was_under.append((under < plain, under <= begun))
            plain, under = min(plain, under), min(under, begun)
        plain += sum(_plain_cost(chord, direction, is_alone) for chord in slot.chords)
        under += sum(_cost_under(chord, direction) for chord in slot.chords)
    state = under < plain
    states = []
    for came_from in reversed(was_under):
        states.append(state)
        state = came_from[state]
    return states[::-1]


def _is_far(slots: Sequence[_Slot], place: int) -> bool:
    """Whether a whole measure of rest lies before a slot: no line goes on over it."""
    return place > 0 and slots[place].measure - slots[place - 1].measure > 1


def _ledgers(position: int) -> int:
    """Ledger lines above the staff, or below it where the position is counted downwards."""
    return max(0, (position - _HALF_STAFF) // 2)


def _plain_cost(chord: Sequence[int], direction: int, is_alone: bool) -> float:
    ledgers = _ledgers(max(direction * position for position in chord))
    if is_alone:
        return ledgers if ledgers >= MOST_LEDGER_LINES else 0
    return max(0, ledgers - _LEDGERS_READ[direction])


def _cost_under(chord: Sequence[int], direction: int) -> float:
    """Ledger lines of a chord moved under a line, and a line that it did not need."""
    nearer = [direction * position - _OCTAVE for position in chord]
    is_needed = _ledgers(max(nearer) + _OCTAVE) > 1
    cost = _LEDGER_COST * (_ledgers(-min(nearer)) + max(0, _ledgers(max(nearer)) - 2))
    return cost + (0.0 if is_needed else _UNNEEDED_COST)
