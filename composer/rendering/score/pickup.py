"""A piece that begins with silence and an upbeat, as engravers write it: a short first bar."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from composer.music.bars import bars_of
from composer.music.piece import KeyChange, MeterChange, Piece, TempoChange

ChangeT = TypeVar("ChangeT", MeterChange, KeyChange, TempoChange)


def with_pickup(piece: Piece) -> Piece:
    """The piece without the silence at its beginning, where that is half the first bar or more.

    All ticks move by the same amount; the first bar becomes a bar of its own that is cut short.
    """
    bars = bars_of(piece)
    first_onset = min((n.onset_tick for part in piece.parts for n in part.notes), default=0)
    if len(bars) < 2 or not 2 * first_onset >= bars[0].length_ticks > first_onset:
        return piece
    beat = 4 * piece.ticks_per_quarter // bars[0].meter.denominator
    silence = first_onset - first_onset % max(1, min(beat, piece.ticks_per_quarter) // 2)
    parts = tuple(
        replace(
            part,
            notes=tuple(n._replace(onset_tick=n.onset_tick - silence) for n in part.notes),
        )
        for part in piece.parts
    )
    first, second = bars[:2]
    meters = [first.meter._replace(tick=0), second.meter._replace(tick=first.end_tick - silence)]
    meters += [
        meter._replace(tick=meter.tick - silence)
        for meter in piece.meters
        if meter.tick > second.start_tick
    ]
    return replace(
        piece,
        parts=parts,
        meters=tuple(meters),
        keys=_moved(piece.keys, silence),
        tempi=_moved(piece.tempi, silence),
        end_tick=piece.end_tick - silence,
    )


def _moved(changes: tuple[ChangeT, ...], ticks: int) -> tuple[ChangeT, ...]:
    return tuple(change._replace(tick=max(0, change.tick - ticks)) for change in changes)
