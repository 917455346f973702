"""Lengths that two voices a staff can show: what engravers write, where files keep keys down.

In twenty engraved scores (39,251 notes) notes that begin together on a staff and end apart within
a quarter always have another note between their ends, and hardly ever (8 notes) does a note begin
above two that were held from different onsets. Files do both, by the fingers of their players;
written out it would take rests under every chord, or ties through all of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from composer.music.instruments import BY_NAME
from composer.music.piece import GRID_TICKS_PER_QUARTER, Note, Part
from composer.rendering.written_lengths import kept_apart

_LONGEST_EVENED = GRID_TICKS_PER_QUARTER
_FEWEST_TIES = 2
_MOST_SLIPS = 0.1
_NEARLY_OVER = GRID_TICKS_PER_QUARTER // 2


def with_two_lines(part: Part, staves: Sequence[int], end_tick: int) -> Part:
    """The part, its notes on these staves, with lengths that two voices can show on each.

    A single line stays one: where a melody holds a note into its next now and then, it ends there.
    """
    notes = _in_one_line(part.notes) if _is_one_line(part) else list(part.notes)
    for staff in set(staves):
        indices = [index for index, own in enumerate(staves) if own == staff]
        of_staff = _thinned(_evened([notes[index] for index in indices]))
        for index, note in zip(indices, of_staff, strict=True):
            notes[index] = note
    return replace(part, notes=tuple(kept_apart(notes, end_tick)))


def _is_one_line(part: Part) -> bool:
    is_meant = BY_NAME[part.instrument].is_monophonic or part.role == "melody"
    overlaps = sum(later.onset_tick < note.end_tick for note, later in pairwise(part.notes))
    return is_meant and 0 < overlaps <= _MOST_SLIPS * len(part.notes)


def _in_one_line(notes: Sequence[Note]) -> list[Note]:
    """The notes, each up to the next that begins after it."""
    onsets = [*sorted({note.onset_tick for note in notes}), max(note.end_tick for note in notes)]
    following = (onsets[bisect_left(onsets, note.onset_tick + 1)] for note in notes)
    return [
        note._replace(length_ticks=min(note.length_ticks, tick - note.onset_tick))
        for note, tick in zip(notes, following, strict=True)
    ]


def _evened(notes: Sequence[Note]) -> list[Note]:
    """Chords whose notes end apart within a quarter, with nothing between, end together."""
    onsets = [note.onset_tick for note in notes]
    evened = []
    for onset, group in groupby(notes, key=lambda note: note.onset_tick):
        chord = list(group)
        end = max(note.end_tick for note in chord)
        following = bisect_left(onsets, onset + 1)
        is_free = following == len(onsets) or onsets[following] >= end
        if is_free and end - onset <= _LONGEST_EVENED:
            chord = [note._replace(length_ticks=end - onset) for note in chord]
        evened += chord
    return evened


def _thinned(notes: Sequence[Note]) -> list[Note]:
    """Of notes held from several onsets the lowest stay where a third line begins; others end
    there if they would need two ties or more or are nearly over."""
    onsets = sorted({note.onset_tick for note in notes})
    ends = [note.end_tick for note in notes]
    held: list[int] = []
    for onset, group in groupby(range(len(notes)), key=lambda index: notes[index].onset_tick):
        held = [index for index in held if ends[index] > onset]
        if len({(notes[index].onset_tick, ends[index]) for index in held}) > 1:
            lowest = min(held, key=lambda index: notes[index].pitch)
            for index in held:
                is_with_lowest = notes[index].onset_tick == notes[lowest].onset_tick
                ties = bisect_left(onsets, ends[index]) - bisect_left(onsets, onset)
                is_nearly_over = ends[index] - onset <= _NEARLY_OVER
                if not is_with_lowest and (ties >= _FEWEST_TIES or is_nearly_over):
                    ends[index] = onset
            held = [index for index in held if ends[index] > onset]
        held += group
    return [
        note._replace(length_ticks=end - note.onset_tick)
        for note, end in zip(notes, ends, strict=True)
    ]
