"""A composition for a loop: its last bars lead back into its first instead of ending."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from composer.analysis.chord_finding import estimate_chords
from composer.composing.compose import Composition
from composer.composing.verbs.infilling import infill
from composer.composing.verbs.spans import LONGEST_AFTER, Progress, quiet
from composer.music.bars import bars_of
from composer.music.piece import KeyChange, MeterChange, Piece, TempoChange

_BARS_OF_AN_END = 2

ChangeT = TypeVar("ChangeT", MeterChange, KeyChange, TempoChange)


def looped(
    composition: Composition, *, weights: Path | None = None, progress: Progress = quiet
) -> Composition:
    """The composition with its last two bars (of four or fewer the last) written anew.

    They are written as bars in the middle of a piece, with the first bars standing behind them.
    Where chords or a melody were given they stay: what was given says how the end goes.
    """
    request = replace(composition.request, loops=True)
    composition = replace(composition, request=request)
    bars = bars_of(composition.piece)
    if request.chords or request.melody is not None:
        return _named(composition)
    first = len(bars) - (_BARS_OF_AN_END if len(bars) > 2 * _BARS_OF_AN_END else 1)
    if first < 1:
        return _named(composition)
    written = infill(
        with_beginning_behind(composition.piece),
        first + 1,
        len(bars),
        seed=composition.seed,
        weights=weights,
        progress=progress,
    )
    piece = replace(
        composition.piece,
        parts=tuple(part.until(composition.piece.end_tick) for part in written.parts),
    )
    kept = (chord for chord in composition.chords if chord.tick < bars[first].start_tick)
    heard = (c for c in estimate_chords(piece) if c.tick >= bars[first].start_tick)
    return _named(replace(composition, piece=piece, chords=(*kept, *heard)))


def with_beginning_behind(piece: Piece) -> Piece:
    """The piece and behind it its first bars, as many as a writer looks ahead."""
    bars = bars_of(piece)[:LONGEST_AFTER]
    length, end = bars[-1].end_tick, piece.end_tick
    parts = tuple(
        replace(
            part,
            notes=(
                *part.notes,
                *(
                    note._replace(onset_tick=note.onset_tick + end)
                    for note in part.until(length).notes
                ),
            ),
        )
        for part in piece.parts
    )
    return replace(
        piece,
        parts=parts,
        meters=_again(piece.meters, length, end),
        keys=_again(piece.keys, length, end),
        tempi=_again(piece.tempi, length, end),
        end_tick=end + length,
    )


def _again(changes: tuple[ChangeT, ...], length: int, end: int) -> tuple[ChangeT, ...]:
    """The changes and those of the first `length` ticks again from `end` on."""
    early = [change for change in changes if change.tick < length] if len(changes) > 1 else []
    return changes + tuple(change._replace(tick=change.tick + end) for change in early)


def _named(composition: Composition) -> Composition:
    return replace(composition, name=f"{composition.name}-loop")
