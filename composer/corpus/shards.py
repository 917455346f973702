"""All corpora as rows on disk: encoded once with their facts, mapped into memory ever after.

    OUT/<corpus>/rows.npy      (rows, COLUMNS) int16, all pieces one after another
    OUT/<corpus>/pieces.npy    a `PIECE` record a piece: where its rows and bar rows are
    OUT/<corpus>/bar_rows.npy  int64, index of each bar row within its piece
    OUT/<corpus>/build.json    format, source, counts, and every file that was dropped and why

A corpus is written under a temporary name and renamed when complete, so a build that was stopped
goes on with the corpora that are missing; one whose source or format has changed is built anew.
"""

from __future__ import annotations

import gc
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from composer.analysis.analyse import analyse
from composer.analysis.key_finding import with_key_as_heard
from composer.corpus.corpus import Corpus, Work
from composer.errors import ComposerError, CorpusError
from composer.music.normalise import normalise
from composer.music.piece import Part, Piece
from composer.played.quantise import quantise
from composer.tokens.encode import Encoded, encode
from composer.tokens.fields import COLUMNS, FORMAT_VERSION

FACTS_VERSION = 5
"""Raised when `composer.analysis` computes different facts, so that shards are built anew."""
SPLITS = ("train", "valid")
PIECE = np.dtype(
    [
        ("row_start", np.int64),
        ("row_stop", np.int64),
        ("bar_start", np.int64),
        ("bar_stop", np.int64),
        ("notes", np.int64),
        ("split", np.int8),
        ("path", "U160"),
    ]
)
WORKS_A_TASK = 32
MOST_OFF_GRID = 0.3
"""A piece with a larger share of onsets off 32nds and sextuplets was played without a beat."""
SEATS_OF_ONE_PLAYER = "melody-bridge-piano"
"""The ensemble whose three parts one pianist plays: learned from as solo piano too."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that could not be used, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What became of one corpus."""

    corpus: str
    files: int
    pieces: int
    notes: int
    rows: int
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class Shard:
    """One built corpus, mapped into memory."""

    name: str
    rows: NDArray[np.int16]
    pieces: NDArray[np.void]
    bar_rows: NDArray[np.int64]


def build_shards(
    corpora: Iterable[Corpus],
    out: Path,
    *,
    processes: int = 1,
    progress: Callable[[str, int, int], None] = lambda corpus, done, total: None,
) -> list[BuildReport]:
    """Encode every corpus that is not built yet; returns a report for each, built now or before.

    `progress(corpus, files done, files in all)` is called as work goes on.
    """
    reports = []
    with ProcessPoolExecutor(max_workers=processes, initializer=_collect_rarely) as pool:
        for corpus in corpora:
            works = list(corpus.works())
            source = _source(corpus, works)
            report = _finished(out / corpus.name, source)
            reports.append(report or _build(corpus.name, works, out, source, pool, progress))
    return reports


def load_shards(folder: Path) -> list[Shard]:
    """Every corpus built in `folder`. Raises CorpusError if there is none."""
    paths = sorted(path.parent for path in folder.glob("*/build.json"))
    if not paths:
        raise CorpusError(f"{folder} holds no built corpora; run `composer corpora build` first")
    return [
        Shard(
            path.name,
            np.load(path / "rows.npy", mmap_mode="r"),
            np.load(path / "pieces.npy"),
            np.load(path / "bar_rows.npy", mmap_mode="r"),
        )
        for path in paths
    ]


def _source(corpus: Corpus, works: Sequence[Work]) -> dict[str, object]:
    """What the shard of a corpus depends on: its files, and which works are held out."""
    status = corpus.files.location.stat()
    listed = "\n".join(f"{work.path} {work.split} {work.origin} {work.tags}" for work in works)
    return {
        "works": hashlib.sha256(listed.encode()).hexdigest(),
        "format": FORMAT_VERSION,
        "facts": FACTS_VERSION,
        "bytes": status.st_size,
        "modified": status.st_mtime_ns,
    }


def _finished(folder: Path, source: dict[str, object]) -> BuildReport | None:
    path = folder / "build.json"
    if not path.is_file():
        return None
    built = json.loads(path.read_text(encoding="utf-8"))
    if built.pop("source") != source:
        return None
    dropped = tuple(Dropped(**item) for item in built.pop("dropped"))
    return BuildReport(**built, dropped=dropped)


def _build(
    name: str,
    works: Sequence[Work],
    out: Path,
    source: dict[str, object],
    pool: ProcessPoolExecutor,
    progress: Callable[[str, int, int], None],
) -> BuildReport:
    encoded: list[tuple[Work, Encoded]] = []
    dropped: list[Dropped] = []
    done = 0
    for batch in pool.map(_encode_works, _batched(works, WORKS_A_TASK)):
        for work, result in batch:
            if isinstance(result, str):
                dropped.append(Dropped(work.path, result))
            else:
                encoded += [(work, version) for version in result]
        done += len(batch)
        progress(name, done, len(works))
    report = BuildReport(
        name,
        len(works),
        len(encoded),
        sum(item.notes for _, item in encoded),
        sum(len(item.rows) for _, item in encoded),
        tuple(dropped),
    )
    _write(out / name, encoded, report, source)
    return report


def _collect_rarely() -> None:
    """Thousands of notes a file make the garbage collector look for cycles that are not there."""
    gc.set_threshold(200_000, 50, 50)


def _encode_works(works: list[Work]) -> list[tuple[Work, list[Encoded] | str]]:
    return [(work, _encode_work(work)) for work in works]


def _encode_work(work: Work) -> list[Encoded] | str:
    """The piece as rows, all ways that it is learned from; or one line on why not."""
    try:
        piece = normalise(quantise(work.read(), is_played=work.is_played))
    except ComposerError as error:
        return str(error).removeprefix(f"{work.path}: ")
    if _off_grid_share(piece) > MOST_OFF_GRID:
        return "its onsets lie on no grid"
    origin = "human" if work.origin == "human" else "machine"
    versions = [piece]
    if piece.tags.ensemble == SEATS_OF_ONE_PLAYER:
        versions.append(_at_one_piano(piece))
    return [_encoded(version, origin) for version in versions]


def _encoded(piece: Piece, origin: str) -> Encoded:
    facts = analyse(piece)
    return encode(with_key_as_heard(piece, facts.key), facts, origin)


def _off_grid_share(piece: Piece) -> float:
    """The share of onsets that are neither on 32nds nor on sextuplets."""
    positions = np.array(
        [note.onset_tick for part in piece.parts for note in part.notes], dtype=np.int64
    )
    return float(((positions % 3 != 0) & (positions % 4 != 0)).mean())


def _at_one_piano(piece: Piece) -> Piece:
    """Melody, bridge and accompaniment of a song as one pianist plays them."""
    notes = sorted(
        (note for part in piece.parts for note in part.notes), key=lambda note: note[:3:2]
    )
    piano = Part("piano", 0, tuple(notes))
    tags = replace(piece.tags, ensemble="solo-piano")
    return normalise(replace(piece, parts=(piano,), tags=tags))


def _batched(works: Sequence[Work], size: int) -> Iterator[list[Work]]:
    remaining = iter(works)
    while batch := list(islice(remaining, size)):
        yield batch


def _write(
    folder: Path,
    encoded: list[tuple[Work, Encoded]],
    report: BuildReport,
    source: dict[str, object],
) -> None:
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    pieces = np.zeros(len(encoded), dtype=PIECE)
    row = bar = 0
    for record, (work, item) in zip(pieces, encoded, strict=True):
        record["row_start"], record["row_stop"] = row, row + len(item.rows)
        record["bar_start"], record["bar_stop"] = bar, bar + len(item.bar_rows)
        record["notes"], record["split"] = item.notes, SPLITS.index(work.split)
        record["path"] = work.path[-160:]
        row, bar = int(record["row_stop"]), int(record["bar_stop"])
    empty_rows = np.zeros((0, COLUMNS), dtype=np.int16)
    np.save(unfinished / "rows.npy", np.concatenate([empty_rows, *(i.rows for _, i in encoded)]))
    empty_bars = np.zeros(0, dtype=np.int64)
    np.save(
        unfinished / "bar_rows.npy", np.concatenate([empty_bars, *(i.bar_rows for _, i in encoded)])
    )
    np.save(unfinished / "pieces.npy", pieces)
    built = {**asdict(report), "source": source}
    (unfinished / "build.json").write_text(
        json.dumps(built, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
