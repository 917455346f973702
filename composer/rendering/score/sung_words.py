"""Words under the notes that they are sung to."""

from __future__ import annotations

from bisect import bisect_left

from composer.music.piece import GRID_TICKS_PER_QUARTER, Part
from composer.music.source import Lyric, Source, lyrics_at

_FARTHEST_TICKS = GRID_TICKS_PER_QUARTER // 3
"""How far a syllable may stand from the note that it belongs to: what quantising moves a note."""


def words_under(
    part: Part, source: Source | None, silence_ticks: int
) -> tuple[tuple[int, tuple[Lyric, ...]], ...]:
    """The words of a part by the tick of the note under which they stand.

    The part is on the grid, `silence_ticks` earlier than its source. A syllable goes to the nearest
    note that has none of its verse yet; one without a note stands nowhere.
    """
    if source is None or source.ticks_per_quarter != GRID_TICKS_PER_QUARTER:
        return ()
    onsets = sorted({note.onset_tick for note in part.notes})
    found: dict[int, list[Lyric]] = {}
    for lyric in lyrics_at(source, part):
        tick = lyric.tick - silence_ticks
        place = bisect_left(onsets, tick)
        near = [o for o in onsets[max(0, place - 1) : place + 1] if _is_free(found, o, lyric)]
        home = min(near, key=lambda onset: abs(onset - tick), default=None)
        if home is not None and abs(home - tick) <= _FARTHEST_TICKS:
            found.setdefault(home, []).append(lyric)
    return tuple((tick, tuple(found[tick])) for tick in sorted(found))


def _is_free(found: dict[int, list[Lyric]], onset: int, lyric: Lyric) -> bool:
    return all(other.verse != lyric.verse for other in found.get(onset, ()))
