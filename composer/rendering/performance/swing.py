"""Eighths written straight and played with swing, either way: the second of a beat comes late.

How late depends on the tempo, after Friberg and Sundström ("Swing ratios and ensemble timing in
jazz performance", Music Perception 19, 2002): the short eighth never gets shorter than about a
tenth of a second, so fast music is nearly straight; we do not go beyond the triplet's 2 to 1.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import NamedTuple

from composer.music.bars import bars_of, tempo_at
from composer.music.piece import Note, Piece
from composer.music.resolution import finer

SWUNG_TICKS_PER_QUARTER = 480
_SHORTEST_EIGHTH_SECONDS = 0.1
_LATEST_PLACE = 2 / 3
_SHORTEST_IN_QUARTERS = 8
_SIMPLE_DENOMINATORS = (2, 4)

SWUNG_STYLE = "jazz"
"""The style of what is heard to swing where nobody has said one."""
_PLACES = {"triplet": (0.28, 0.39), "straight": (0.44, 0.57), "swung": (0.57, 0.70)}
"""Where in a beat its second note lies, beyond the first and up to the second number."""
_AT_THE_BEAT = 0.08
_FEWEST_SWUNG, _LEAST_SWUNG = 8, 0.1
_MOST_STRAIGHT, _MOST_TRIPLETS = 0.1, 0.25


def with_swing(piece: Piece, amount: float) -> Piece:
    """The piece with its off-beats late, at `SWUNG_TICKS_PER_QUARTER` or a multiple.

    `amount` is 0 (straight) to 1. Only beats (quarters, in simple meters) swing whose onsets, in
    all parts, are the beat itself and its half or its last triplet; what begins or ends inside such
    a beat moves with it.
    """
    fine = finer(piece, -(-SWUNG_TICKS_PER_QUARTER // piece.ticks_per_quarter))
    beats = _swung_beats(fine, amount) if amount else []
    if not beats:
        return piece
    return _warped(fine, beats)


def straightened(piece: Piece) -> Piece:
    """A piece that swings with its off-beats at the half, its style `SWUNG_STYLE` if it has none.

    It swings where a tenth of the beats that are divided at all, and eight, have nothing in
    them but an off-beat near the last triplet, at most a tenth as many have one near the half, and
    at most a quarter as many the second note of three. Any other piece comes back unchanged. By how
    much a player is late throughout is taken off first.
    """
    played, piece = piece, _punctual(piece)
    beats = _divided_beats(piece)
    kinds = Counter(kind for kind, _ in beats)
    swung = kinds["swung"]
    if (
        swung < max(_FEWEST_SWUNG, _LEAST_SWUNG * len(beats))
        or kinds["straight"] > _MOST_STRAIGHT * swung
        or kinds["triplet"] > _MOST_TRIPLETS * swung
    ):
        return played
    tags = replace(piece.tags, style=piece.tags.style or SWUNG_STYLE)
    return replace(_warped(piece, [beat for kind, beat in beats if kind == "swung"]), tags=tags)


def _punctual(piece: Piece) -> Piece:
    """The piece with each part earlier by as much as its notes on the beat are late, in the
    median."""
    quarter = piece.ticks_per_quarter
    parts = []
    for part in piece.parts:
        near = [(n.onset_tick + quarter // 2) % quarter - quarter // 2 for n in part.notes]
        late = round(median([d for d in near if abs(d) < _AT_THE_BEAT * quarter] or [0]))
        notes = (n._replace(onset_tick=max(0, n.onset_tick - late)) for n in part.notes)
        parts.append(replace(part, notes=tuple(notes)) if late else part)
    return replace(piece, parts=tuple(parts))


def swung_like(changed: Piece, straight: Piece, played: Piece) -> Piece:
    """A piece made from `straight` (`played`, straightened) at its ticks, with the swing of that.

    Notes that are still as they were lie where they were played; new ones swing where `with_swing`
    lets them, as late as the median of the beats that were played so.
    """
    quarter = played.ticks_per_quarter
    late = [
        beat.first_tick - beat.start_tick
        for kind, beat in _divided_beats(played)
        if kind == "swung"
    ]
    if not late or changed.ticks_per_quarter != quarter:
        return changed
    place = round(median(late))
    swinging = [
        beat._replace(played_tick=beat.start_tick + place) for beat in _swung_beats(changed, 1.0)
    ]
    as_played = {
        (part.instrument, part.name, before): after
        for part, other in zip(straight.parts, played.parts, strict=True)
        for before, after in zip(part.notes, other.notes, strict=True)
    }
    swung = _warped(changed, swinging) if swinging else changed
    parts = []
    for part, new in zip(changed.parts, swung.parts, strict=True):
        notes = (
            as_played.get((part.instrument, part.name, before), after)
            for before, after in zip(part.notes, new.notes, strict=True)
        )
        parts.append(replace(part, notes=tuple(sorted(notes))))
    return replace(changed, parts=tuple(parts))


def off_beat_place(quarters_per_minute: float, amount: float) -> float:
    """Where in its beat (0..1) an off-beat is played at this tempo."""
    share_of_a_short_eighth = _SHORTEST_EIGHTH_SECONDS * quarters_per_minute / 60.0
    latest = min(_LATEST_PLACE, max(0.5, 1.0 - share_of_a_short_eighth))
    return 0.5 + amount * (latest - 0.5)


def _divided_beats(piece: Piece) -> list[tuple[str, _Beat]]:
    """The beats that have onsets in them, each as one of `_PLACES` or "", to be played straight."""
    quarter = piece.ticks_per_quarter
    beats = []
    for start, of_parts in sorted(_onsets_inside(piece).items()):
        places = sorted(set().union(*of_parts))
        places = [p for p in places if _AT_THE_BEAT < p / quarter < 1 - _AT_THE_BEAT]
        if places:
            first, last = start + places[0], start + places[-1]
            beat = _Beat(start, first, last, start + quarter // 2, start + quarter)
            beats.append((_kind({_kind_of_place(place / quarter) for place in places}), beat))
    return beats


def _kind(of_places: set[str]) -> str:
    """What a beat is: of one kind, a triplet if any of its onsets is the second of three, or ""."""
    if "triplet" in of_places:
        return "triplet"
    return of_places.pop() if len(of_places) == 1 else ""


def _kind_of_place(place: float) -> str:
    return next((kind for kind, (low, high) in _PLACES.items() if low < place <= high), "")


def _warped(piece: Piece, beats: Sequence[_Beat]) -> Piece:
    """The piece with what begins or ends inside these beats moved as they say."""
    starts = [beat.start_tick for beat in beats]
    shortest = piece.ticks_per_quarter // _SHORTEST_IN_QUARTERS

    def played(tick: int) -> int:
        beat = beats[max(0, bisect_right(starts, tick) - 1)]
        return beat.played(tick) if beat.start_tick <= tick < beat.end_tick else tick

    def moved(note: Note) -> Note:
        onset = played(note.onset_tick)
        length = max(min(note.length_ticks, shortest), played(note.end_tick) - onset)
        return note._replace(onset_tick=onset, length_ticks=length)

    parts = (replace(part, notes=tuple(map(moved, part.notes))) for part in piece.parts)
    return replace(piece, parts=tuple(parts))


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
    off_beats = {quarter // 2, 2 * quarter // 3}
    return [
        _beat(piece, start, sorted(places), amount)
        for start, of_parts in sorted(_onsets_inside(piece).items())
        for places in [set().union(*of_parts)]
        # two off-beats of one player cannot be played as one
        if places <= off_beats and all(len(own) == 1 for own in of_parts)
    ]


def _onsets_inside(piece: Piece) -> dict[int, list[set[int]]]:
    """For each quarter of a simple meter inside which something begins, by its first tick, where
    that is after it, a set for each part."""
    quarter = piece.ticks_per_quarter
    starts = [
        tick
        for bar in bars_of(piece)
        if bar.meter.denominator in _SIMPLE_DENOMINATORS
        for tick in range(bar.start_tick, bar.end_tick - quarter + 1, quarter)
    ]
    inside: dict[int, list[set[int]]] = {}
    for part in piece.parts:
        own: dict[int, set[int]] = {}
        for onset in {note.onset_tick for note in part.notes}:
            start = starts[max(0, bisect_right(starts, onset) - 1)] if starts else onset
            if start < onset < start + quarter:
                own.setdefault(start, set()).add(onset - start)
        for start, places in own.items():
            inside.setdefault(start, []).append(places)
    return inside


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
