"""Staccato: runs of notes played so much shorter than they are written that a dot says it better.

Single short notes in a performance are chance, and a part that is short throughout has its own
touch; neither gets dots.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby

from composer.music.piece import GRID_TICKS_PER_QUARTER, Note
from composer.rendering.score.notation import Place, place_of

_LONGEST_WRITTEN_TICKS = GRID_TICKS_PER_QUARTER
_MOST_PLAYED_SHARE = 0.6
_FEWEST_IN_A_RUN = 3
_MOST_OF_A_PART = 0.6


def staccato_places(played: Sequence[Note], written: Sequence[Note]) -> frozenset[Place]:
    """The notes to dot; both are the notes of one part on the grid, in the same order."""
    pairs = zip(played, written, strict=True)
    chords = [list(group) for _, group in groupby(pairs, key=lambda pair: pair[1].onset_tick)]
    found: list[Place] = []
    for is_short, run in groupby(chords, key=_is_short):
        notes = [note for chord in run for _, note in chord]
        if is_short and len({note.onset_tick for note in notes}) >= _FEWEST_IN_A_RUN:
            found.extend(map(place_of, notes))
    return frozenset(found if len(found) <= _MOST_OF_A_PART * len(written) else ())


def _is_short(chord: Collection[tuple[Note, Note]]) -> bool:
    return all(
        written.length_ticks <= _LONGEST_WRITTEN_TICKS
        and played.length_ticks <= _MOST_PLAYED_SHARE * written.length_ticks
        for played, written in chord
    )
