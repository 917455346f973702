"""Lengths as a player reads them: small gaps closed, small overlaps cut, no onset moved.

A length that ends on a sixteenth, on another onset of the part or inside a triplet is written as
it is. Others come from playing (legato that stops short, fingers that stay down); each takes the
nearest end that is easy to read. Where many are like that the part was performed, and each hand is
read by itself: what sounds for a good share of the time to the hand's next onset is written up to
it, and so is what is held a little beyond. Drums sound as long as they like: those of hands and of
feet are written up to their next onset or beat, or as far as one value reaches, for nobody ties
drums. A single line's quick notes before the beat (how files play grace notes) take their time from
the note before, which would need a second voice otherwise.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from composer.music.instruments import BY_NAME
from composer.music.piece import GRID_TICKS_PER_QUARTER, Note, Part
from composer.rendering.score.division import divide
from composer.rendering.score.percussion import FEET
from composer.rendering.score.rhythm import Stretch, write_bar

_SIXTEENTH_TICKS = GRID_TICKS_PER_QUARTER // 4
_THIRTY_SECOND_TICKS = GRID_TICKS_PER_QUARTER // 8
_QUICK_TICKS = _THIRTY_SECOND_TICKS
_PERFORMED_SHARE = 0.1
_TINY_GAP_TICKS = 2
_FILLED_SHARE = 0.2
_LEGATO_SHARE = 0.5
_HELD_SHARE = 2
_HELD_TICKS = 3 * GRID_TICKS_PER_QUARTER // 2
_WEAKNESS = ((GRID_TICKS_PER_QUARTER, 1.5), (12, 3.0), (_SIXTEENTH_TICKS, 5.0))
"""How much further away a position may be (in ticks) than one half as strong."""


def with_written_lengths(part: Part, end_tick: int) -> Part:
    """The part, on the grid, with the lengths that its score shows, none beyond the piece."""
    if part.is_drums:
        limbs = {is_foot: _Reader.of(notes) for is_foot, notes in _by_limb(part.notes).items()}
        drums = [limbs[note.pitch in FEET].drum(note) for note in part.notes]
        return replace(part, notes=tuple(kept_apart(drums, end_tick)))
    part = _with_quick_notes(part)
    reader = _Reader.of(part.notes)
    if all(reader.is_plain(note) for note in part.notes):
        return part
    notes = [reader.read(note) for note in part.notes]
    return replace(part, notes=tuple(kept_apart(notes, end_tick)))


def is_performed(part: Part) -> bool:
    """Whether the lengths of a part, on the grid, come from playing."""
    reader = _Reader.of(part.notes)
    hard = sum(not reader.is_plain(note) for note in part.notes)
    return hard > _PERFORMED_SHARE * len(part.notes)


def with_lengths_of_hands(part: Part, staves: Sequence[int], end_tick: int) -> Part:
    """A performed part, on the grid, its notes on these staves, each staff written by itself."""
    part = _with_quick_notes(part)
    notes = list(part.notes)
    for staff in set(staves):
        indices = [index for index, own in enumerate(staves) if own == staff]
        reader = _Reader.of([notes[index] for index in indices])
        for index in indices:
            notes[index] = reader.perform(notes[index])
    return replace(part, notes=tuple(kept_apart(notes, end_tick)))


def _by_limb(notes: Sequence[Note]) -> dict[bool, list[Note]]:
    """The drums of the hands (False) and of the feet (True)."""
    return {
        is_foot: [n for n in notes if (n.pitch in FEET) == is_foot] for is_foot in (False, True)
    }


def _with_quick_notes(part: Part) -> Part:
    """A single line, those of its notes cut short into whose last moments only quick ones fall."""
    if BY_NAME[part.instrument].staves > 1:
        return part
    notes = part.notes
    onsets = [note.onset_tick for note in notes]
    cut = []
    for note in notes:
        first = bisect_right(onsets, note.onset_tick)
        inside = notes[first : bisect_left(onsets, note.end_tick, lo=first)]
        if inside and _are_quick(inside, note):
            note = ending(note, inside[0].onset_tick)
        cut.append(note)
    return replace(part, notes=tuple(cut))


def _are_quick(inside: Sequence[Note], around: Note) -> bool:
    taken = around.end_tick - inside[0].onset_tick
    return taken <= min(2 * _QUICK_TICKS, around.length_ticks // 2) and all(
        note.length_ticks <= _QUICK_TICKS and note.end_tick <= around.end_tick for note in inside
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """`onsets` of the part in order; `triplet_beats` are quarters with an onset off the 32nds."""

    onsets: tuple[int, ...]
    triplet_beats: frozenset[int]

    @classmethod
    def of(cls, notes: Sequence[Note]) -> _Reader:
        onsets = tuple(sorted({note.onset_tick for note in notes}))
        triplets = frozenset(
            onset // GRID_TICKS_PER_QUARTER for onset in onsets if onset % _THIRTY_SECOND_TICKS
        )
        return cls(onsets, triplets)

    def is_plain(self, note: Note) -> bool:
        """Whether the note's end is easy to read as it is."""
        end = note.end_tick
        following = self._next_onset(note.onset_tick)
        if following is not None and 0 < following - end <= _TINY_GAP_TICKS:
            return False
        if end % _SIXTEENTH_TICKS == 0 or self._is_onset(end):
            return True
        if end % _THIRTY_SECOND_TICKS == 0:
            return note.length_ticks < 2 * _SIXTEENTH_TICKS
        return end % 4 == 0 and end // GRID_TICKS_PER_QUARTER in self.triplet_beats

    def read(self, note: Note) -> Note:
        if self.is_plain(note):
            return note
        return ending(note, self._nearest_end(note, self._next_onset(note.onset_tick)))

    def perform(self, note: Note) -> Note:
        """A played note up to the hand's next onset, unless it is far shorter or longer."""
        following = self._next_onset(note.onset_tick)
        if following is None:
            return self.read(note)
        slot, length = following - note.onset_tick, note.length_ticks
        share = _FILLED_SHARE if slot <= GRID_TICKS_PER_QUARTER else _LEGATO_SHARE
        longest = max(slot, _HELD_TICKS, _HELD_SHARE * slot)
        is_up_to_it = share * slot <= length <= longest
        return ending(note, following) if is_up_to_it else self.read(note)

    def drum(self, note: Note) -> Note:
        """A drum's note up to the next onset or beat, or as far as one written value reaches."""
        beat = note.onset_tick - note.onset_tick % GRID_TICKS_PER_QUARTER
        first = bisect_left(self.onsets, beat)
        last = bisect_left(self.onsets, beat + GRID_TICKS_PER_QUARTER, lo=first)
        strokes = tuple(onset - beat for onset in self.onsets[first:last])
        return ending(note, beat + _ends_in_a_beat(strokes)[note.onset_tick - beat])

    def _nearest_end(self, note: Note, following: int | None) -> int:
        end = note.end_tick
        longest = end + max(_SIXTEENTH_TICKS, 3 * note.length_ticks // 10)
        shortest = max(note.onset_tick + 1, end - max(4, note.length_ticks // 5))
        costs = {
            position: abs(position - end) + weakness
            for step, weakness in reversed(_WEAKNESS)
            for position in range(-(-shortest // step) * step, longest + 1, step)
        }
        first = bisect_left(self.onsets, shortest)
        for onset in self.onsets[first : bisect_right(self.onsets, longest)]:
            costs[onset] = abs(onset - end)
        if costs:
            return min(costs, key=lambda position: (costs[position], -position))
        return end if following is None else min(end, following)

    def _is_onset(self, tick: int) -> bool:
        position = bisect_left(self.onsets, tick)
        return position < len(self.onsets) and self.onsets[position] == tick

    def _next_onset(self, tick: int) -> int | None:
        position = bisect_right(self.onsets, tick)
        return self.onsets[position] if position < len(self.onsets) else None


@lru_cache(maxsize=4096)
def _ends_in_a_beat(strokes: tuple[int, ...]) -> dict[int, int]:
    """Where the first written value of each stroke in a beat ends, in ticks from the beat."""
    edges = [*strokes, GRID_TICKS_PER_QUARTER]
    stretches = [Stretch(start, end, False) for start, end in pairwise(edges)]
    if strokes[0] > 0:
        stretches.insert(0, Stretch(0, strokes[0], True))
    division = divide(1, 4, GRID_TICKS_PER_QUARTER)
    written = write_bar(stretches, division)
    return {one.start: one.end for one in written if one.start in strokes}


def ending(note: Note, end_tick: int) -> Note:
    """The note, as long as it takes to end there."""
    return note._replace(length_ticks=end_tick - note.onset_tick)


def kept_apart(notes: Sequence[Note], end_tick: int) -> list[Note]:
    """The notes, in order of onset, with none reaching into the next of its pitch or the end."""
    next_onset: dict[int, int] = {}
    kept: list[Note] = []
    for note in reversed(notes):
        limit = next_onset.get(note.pitch, end_tick)
        if note.end_tick > limit:
            note = ending(note, limit)
        next_onset[note.pitch] = note.onset_tick
        kept.append(note)
    return kept[::-1]
