"""Has this been heard before? The longest passages a piece shares with the training corpora.

The index holds the fingerprints of the training split, so passages are found in any key and in
halved or doubled values, without the corpora at hand. It is written by
`python -m composer.corpus.copying DATA`, and also holds how much held-out music by people shares
with the same corpora: what is short of that is what any two pieces share.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from composer.corpus.corpus import find_corpora
from composer.corpus.duplicates import Fingerprinted, fingerprint_works
from composer.corpus.fingerprints import STEPS_A_GRAM, Hashes, Line, fingerprints, lines
from composer.errors import FileError
from composer.music.bars import bars_of
from composer.music.piece import GRID_TICKS_PER_QUARTER, Piece

INDEX_PATH = Path(__file__).with_name("copying_index.npz")

HUMAN_EXCERPT_BARS = 32
PERCENTILES = (50, 95, 99)

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
    longer than the passage really shared.
    """

    notes: int
    part: int
    start_tick: int
    last_tick: int
    source: Source


@dataclass(frozen=True, slots=True)
class CopyIndex:
    """Sorted fingerprints, and the work of each (shapes (entries,)).

    `human_notes` maps a percentile to the notes of the longest passage that excerpts of 32 bars
    of held-out music by people share with the training works.
    """

    hashes: Hashes
    works: NDArray[np.uint16]
    sources: tuple[Source, ...]
    human_notes: dict[int, int]

    def passages(self, piece: Piece, most: int = 3, given: Piece | None = None) -> list[Passage]:
        """The longest passage shared with each work, the longest of all first.

        Of a piece that was written into `given`, notes that `given` has too (at their place, in
        any octave) belong to a passage but are not counted.
        """
        best: dict[int, Passage] = {}
        theirs = _places(given) if given else set()
        for line in lines(piece):
            found = fingerprints(line)
            works = [self._works_with(value) for value in found.hashes]
            for work, first, last in _runs(found.positions.tolist(), works):
                run = _slice(line, first, last + STEPS_A_GRAM + 1)
                onsets = run.onsets.tolist()
                pitch_classes = (run.pitches % 12).tolist()
                places = zip(onsets, pitch_classes, strict=True)
                notes = sum(place not in theirs for place in places)
                if notes > (best[work].notes if work in best else 0):
                    source = self.sources[work]
                    best[work] = Passage(notes, line.part, onsets[0], onsets[-1], source)
        return sorted(best.values(), key=lambda p: (-p.notes, p.source.path))[:most]

    def _works_with(self, value: np.uint32) -> list[int]:
        start = np.searchsorted(self.hashes, value, side="left")
        stop = np.searchsorted(self.hashes, value, side="right")
        found: list[int] = self.works[start:stop].tolist()
        return found


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
                tuple(Source(*values) for values in about["sources"]),
                {int(key): value for key, value in about["human_notes"].items()},
            )
    except (OSError, KeyError, ValueError, zlib.error) as error:
        raise FileError(f"{path} is not a copying index: {error}") from None


def build_index(items: Sequence[Fingerprinted]) -> CopyIndex:
    """An index of the training works among `items`; the human yardstick is still empty."""
    training = [item for item in items if item.work.split == "train" and len(item.hashes)]
    hashes = np.concatenate([np.zeros(0, np.uint32), *(item.hashes for item in training)])
    sizes = [len(item.hashes) for item in training]
    works = np.repeat(np.arange(len(training), dtype=np.uint16), sizes)
    order = np.argsort(hashes, kind="stable")
    hashes, works = hashes[order], works[order]
    _, starts, counts = np.unique(hashes, return_index=True, return_counts=True)
    common = counts > _WORKS_OF_A_COMMON
    works[np.isin(np.arange(len(hashes)), starts[common])] = _COMMON
    kept = np.repeat(~common, counts)
    kept[starts] = True
    sources = tuple(
        Source(w.corpus, w.path, w.title, w.composer_name, w.licence)
        for w in (item.work for item in training)
    )
    return CopyIndex(hashes[kept], works[kept], sources, {})


def write_index(index: CopyIndex, path: Path) -> None:
    """Write an index; sorted fingerprints are stored as the gaps between them."""
    about = {
        "sources": [list(asdict(source).values()) for source in index.sources],
        "human_notes": index.human_notes,
    }
    packed = zlib.compress(json.dumps(about, ensure_ascii=False).encode(), 9)
    gaps = np.diff(index.hashes, prepend=np.uint32(0))
    unfinished = path.with_name(f".{path.name}")
    np.savez_compressed(
        unfinished, gaps=gaps, works=index.works, about=np.frombuffer(packed, np.uint8)
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


def _slice(line: Line, first: int, stop: int) -> Line:
    return Line(line.part, line.onsets[first:stop], line.pitches[first:stop])


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


def main() -> None:
    corpora = find_corpora(Path(sys.argv[1]))
    items = fingerprint_works(corpora)
    index = build_index(items)
    shared = [
        longest_shared(excerpt(item.work.read(), HUMAN_EXCERPT_BARS), index)
        for item in items
        if item.work.split == "valid" and item.work.origin == "human"
    ]
    human = {p: int(np.percentile(shared, p)) for p in PERCENTILES}
    write_index(CopyIndex(index.hashes, index.works, index.sources, human), INDEX_PATH)
    print(
        f"{len(index.sources)} works, {len(index.hashes)} fingerprints, "
        f"{INDEX_PATH.stat().st_size / 1e6:.1f} MB; people share {human} over {len(shared)} works"
    )


if __name__ == "__main__":
    main()
