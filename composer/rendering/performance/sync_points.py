"""A performance that bends time and is on time: what it steals in a span it gives back there.

For music to film, where a bar line falls on a cut and the whole lasts exactly so long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from composer.music.bars import seconds_at, tempo_at
from composer.music.piece import Piece, TempoChange


def on_time(
    bent: Sequence[TempoChange], steady: Piece, ticks: Sequence[int]
) -> tuple[TempoChange, ...]:
    """Bent tempi, all slower or faster between two of `ticks`, begin and end by one factor, so
    that each of these ticks falls when the tempi of `steady` say."""
    anchors = sorted({0, *ticks, steady.end_tick})
    changes = {change.tick: change.quarters_per_minute for change in bent}
    as_bent = replace(steady, tempi=tuple(bent))
    for anchor in anchors[:-1]:
        tempo = tempo_at(as_bent, anchor)
        changes.setdefault(anchor, tempo.quarters_per_minute if tempo else 120.0)
    for start, end in pairwise(anchors):
        due = seconds_at(steady, end) - seconds_at(steady, start)
        factor = (seconds_at(as_bent, end) - seconds_at(as_bent, start)) / due
        for tick in changes:
            if start <= tick < end:
                changes[tick] *= factor
    return tuple(TempoChange(tick, changes[tick]) for tick in sorted(changes))
