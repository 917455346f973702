"""The same piece with more ticks to a quarter."""

from __future__ import annotations

from dataclasses import replace

from composer.music.piece import Note, Piece


def finer(piece: Piece, factor: int) -> Piece:
    """The same piece with each tick cut into `factor`."""
    if factor == 1:
        return piece

    def note(old: Note) -> Note:
        return old._replace(
            onset_tick=old.onset_tick * factor, length_ticks=old.length_ticks * factor
        )

    return replace(
        piece,
        parts=tuple(replace(part, notes=tuple(map(note, part.notes))) for part in piece.parts),
        meters=tuple(meter._replace(tick=meter.tick * factor) for meter in piece.meters),
        keys=tuple(key._replace(tick=key.tick * factor) for key in piece.keys),
        tempi=tuple(tempo._replace(tick=tempo.tick * factor) for tempo in piece.tempi),
        end_tick=piece.end_tick * factor,
        ticks_per_quarter=piece.ticks_per_quarter * factor,
    )
