"""Lengths that two voices a staff can show: what engravers write, where files keep keys down.

In twenty engraved scores (39,251 notes) notes that begin together on a staff and end apart within
a quarter, or at three ticks, always have another note between their ends; none is held a sixteenth
into a longer one and then let go into silence (and few an eighth), and hardly ever (8 notes) does a
note begin above two that were held from different onsets. Files do all that, by the fingers of
their players; written out it would take rests under every chord, or ties through all of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from composer.music.instruments import BY_NAME
from composer.music.piece import GRID_TICKS_PER_QUARTER, Note, Part
from composer.rendering.score.written_lengths import ending, kept_apart

_LONGEST_EVENED = GRID_TICKS_PER_QUARTER
_MOST_ENDS = 2
_RELEASE, _LATE_RELEASE = GRID_TICKS_PER_QUARTER // 4, GRID_TICKS_PER_QUARTER // 2
_MOST_LATE = 0.04
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
        of_staff = _thinned(_evened(_released([notes[index] for index in indices])))
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


def _released(notes: Sequence[Note]) -> list[Note]:
    """Notes held a little into longer ones, and on into silence, end where those begin.

    A little is a sixteenth, or an eighth where more of them do so than engravers write.
    """
    ends: dict[int, int] = {}
    for note in notes:
        ends[note.onset_tick] = max(note.end_tick, ends.get(note.onset_tick, 0))
    onsets = sorted(ends)
    last_inside = [onsets[bisect_left(onsets, note.end_tick) - 1] for note in notes]
    over = [
        note.end_tick - last
        if note.onset_tick < last and note.end_tick < ends[last] and note.end_tick not in ends
        else 0
        for note, last in zip(notes, last_inside, strict=True)
    ]
    late = sum(0 < ticks <= _LATE_RELEASE for ticks in over)
    longest = _LATE_RELEASE if late > _MOST_LATE * len(notes) else _RELEASE
    return [
        ending(note, last) if 0 < ticks <= longest else note
        for note, last, ticks in zip(notes, last_inside, over, strict=True)
    ]


def _evened(notes: Sequence[Note]) -> list[Note]:
    """Chords whose notes end apart within a quarter, or at more than two ticks, with nothing
    between, end together."""
    onsets = [note.onset_tick for note in notes]
    evened = []
    for onset, group in groupby(notes, key=lambda note: note.onset_tick):
        chord = list(group)
        end = max(note.end_tick for note in chord)
        following = bisect_left(onsets, onset + 1)
        is_free = following == len(onsets) or onsets[following] >= end
        is_ragged = len({note.end_tick for note in chord}) > _MOST_ENDS
        if is_free and (is_ragged or end - onset <= _LONGEST_EVENED):
            chord = [ending(note, end) for note in chord]
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
    return [ending(note, end) for note, end in zip(notes, ends, strict=True)]
