"""A piece as somebody plays it: how loud each note is, and (unless mechanical) how time bends.

Onsets, pitches and lengths are never touched, so a performance and its score agree note for note.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from composer.music.bars import Bar, bars_of
from composer.music.piece import Note, Part, Piece

PLAIN_VELOCITY = 80
_DOWNBEAT_ACCENT = 10
_BEAT_ACCENT = 4


class Pedal(NamedTuple):
    tick: int
    is_down: bool


@dataclass(frozen=True, slots=True)
class Performance:
    """The piece with every velocity and tempo decided, and the pedal of each part."""

    piece: Piece
    pedals: tuple[tuple[Pedal, ...], ...]


def perform(piece: Piece, *, seed: int = 0, mechanical: bool = False) -> Performance:
    """How the piece is played; where it already says how loud a note is, that stays.

    `mechanical` plays every undecided note alike and in strict time.
    """
    bars = bars_of(piece)
    parts = tuple(_perform_part(part, bars, piece, mechanical) for part in piece.parts)
    return Performance(replace(piece, parts=parts), ((),) * len(parts))


def _perform_part(part: Part, bars: Sequence[Bar], piece: Piece, mechanical: bool) -> Part:
    starts = [bar.start_tick for bar in bars]
    notes: list[Note] = []
    for note in part.notes:
        velocity = note.velocity
        if velocity == 0:
            velocity = PLAIN_VELOCITY
            if not mechanical and bars:
                bar = bars[max(0, bisect_right(starts, note.onset_tick) - 1)]
                velocity += _accent(note.onset_tick, bar, piece.ticks_per_quarter)
        notes.append(note._replace(velocity=velocity))
    return replace(part, notes=tuple(notes))


def _accent(tick: int, bar: Bar, ticks_per_quarter: int) -> int:
    offset = tick - bar.start_tick
    if offset == 0:
        return _DOWNBEAT_ACCENT
    beat = max(1, 4 * ticks_per_quarter // bar.meter.denominator)
    return _BEAT_ACCENT if offset % beat == 0 else 0
