"""Has this been heard before? The longest passages a piece shares with the training corpora.

The index holds the fingerprints of the training split, so passages are found in any key and in
halved or doubled values, without the corpora at hand. It is written by
`benchmarks/copying_index.py`, and also holds how much held-out music by people shares
with the same corpora, for stretches of several lengths: what is short of that is what any two
pieces share.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from composer.corpus.corpus import Work
from composer.corpus.fingerprints import STEPS_A_GRAM, Hashes, fingerprints, lines
from composer.errors import FileError
from composer.music.bars import bars_of
from composer.music.piece import GRID_TICKS_PER_QUARTER, Piece

INDEX_PATH = Path(__file__).with_name("copying_index.npz")

HUMAN_EXCERPTS_BARS = (8, 16, 32)
"""Longer held-out works are too few to know their 99th percentile."""

_COMMON = 0xFFFF  # stands for "many works" where a work's number is expected
_WORKS_OF_A_COMMON = 8


@dataclass(frozen=True, slots=True)
class Source:
    """A training work as the index names it."""

    corpus: str
    path: str
    title: str
    composer: str
    licence: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of `notes` notes of one part (numbered from 0) that a training work has too.

    From the onset of its first note at `start_tick` to that of its last at `last_tick`, 24 a
    quarter. Exact to within the few notes at either end that no fingerprint covers: it is never
    longer than the passage really shared. `source_bar` (from 1) is where it begins in the work,
    the first time if it comes more than once.
    """

    notes: int
    part: int
    start_tick: int
    last_tick: int
    source: Source
    source_bar: int


@dataclass(frozen=True, slots=True)
class HumanShare:
    """Notes of the longest passage that held-out works by people share with the training works.

    Of the first `bars` bars of `works` works that are as long: median and two percentiles.
    """

    bars: int
    works: int
    median: int
    percentile_95: int
    percentile_99: int


@dataclass(frozen=True, slots=True)
class CopyIndex:
    """Sorted fingerprints, the work of each and its bar there (shapes (entries,)).

    `human` says what people share, by the length of what they wrote, the shortest first.
    """

    hashes: Hashes
    works: NDArray[np.uint16]
    bars: NDArray[np.uint16]
    sources: tuple[Source, ...]
    human: tuple[HumanShare, ...] = ()

    def human_share(self, bars: int) -> HumanShare:
        """What people share in about as many bars: the next longer stretch that was measured."""
        longer = (share for share in self.human if share.bars >= bars)
        return next(longer, self.human[-1])

    def passages(self, piece: Piece, most: int = 3, given: Piece | None = None) -> list[Passage]:
        """The longest passage shared with each work, the longest of all first.

        Of a piece that was written into `given`, notes that `given` has too (at their place, in
        any octave) belong to a passage but are not counted.
        """
        best: dict[int, Passage] = {}
        theirs = _places(given) if given else set()
        for line in lines(piece):
            found = fingerprints(line)
            entries = [self._entries_with(value) for value in found.hashes]
            works = [list(bars) for bars in entries]
            for work, first, last in _runs(found.positions.tolist(), works):
                stop = last + STEPS_A_GRAM + 1
                onsets = line.onsets[first:stop].tolist()
                pitch_classes = (line.pitches[first:stop] % 12).tolist()
                places = zip(onsets, pitch_classes, strict=True)
                notes = sum(place not in theirs for place in places)
                if notes > (best[work].notes if work in best else 0):
                    gram = int(np.searchsorted(found.positions, first))
                    best[work] = Passage(
                        notes,
                        line.part,
                        onsets[0],
                        onsets[-1],
                        self.sources[work],
                        entries[gram][work],
                    )
        return sorted(best.values(), key=lambda p: (-p.notes, p.source.path))[:most]

    def _entries_with(self, value: np.uint32) -> dict[int, int]:
        """Work to bar of the entries of a fingerprint."""
        start = np.searchsorted(self.hashes, value, side="left")
        stop = np.searchsorted(self.hashes, value, side="right")
        works, bars = self.works[start:stop].tolist(), self.bars[start:stop].tolist()
        return dict(zip(works, bars, strict=True))


@cache
def copying_index(path: Path = INDEX_PATH) -> CopyIndex:
    """The index that comes with this package, or one of one's own. Raises FileError."""
    try:
        with np.load(path) as stored:
            about = json.loads(zlib.decompress(stored["about"].tobytes()))
            hashes = np.cumsum(stored["gaps"], dtype=np.uint64).astype(np.uint32)
            return CopyIndex(
                hashes,
                stored["works"],
                stored["bars"],
                tuple(Source(*values) for values in about["sources"]),
                tuple(HumanShare(*values) for values in about["human"]),
            )
    except (OSError, KeyError, TypeError, ValueError, zlib.error) as error:
        raise FileError(f"{path} is not a copying index: {error}") from None


def build_index(training: Iterable[tuple[Work, Piece]]) -> CopyIndex:
    """An index of training works by their pieces; the human yardstick is still empty."""
    sources: list[Source] = []
    columns = [(np.zeros(0, np.uint32), np.zeros(0, np.uint16), np.zeros(0, np.uint16))]
    for work, piece in training:
        hashes, bars = _entries(work, piece)
        if len(hashes):
            columns.append((hashes, np.full(len(hashes), len(sources), np.uint16), bars))
            sources.append(
                Source(work.corpus, work.path, work.title, work.composer_name, work.licence)
            )
    hashes, works, bars = (np.concatenate(column) for column in zip(*columns, strict=True))
    order = np.argsort(hashes, kind="stable")
    hashes, works, bars = hashes[order], works[order], bars[order]
    _, starts, counts = np.unique(hashes, return_index=True, return_counts=True)
    common = counts > _WORKS_OF_A_COMMON
    is_common = np.repeat(common, counts)
    works[is_common], bars[is_common] = _COMMON, 0
    kept = ~is_common
    kept[starts] = True
    return CopyIndex(hashes[kept], works[kept], bars[kept], tuple(sources))


def _entries(work: Work, piece: Piece) -> tuple[Hashes, NDArray[np.uint16]]:
    """The distinct fingerprints of a work, and the bar (from 1) where each comes first.

    Of a machine-made work only the melodies: two accompaniments by one program are alike without
    being copies.
    """
    starts = [
        bar.start_tick * GRID_TICKS_PER_QUARTER // piece.ticks_per_quarter for bar in bars_of(piece)
    ]
    hashes, onsets = [np.zeros(0, np.uint32)], [np.zeros(0, np.int64)]
    for line in lines(piece, melodies_only=work.origin != "human"):
        found = fingerprints(line)
        hashes.append(found.hashes)
        onsets.append(line.onsets[found.positions])
    order = np.argsort(np.concatenate(onsets), kind="stable")
    distinct, first = np.unique(np.concatenate(hashes)[order], return_index=True)
    bars = np.searchsorted(starts, np.concatenate(onsets)[order][first], side="right")
    return distinct, np.clip(bars, 1, 0xFFFF).astype(np.uint16)


def human_shares(human: Iterable[Piece], index: CopyIndex) -> tuple[HumanShare, ...]:
    """What held-out pieces by people share with the works of an index, by length."""
    notes: dict[int, list[int]] = {bars: [] for bars in HUMAN_EXCERPTS_BARS}
    for piece in human:
        length_bars = len(bars_of(piece))
        for bars in HUMAN_EXCERPTS_BARS:
            if length_bars >= bars:
                notes[bars].append(longest_shared(excerpt(piece, bars), index))
    return tuple(
        HumanShare(bars, len(found), *(int(np.percentile(found, p)) for p in (50, 95, 99)))
        for bars, found in notes.items()
        if found
    )


def write_index(index: CopyIndex, path: Path) -> None:
    """Write an index; sorted fingerprints are stored as the gaps between them."""
    about = {
        "sources": [list(asdict(source).values()) for source in index.sources],
        "human": [list(asdict(share).values()) for share in index.human],
    }
    packed = zlib.compress(json.dumps(about, ensure_ascii=False).encode(), 9)
    gaps = np.diff(index.hashes, prepend=np.uint32(0))
    unfinished = path.with_name(f".{path.name}")
    np.savez_compressed(
        unfinished,
        gaps=gaps,
        works=index.works,
        bars=index.bars,
        about=np.frombuffer(packed, np.uint8),
    )
    unfinished.replace(path)


def longest_shared(piece: Piece, index: CopyIndex) -> int:
    """Notes of the longest shared passage, 0 if no passage is long enough to be found."""
    return max((passage.notes for passage in index.passages(piece, 1)), default=0)


def excerpt(piece: Piece, bars: int) -> Piece:
    """The first bars of a piece."""
    all_bars = bars_of(piece)
    if len(all_bars) <= bars:
        return piece
    end_tick = all_bars[bars - 1].end_tick
    parts = (
        replace(part, notes=tuple(n for n in part.notes if n.onset_tick < end_tick))
        for part in piece.parts
    )
    return replace(piece, parts=tuple(parts), end_tick=end_tick)


def _places(piece: Piece) -> set[tuple[int, int]]:
    """(grid onset, pitch class) of every note, onsets rounded as those of lines are."""
    scale = piece.ticks_per_quarter
    return {
        ((2 * note.onset_tick * GRID_TICKS_PER_QUARTER + scale) // (2 * scale), note.pitch % 12)
        for part in piece.parts
        for note in part.notes
    }


def _runs(positions: Iterable[int], works: Iterable[list[int]]) -> Iterator[tuple[int, int, int]]:
    """(work, first position, last position) of every run of fingerprints that one work has.

    A run goes on while neighbouring grams touch, so that each of its notes is covered. A common
    fingerprint lets every run go on and starts none.
    """
    running: dict[int, tuple[int, int]] = {}
    for position, found in zip(positions, works, strict=True):
        common = _COMMON in found
        for work, (first, last) in list(running.items()):
            goes_on = (common or work in found) and position - last <= STEPS_A_GRAM
            if goes_on:
                running[work] = (first, position)
            else:
                yield work, first, last
                del running[work]
        for work in found:
            if work != _COMMON:
                running.setdefault(work, (position, position))
    for work, (first, last) in running.items():
        yield work, first, last
