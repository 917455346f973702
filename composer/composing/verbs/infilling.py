"""`infill`: some bars of some parts written anew, all else as it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from composer.composing.asking.held_to import held_to
from composer.composing.verbs.draft import check_bars, chords_given_in, draft_of, part_places
from composer.composing.verbs.spans import Progress, Turn, Writing, quiet
from composer.composing.writing.sampling import Chance
from composer.music.piece import Piece


def infill(
    piece: Piece,
    first_bar: int,
    last_bar: int,
    parts: Sequence[str] = (),
    *,
    chords: str = "",
    style: str = "",
    mood: str = "",
    seed: int | None = None,
    chance: Chance | None = None,
    weights: Path | None = None,
    progress: Progress = quiet,
) -> Piece:
    """The piece with bars `first_bar`..`last_bar` (from 1) of `parts` (all, if none) written anew.

    Every other note comes back exactly as it was. `chords` ("Dm7 G7 | Cmaj7", or Roman numerals)
    are those of these bars, from the first on, again and again. Raises RequestError if there are no
    such bars or parts, or no such chords.
    """
    draft = draft_of(piece)
    check_bars(draft, first_bar - 1, last_bar - 1)
    places = part_places(draft.source, parts)
    request = held_to(piece, style=style, mood=mood, chords=chords)
    given = chords_given_in(draft, request.chords, range(first_bar - 1, last_bar))
    writing = Writing(draft, Turn(request, seed, chance, weights), chords=given)
    asked_for = places if parts else []
    return writing.rewrite(first_bar - 1, last_bar - 1, places, progress, asked_for).source
