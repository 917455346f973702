"""Many pieces of one request, each with a seed of its own, by processes; stopped, it goes on.

A piece is there when its report lies in the folder under its name and tells of these weights, and
beside it a file of each format: the report is written last. So going on needs nothing but the
folder. Only a first seed that nobody gave is noted there, in a hidden file, until all is through.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Any

from composer.composing.candidates import Task
from composer.composing.compose import compose, name_of, task_asked, write
from composer.composing.looping import looped
from composer.composing.writing.weights import fingerprint_of, new_seed
from composer.errors import ComposerError, FileError, RequestError
from composer.process import Process, Tell
from composer.rendering.files import check_formats, file_name, write_whole

MOST_PIECES = 100_000
OPTIONS = (
    "mechanical", "loop", "stems", "parts", "repeats", "paper", "soundfont", "force",
)  # fmt: skip
"""Those of `write`."""
_PATIENCE_SECONDS = 5.0
"""How long a process that is told to stop may take to notice; it does at every bar."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What all pieces have in common: arguments of `compose`, formats and options of `write`."""

    request: Mapping[str, Any]
    folder: Path
    formats: tuple[str, ...]
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a seed: the files of its piece, the report last, or the `error` that kept it
    from being written. `was_there` says that an earlier run wrote it."""

    seed: int
    paths: tuple[Path, ...] = ()
    error: str = ""
    was_there: bool = False

    def report(self) -> dict[str, Any]:
        """The report, as it lies in the folder. Raises FileError where there is none."""
        report = _read_report(self.paths[-1]) if self.paths else None
        if report is None:
            raise FileError(f"the piece of seed {self.seed} has no report")
        return report


def compose_many(
    request: Mapping[str, Any],
    pieces: int,
    folder: Path,
    formats: Sequence[str] = ("mid", "musicxml", "pdf"),
    *,
    processes: int | None = None,
    progress: Callable[[float, int], None] = lambda done, total: None,
    **options: Any,
) -> list[Made]:
    """Compose as many pieces of a request (arguments of `compose`) and write each with its report
    to `folder`; what became of each, in the order of their seeds.

    Their seeds are the one of the request, or one that is drawn, and those that follow; a piece has
    the name and the notes that its seed would give alone. Pieces that are there already are not
    written again, so that the same call goes on where one was stopped, unless the option `force` is
    set. One that fails stops no other. `processes` (default: one a core) write a piece each;
    `progress(pieces done, pieces in all)` counts a piece that is being written by its bars. The
    `options` are those of `write`; with `loop` pieces are also composed for it (`looped`).

    A script calls it where merely importing the script does not, as always where processes start.
    Raises RequestError and CheckpointError for what no piece could be written with.
    """
    if unknown := options.keys() - OPTIONS:
        raise TypeError(f"there is no option {min(unknown)!r}; there are {', '.join(OPTIONS)}")
    check_formats(formats)
    processes = os.cpu_count() or 1 if processes is None else processes
    if not 1 <= pieces <= MOST_PIECES:
        raise RequestError(f"{pieces} pieces are not possible; give 1 to {MOST_PIECES}")
    if processes < 1:
        raise RequestError(f"{processes} processes are nobody; give at least 1")
    batch = Batch(request, folder, tuple(formats), options)
    task = task_asked(**{key: value for key, value in request.items() if key != "weights"})
    fingerprint = fingerprint_of(request.get("weights"))
    noted = _Noted(folder / f".{_name(batch, replace(task, seed=0), fingerprint)}.batch")
    is_drawn = request.get("seed") is None and task.sketched is None
    known = noted.seed() if is_drawn else None
    first = task.seed if known is None else known
    new_seed(first + pieces - 1)
    made = {seed: Made(seed) for seed in range(first, first + pieces)}
    if not options.get("force"):
        for seed in made:
            paths = _there(batch, _name(batch, replace(task, seed=seed), fingerprint), fingerprint)
            made[seed] = Made(seed, paths, was_there=bool(paths))
    todo = [seed for seed, one in made.items() if not one.was_there]
    if todo and is_drawn:
        noted.write(first)
    for one in _made(batch, todo, min(processes, len(todo)), progress):
        made[one.seed] = one
    if is_drawn:
        noted.forget()
    return list(made.values())


class _Noted:
    """The first seed of a batch that is not through yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def seed(self) -> int | None:
        """None where none is noted."""
        with suppress(OSError, ValueError, RequestError):
            return new_seed(int(self.path.read_text(encoding="ascii")))
        return None

    def write(self, seed: int) -> None:
        write_whole(self.path, str(seed).encode())

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


def _name(batch: Batch, task: Task, fingerprint: str) -> str:
    name = name_of(task, fingerprint if batch.request.get("weights") else "")
    return f"{name}-loop" if batch.options.get("loop") else name


def _there(batch: Batch, name: str, fingerprint: str) -> tuple[Path, ...]:
    """The files of a piece that is there, under its name or, where others' files have that, under
    its name with a number; none where it is not."""
    options = batch.options
    for stem in chain([name], (f"{name}-{number}" for number in count(2))):
        report = batch.folder / f"{stem}.json"
        files = [batch.folder / file_name(stem, suffix) for suffix in batch.formats]
        folders = [f"{stem}-stems"] * bool(options.get("stems"))
        folders += [f"{stem}-parts"] * bool(options.get("parts"))
        told = _read_report(report)
        if told is None and stem != name:
            return ()
        is_whole = all(path.is_file() for path in files)
        is_whole &= all((batch.folder / of_parts).is_dir() for of_parts in folders)
        if told is not None and told["versions"].get("weights") == fingerprint and is_whole:
            return (*files, report)
    return ()


def _read_report(path: Path) -> dict[str, Any] | None:
    """None for what is no report of ours."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_ours = isinstance(report, dict) and isinstance(report.get("versions"), dict)
    return report if is_ours else None


def _made(
    batch: Batch, seeds: Sequence[int], processes: int, progress: Callable[[float, int], None]
) -> list[Made]:
    """What became of each seed. Where that is stopped, so are the processes."""
    workers = [Process("process of a piece", __name__) for _ in range(processes)]
    idle: SimpleQueue[Process] = SimpleQueue()
    for worker in workers:
        idle.put(worker)
    stopped = Event()
    shares = dict.fromkeys(seeds, 0.0)

    def tell(seed: int, share: float) -> None:
        shares[seed] = share
        progress(sum(shares.values()), len(seeds))

    def make(seed: int) -> Made:
        worker = idle.get()
        try:
            paths = worker.call(
                "piece",
                (batch, seed),
                lambda _, bars: tell(seed, bars[0] / max(1, bars[1])),
                is_cancelled=stopped.is_set,
                patience_seconds=_PATIENCE_SECONDS,
            )
            return Made(seed, paths)
        except ComposerError as error:
            return Made(seed, error=str(error))
        finally:
            tell(seed, 1.0)
            idle.put(worker)

    pool = ThreadPoolExecutor(max(1, processes))
    try:
        return [done.result() for done in [pool.submit(make, seed) for seed in seeds]]
    finally:
        stopped.set()
        pool.shutdown(cancel_futures=True)
        for worker in workers:
            worker.kill()


def _piece(payload: tuple[Batch, int], tell: Tell) -> tuple[Path, ...]:
    """Compose the piece of a seed and write it, with its report; the paths."""
    batch, seed = payload

    def progress(done: int, total: int) -> None:
        tell("progress", (done, total))

    composition = compose(**{**batch.request, "seed": seed}, progress=progress)
    if batch.options.get("loop"):
        composition = looped(composition, weights=batch.request.get("weights"))
    return tuple(write(composition, batch.folder, batch.formats, with_report=True, **batch.options))


TASKS: dict[str, Callable[[Any, Tell], Any]] = {"piece": _piece}
"""For the processes (`composer.process`)."""
