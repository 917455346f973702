"""Eighths written straight and played with swing: the second of a beat comes late.

How late depends on the tempo, after Friberg and Sundström ("Swing ratios and ensemble timing in
jazz performance", Music Perception 19, 2002): the short eighth never gets shorter than about a
tenth of a second, so fast music is nearly straight; we do not go beyond the triplet's 2 to 1.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from composer.music.bars import bars_of, tempo_at
from composer.music.piece import Note, Piece

SWUNG_TICKS_PER_QUARTER = 480
_SHORTEST_EIGHTH_SECONDS = 0.1
_LATEST_PLACE = 2 / 3
_SHORTEST_TICKS = SWUNG_TICKS_PER_QUARTER // 8
_SIMPLE_DENOMINATORS = (2, 4)


def with_swing(piece: Piece, amount: float) -> Piece:
    """The piece with its off-beats late, at `SWUNG_TICKS_PER_QUARTER` or a multiple.

    `amount` is 0 (straight) to 1. Only beats (quarters, in simple meters) swing whose onsets, in
    all parts, are the beat itself and its half or its last triplet; what begins or ends inside such
    a beat moves with it.
    """
    fine = _finer(piece, -(-SWUNG_TICKS_PER_QUARTER // piece.ticks_per_quarter))
    beats = _swung_beats(fine, amount) if amount else []
    if not beats:
        return piece
    starts = [beat.start_tick for beat in beats]

    def played(tick: int) -> int:
        beat = beats[max(0, bisect_right(starts, tick) - 1)]
        return beat.played(tick) if beat.start_tick <= tick < beat.end_tick else tick

    def swung(note: Note) -> Note:
        onset = played(note.onset_tick)
        length = max(min(note.length_ticks, _SHORTEST_TICKS), played(note.end_tick) - onset)
        return note._replace(onset_tick=onset, length_ticks=length)

    parts = (replace(part, notes=tuple(map(swung, part.notes))) for part in fine.parts)
    return replace(fine, parts=tuple(parts))


def off_beat_place(quarters_per_minute: float, amount: float) -> float:
    """Where in its beat (0..1) an off-beat is played at this tempo."""
    share_of_a_short_eighth = _SHORTEST_EIGHTH_SECONDS * quarters_per_minute / 60.0
    latest = min(_LATEST_PLACE, max(0.5, 1.0 - share_of_a_short_eighth))
    return 0.5 + amount * (latest - 0.5)


class _Beat(NamedTuple):
    """A beat that swings: its first and last written off-beat, and where both are played."""

    start_tick: int
    first_tick: int
    last_tick: int
    played_tick: int
    end_tick: int

    def played(self, tick: int) -> int:
        """When a tick of the beat is played: what lies before the off-beat takes longer."""
        if tick < self.first_tick:
            stretch = (self.played_tick - self.start_tick) / (self.first_tick - self.start_tick)
            return self.start_tick + round((tick - self.start_tick) * stretch)
        if tick <= self.last_tick:
            return self.played_tick
        squeeze = (self.end_tick - self.played_tick) / (self.end_tick - self.last_tick)
        return self.end_tick - round((self.end_tick - tick) * squeeze)


def _swung_beats(piece: Piece, amount: float) -> list[_Beat]:
    quarter = piece.ticks_per_quarter
    starts = [
        tick
        for bar in bars_of(piece)
        if bar.meter.denominator in _SIMPLE_DENOMINATORS
        for tick in range(bar.start_tick, bar.end_tick - quarter + 1, quarter)
    ]
    inside: dict[int, set[int]] = {}
    straight: set[int] = set()
    for part in piece.parts:
        before = -1
        for onset in sorted({note.onset_tick for note in part.notes}):
            position = bisect_right(starts, onset) - 1
            if position < 0 or not starts[position] < onset < starts[position] + quarter:
                continue
            inside.setdefault(starts[position], set()).add(onset - starts[position])
            if before == position:  # two off-beats of one player cannot be played as one
                straight.add(starts[position])
            before = position
    off_beats = {quarter // 2, 2 * quarter // 3}
    return [
        _beat(piece, start, sorted(places), amount)
        for start, places in sorted(inside.items())
        if places <= off_beats and start not in straight
    ]


def _beat(piece: Piece, start_tick: int, places: Sequence[int], amount: float) -> _Beat:
    tempo = tempo_at(piece, start_tick)
    place = off_beat_place(tempo.quarters_per_minute if tempo else 120.0, amount)
    quarter = piece.ticks_per_quarter
    return _Beat(
        start_tick,
        start_tick + places[0],
        start_tick + places[-1],
        start_tick + round(place * quarter),
        start_tick + quarter,
    )


def _finer(piece: Piece, factor: int) -> Piece:
    """The same piece with each tick cut into `factor`."""

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
