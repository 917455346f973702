"""`continue`: bars more, in the piece's own meter, key, tempo and instruments."""

from __future__ import annotations

from pathlib import Path

from composer.composing.asking.held_to import held_to
from composer.composing.asking.request import MOST_BARS
from composer.composing.verbs.draft import (
    Draft,
    chords_given,
    draft_of,
    lengthened,
    with_new_notes,
)
from composer.composing.verbs.spans import LONGEST_SPAN, Progress, Turn, Writing, quiet
from composer.composing.writing.sampling import Chance
from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.piece import Piece


def continue_piece(
    piece: Piece,
    bars: int = 16,
    *,
    style: str = "",
    mood: str = "",
    seed: int | None = None,
    chance: Chance | None = None,
    weights: Path | None = None,
    progress: Progress = quiet,
) -> Piece:
    """The piece with `bars` bars more, in its own meter, key, tempo and instruments.

    `style` and `mood` may turn it. Its own notes stay exactly as they are; `ticks_per_quarter`
    may become a multiple. Raises RequestError for what cannot be done.
    """
    draft = draft_of(piece)
    there, most = len(draft.bars), MOST_BARS - len(draft.bars)
    if most < 1:
        raise RequestError(f"the piece has {there} bars already; at most {MOST_BARS} are possible")
    if not 1 <= bars <= most:
        raise RequestError(f"{bars} bars cannot be added; give 1 to {most}")
    request = held_to(piece, more_bars=bars, style=style, mood=mood)
    return continued(draft, bars, Turn(request, seed, chance, weights), progress)


def continued(draft: Draft, bars: int, turn: Turn, progress: Progress = quiet) -> Piece:
    """The piece of a draft with `bars` bars more, turned to what is asked."""
    there, last = len(draft.bars), len(draft.bars) + bars - 1
    longer = lengthened(draft, bars)
    writing = Writing(longer, turn, chords=chords_given(longer, turn.request.chords, last + 1))
    near = bars_of(draft.grid)[-LONGEST_SPAN:][0].start_tick
    due = [
        place
        for place, part in enumerate(draft.grid.parts)
        if any(note.onset_tick >= near for note in part.notes)
    ]
    written = writing.fullest(there, last, [], due, progress)
    return with_new_notes(draft, written, there, last, range(len(draft.source.parts)))
