"""Notes of one pitch that overlap: no key can be struck while it is down."""

from __future__ import annotations

from collections.abc import Sequence

from composer.music.piece import Note


def without_overlaps(notes: Sequence[Note]) -> list[Note]:
    """The notes with none sounding into the next one of its pitch, in order of onset and pitch.

    An earlier note ends where the next begins; of two that begin together the longer stays.
    """
    kept: list[Note] = []
    last_of_pitch: dict[int, int] = {}
    for note in sorted(notes, key=lambda n: (n.onset_tick, n.pitch, -n.length_ticks)):
        position = last_of_pitch.get(note.pitch)
        if position is not None:
            earlier = kept[position]
            if earlier.onset_tick == note.onset_tick:
                continue
            if earlier.end_tick > note.onset_tick:
                cut = note.onset_tick - earlier.onset_tick
                kept[position] = earlier._replace(length_ticks=cut)
        last_of_pitch[note.pitch] = len(kept)
        kept.append(note)
    return kept
