"""Which measures of the score that a piece was read from are still what they were."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from composer.music.bars import bars_of
from composer.music.piece import MeterChange, Part, Piece
from composer.music.source import Source

Content = tuple[tuple[int, int, int, bool], ...]
"""What sounds in a measure: beginning and end (ticks from its own), pitch, and whether it began
before."""


class ReadMeasures(NamedTuple):
    """The measures of a piece that was read from a score and changed since.

    `edges` are ticks of the piece: where each measure begins as they are played, then each bar
    behind the end of the file, then the end. `before` is what each part of the score (by its place
    there) had in them, `now` what each part of the piece has.
    """

    edges: tuple[int, ...]
    before: dict[int, list[Content]]
    now: list[list[Content]]

    @classmethod
    def of(cls, piece: Piece, source: Source) -> ReadMeasures:
        factor = piece.ticks_per_quarter // source.ticks_per_quarter
        read_end = source.end_tick * factor
        later = (bar.end_tick for bar in bars_of(piece) if bar.start_tick >= read_end)
        edges = (*(tick * factor for tick in source.measure_ticks), read_end, *later)
        return cls(
            edges,
            {part.track: contents_of(part, edges, factor) for part in source.parts},
            [contents_of(part, edges) for part in piece.parts],
        )

    def printed(self, piece: Piece, source: Source, count: int) -> list[int] | None:
        """Which of these measures each of the `count` printed ones shows under the repeat signs of
        the score (-1: none, it is never played), and those behind them.

        None where the passes of a repeat are not the same any more: it has to be written out.
        """
        played = source.played_measures
        later = range(len(played), len(self.edges) - 1)
        if later and played[-1] != count - 1:
            return None
        shows = [-1] * count
        for place, measure in reversed(list(enumerate(played))):
            shows[measure] = place
        for part, now in zip(piece.parts, self.now, strict=True):
            was = self.before.get(part.track, now)
            for place, measure in enumerate(played):
                first = shows[measure]
                is_as_before = now[place] == was[place] and now[first] == was[first]
                if not is_as_before and now[place] != now[first]:
                    return None
        return [*shows, *later]


def own_parts(piece: Piece) -> dict[int, int]:
    """The parts of a piece that its score has too, with the same player: their places in the piece
    by those in the score."""
    read = piece.source.parts if piece.source is not None else ()
    players = {part.track: (part.instrument, part.name) for part in read}
    return {
        part.track: place
        for place, part in enumerate(piece.parts)
        if players.get(part.track) == (part.instrument, part.name)
    }


def has_read_measures(piece: Piece) -> bool:
    """Whether a piece has a score, and under the same meters and keys some of its parts."""
    source = piece.source
    if source is None or not source.musicxml or not source.measure_ticks:
        return False
    factor, rest = divmod(piece.ticks_per_quarter, source.ticks_per_quarter)
    end_tick = source.end_tick * factor
    meters = tuple(meter for meter in piece.meters if meter.tick < end_tick)
    return (
        rest == 0
        and piece.end_tick >= end_tick
        and piece.keys == tuple(key._replace(tick=key.tick * factor) for key in source.keys)
        and meters == tuple(one._replace(tick=one.tick * factor) for one in source.meters)
        and bool(own_parts(piece))
    )


def contents_of(part: Part, edges: Sequence[int], factor: int = 1) -> list[Content]:
    """What of a part, its ticks times `factor`, sounds between each two edges."""
    found: list[list[tuple[int, int, int, bool]]] = [[] for _ in edges[1:]]
    for note in part.notes:
        onset, end = note.onset_tick * factor, note.end_tick * factor
        place = max(0, bisect_right(edges, onset) - 1)
        while place < len(found) and edges[place] < end:
            start, stop = edges[place : place + 2]
            own = (max(onset, start) - start, min(end, stop) - start, note.pitch, onset < start)
            found[place].append(own)
            place += 1
    return [tuple(sorted(content)) for content in found]


def with_bars_at(piece: Piece, edges: Sequence[int]) -> Piece:
    """The piece with a bar from each edge to the next, and one for what is before the first."""
    ticks = [meter.tick for meter in piece.meters]
    meters = []
    for start, end in pairwise(dict.fromkeys((0, *edges))):
        _, numerator, denominator = piece.meters[bisect_right(ticks, start) - 1]
        quarters = (end - start) / piece.ticks_per_quarter
        while 4 * numerator < quarters * denominator:  # the next change cuts it short
            numerator += 1
        meters.append(MeterChange(start, numerator, denominator))
    return replace(piece, meters=tuple(meters), end_tick=edges[-1])
