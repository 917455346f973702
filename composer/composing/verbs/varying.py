"""`vary`: from the piece itself to a new one in its shadow, by degrees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from math import ceil
from pathlib import Path

import numpy as np

from composer.analysis.melody import melody_put_back, with_melody_apart
from composer.composing.asking.held_to import held_to
from composer.composing.verbs.draft import Draft, RowsOfBars, check_bars, draft_of, part_places
from composer.composing.verbs.spans import Progress, Turn, Writing, quiet
from composer.composing.writing.sampling import Chance
from composer.composing.writing.voice_leading import NO_RULES, Rules
from composer.errors import RequestError
from composer.music.piece import Piece
from composer.tokens.fields import Kind

KEEPABLE = ("melody", "chords", "rhythm")
"""What can be kept besides parts."""

LONGEST_STEP = 2
MANY_BARS = 16
"""A step writes two bars, so that what is around them casts its shadow; one in a short piece."""


def vary(
    piece: Piece,
    strength: float,
    *,
    keep: Sequence[str] = (),
    bars: Sequence[int] = (),
    style: str = "",
    mood: str = "",
    seed: int | None = None,
    chance: Chance | None = None,
    weights: Path | None = None,
    progress: Progress = quiet,
) -> Piece:
    """A share `strength` (0..1) of the bars written anew: 0 the piece itself, 1 all of it.

    `keep` names what stays: parts; "melody", the part of the melody or the top line of a part
    that has more than it; "chords", the harmony as it is heard; "rhythm", onsets and lengths.
    `bars` (from 1) are the only ones to change, if there are any.
    With one seed a smaller strength is a stop on the way to a larger one, so `share_changed`
    never falls as strength grows. Raises RequestError for a strength beyond 0..1 and where
    nothing is left to vary.
    """
    if not 0 <= strength <= 1:
        raise RequestError(f"strength {strength:g} is not possible; give one in 0..1")
    kept_facts = {word.strip().lower() for word in keep} & {*KEEPABLE}
    names = [name for name in keep if name.strip().lower() not in KEEPABLE]
    whole, melody = piece, -1
    if "melody" in kept_facts:
        piece, melody = with_melody_apart(piece)
    held = {melody, *(part_places(piece, names, KEEPABLE) if names else [])}
    places = [place for place in range(len(piece.parts)) if place not in held]
    if "rhythm" in kept_facts:
        places = [place for place in places if not piece.parts[place].is_drums]
    if not places:
        raise RequestError("everything is kept; leave at least one part to vary")
    draft = draft_of(piece)
    writing = Writing(
        draft,
        Turn(held_to(whole, style=style, mood=mood), seed, chance, weights),
        chords=heard_chords(draft) if "chords" in kept_facts else None,
        rules=Rules(crossing=True) if len(piece.parts) > len(whole.parts) == 1 else NO_RULES,
    )
    steps = _steps(len(draft.bars), writing.seed)
    if bars:
        check_bars(draft, min(bars) - 1, max(bars) - 1)
        steps = [part for step in steps for part in _inside(step, {bar - 1 for bar in bars})]
    steps = steps[: ceil(round(strength * len(steps), 6))]
    for done, (first, last) in enumerate(steps, 1):
        if "rhythm" in kept_facts:
            writing.repitch(first, last, places)
        else:
            writing.rewrite(first, last, places)
        progress(done, len(steps))
    varied = writing.draft.source if steps else whole
    if len(varied.parts) > len(whole.parts):
        varied = melody_put_back(varied, melody, draft.source.parts)
    return varied


def share_changed(before: Piece, after: Piece) -> float:
    """The share of the notes of `before`, 0..1, that are not in `after`: no note of the same place
    among the parts begins there on that pitch."""
    there = Counter(_places(after))
    left = sum((Counter(_places(before)) & there).values())
    return 1.0 - left / max(1, before.note_count)


def _places(piece: Piece) -> list[tuple[int, float, int]]:
    return [
        (place, note.onset_tick / piece.ticks_per_quarter, note.pitch)
        for place, part in enumerate(piece.parts)
        for note in part.notes
    ]


def heard_chords(draft: Draft) -> RowsOfBars:
    """The chord rows of a draft, by bar."""
    return {
        bar: [row for row in rows if row[0] == Kind.CHORD] for bar, rows in enumerate(draft.bars)
    }


def _inside(step: tuple[int, int], bars: Collection[int]) -> list[tuple[int, int]]:
    """What is left of a step where only these bars may change."""
    first, last = step
    inside = [bar for bar in range(first, last + 1) if bar in bars]
    return [step] if len(inside) == last - first + 1 else [(bar, bar) for bar in inside]


def _steps(bars: int, seed: int) -> list[tuple[int, int]]:
    """All bars in spans (first, last), in the order in which they are written anew."""
    length = LONGEST_STEP if bars >= MANY_BARS else 1
    spans = [(first, min(first + length, bars) - 1) for first in range(0, bars, length)]
    return [spans[i] for i in np.random.default_rng(seed).permutation(len(spans))]
