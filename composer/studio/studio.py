"""What all addresses of the server share: works, pieces, the engine, two renderers, events."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from composer.composing.session.session import Session
from composer.composing.session.tree import Step
from composer.errors import RequestError
from composer.music.piece import Piece
from composer.process import Process
from composer.studio.engine import OVER, TASKS, Engine, Job, check_count
from composer.studio.events import Events
from composer.studio.plain import plain_outline, plain_piece, plain_session
from composer.studio.works import Shelf, UnknownError, Work, Works

MOST_CANDIDATES = 8
MOST_ALTERNATIVES = 8
USUAL_CANDIDATES = 4
UPLOAD_BYTES = 10_000_000
UPLOAD_SECONDS = 30.0
UPLOAD_MEMORY_BYTES = 3_000_000_000
MOST_SEED = 2**31
_CACHED_BYTES = 256_000_000

VERBS: dict[str, frozenset[str]] = {
    "continue": frozenset({"bars", "style", "mood"}),
    "infill": frozenset({"first_bar", "last_bar", "parts", "chords", "style", "mood"}),
    "harmonize": frozenset({"ensemble", "chords", "style", "mood"}),
    "vary": frozenset({"strength", "keep", "bars", "style", "mood"}),
    "arrange": frozenset({"ensemble", "instruments", "style", "mood"}),
}
"""The verbs of a session and what they may be told; seed and weights are the studio's matter."""


class Studio:
    """Everything behind the page. `folder` is the only one that is read or written."""

    def __init__(self, folder: Path) -> None:
        self.works = Works(folder)
        self.shelf = Shelf()
        self.events = Events()
        self.engine = Engine(self._tell_job)
        self.sounds = Process("renderer of sound", TASKS)
        self.pages = Process("renderer of pages", TASKS)
        self._cache: OrderedDict[tuple[str, str], tuple[Any, int]] = OrderedDict()
        self._cached_bytes = 0
        self._cache_lock = threading.Lock()

    def start(self) -> None:
        """Start the processes; none is waited for."""
        self.engine.start()
        self.sounds.start()
        self.pages.start()

    def close(self) -> None:
        self.engine.close()
        self.sounds.kill()
        self.pages.kill()

    # What is composed

    def compose(
        self,
        fields: Mapping[str, Any],
        *,
        candidates: int = USUAL_CANDIDATES,
        seed: int | None = None,
        melody: str = "",
        like: str = "",
        finish: Callable[[Job], None] | None = None,
    ) -> Job:
        """Put a request (arguments of `composer.compose`) into the queue; `melody` and `like` are
        works whose current piece is meant. `finish` is called with the job once it is done.
        Raises RequestError at once for what cannot be met."""
        from composer.composing.asking.request import make_request

        check_count("candidates", candidates, MOST_CANDIDATES)
        request = dict(fields)
        for name, work in (("melody", melody), ("like", like)):
            if work:
                request[name] = self.works.find(work).session.piece
        bars = make_request(**request).bars
        if melody:
            candidates = 1
        seed = new_seed() if seed is None else seed
        payload = {"request": request, "seed": seed, "candidates": candidates}
        about = {"fields": dict(fields), "seed": seed, "candidates": candidates, "bars": bars}
        units = min(bars, 64) * candidates
        return self.engine.submit(Job("compose", payload, units, about, finish, self._hear_partial))

    def candidate(self, job: Job, number: int) -> dict[str, Any]:
        """A finished candidate. Raises UnknownError."""
        found = job.result["candidates"] if job.kind == "compose" and job.result else []
        if not 0 <= number < len(found):
            raise UnknownError("there is no such candidate")
        one: dict[str, Any] = found[number]
        return one

    def begin(self, job: Job, number: int) -> Work:
        """A work that begins with a candidate. Raises UnknownError."""
        one = self.candidate(job, number)
        work = self.works.add(Session.begun(one["step"], one["piece"]))
        self.tell_work(work)
        return work

    def begin_with(self, session: Session) -> Work:
        """A work that goes on with a session of somebody's."""
        work = self.works.add(session)
        self.tell_work(work)
        return work

    def delete(self, work: Work) -> None:
        """Delete a work for good, with what waits to be written into it."""
        for job in self.engine.jobs:
            if job.about.get("work") == work.id and job.state not in OVER:
                self.engine.cancel(job.id)
        self.works.delete(work)
        self.tell_work(work)

    def do(
        self,
        work: Work,
        verb: str,
        arguments: Mapping[str, Any],
        *,
        seed: int | None = None,
        alternatives: int = 1,
        is_chain: bool = False,
        is_first: bool = False,
    ) -> Job:
        """Put a verb into the queue; each of its versions becomes one of the work.

        With `is_chain` each is made of the last; with `is_first` it goes before all that wait.
        Raises RequestError for a verb or an argument that
        is not there.
        """
        if verb not in VERBS:
            raise RequestError(f"verb {verb!r} is unknown; there are {', '.join(VERBS)}")
        unknown = set(arguments) - VERBS[verb]
        if unknown:
            raise RequestError(
                f"{verb} has no {min(unknown)!r}; it has {', '.join(sorted(VERBS[verb]))}"
            )
        check_count("alternatives", alternatives, MOST_ALTERNATIVES)
        version = work.session.current
        seed = new_seed() if seed is None else seed
        payload = {
            "verb": verb, "arguments": dict(arguments), "seed": seed, "piece": version.piece,
            "locks": version.locks, "alternatives": alternatives, "is_chain": is_chain,
        }  # fmt: skip
        about = {"work": work.id, "of": version.number, "verb": verb, "versions": []}
        job = Job(
            "step", payload, _units(verb, arguments, version.piece) * alternatives, about,
            hear=lambda job, word, value: self._take(job, word, value, is_chain),
        )  # fmt: skip
        return self.engine.submit(job, first=is_first)

    def _take(self, job: Job, word: str, value: tuple[Step, Piece], is_chain: bool) -> None:
        """A version that was made: kept at once. Who went elsewhere meanwhile is left there."""
        if word != "version":
            return
        work, versions = self.works.find(job.about["work"]), job.about["versions"]
        parent = versions[-1] if is_chain and versions else job.about["of"]
        with work.changing() as session:
            before = session.current.number
            made = session.take(*value, parent)
            if before != parent and not (versions and before == versions[-1]):
                session.go_to(before)
            elif versions and not is_chain:
                session.go_to(versions[0])
        versions.append(made.number)
        self.tell_work(work)

    def _hear_partial(self, job: Job, word: str, value: Any) -> None:
        if word == "partial":
            number, piece = value
            self.events.tell(
                "partial", {"job": job.id, "candidate": number, "piece": plain_piece(piece)}
            )

    # What is told

    def tell_work(self, work: Work) -> None:
        """Say to all pages that a work has changed."""
        self.events.tell("work", {"id": work.id, "title": work.title})

    def _tell_job(self, job: Job) -> None:
        self.events.tell("job", self.plain_job(job))

    def plain_job(self, job: Job) -> dict[str, Any]:
        """A job for JSON: its state, what is done, and how long it will take."""
        result = None
        if job.kind == "compose" and job.state == "done":
            result = {
                "chosen": job.result["chosen"],
                "candidates": [
                    {key: one[key] for key in ("seconds", "shares", "originality", "broken")}
                    | {"piece": self.shelf.put(one["piece"], job.about["seed"])}
                    | plain_outline(one["piece"])
                    for one in job.result["candidates"]
                ],
            }
        return {
            "id": job.id,
            "kind": job.kind,
            "state": job.state,
            "done": job.done,
            "total": job.total,
            "before": 0 if job.state in OVER else self.engine.place(job),
            "waiting_seconds": round(self.engine.waiting_seconds(job), 1),
            "seconds": round(job.seconds, 2),
            "error": job.error,
            "about": job.about,
            "result": result,
        }

    def plain_work(self, work: Work) -> dict[str, Any]:
        """A work for JSON: its versions, each with the name of its piece, and what is locked."""
        told = plain_session(work.session)
        for one, version in zip(told["versions"], work.session.versions, strict=True):
            one["piece"] = self.put(work, version.piece)
        return {"id": work.id, "title": work.title, "mix": work.mix, **told}

    def put(self, work: Work, piece: Piece) -> str:
        """The name of a piece of a work, which is played as the work is."""
        return self.shelf.put(piece, work.seed, work.is_played_as_written)

    # What is drawn, heard and taken away; all of these may wait for a renderer

    def playing(self, name: str) -> dict[str, Any]:
        """When a piece is played, and names of its sounds: a `Playing` for JSON."""
        told: dict[str, Any] = self._made(self.sounds, "playing", name, self.shelf.get(name))
        return told

    def sound(self, name: str, place: int, span: int) -> bytes:
        """One span of one part as WAV. Raises UnknownError."""
        played = self.playing(name)
        if not (0 <= place < len(played["keys"]) and 0 <= span < len(played["spans"])):
            raise UnknownError("there is no such span of sound")
        piece, seed, as_written = self.shelf.get(name)
        first, last, _ = played["spans"][span]
        payload = {
            "piece": piece, "place": place, "first_bar": first, "last_bar": last, "seed": seed,
            "mechanical": as_written,
        }  # fmt: skip
        key = played["keys"][place][span]
        data: bytes = self._made(self.sounds, "sound", key or f"{name}/{place}/{span}", payload)
        return data

    def note(self, program: int, pitch: int, is_drums: bool) -> bytes:
        payload = {"program": program, "pitch": pitch, "is_drums": is_drums}
        data: bytes = self._made(self.sounds, "note", repr(payload), payload)
        return data

    def score(self, name: str) -> dict[str, Any]:
        told: dict[str, Any] = self._made(
            self.pages, "score", name, (self.shelf.get(name)[0], "a4")
        )
        return told

    def facts(self, name: str) -> dict[str, Any]:
        told: dict[str, Any] = self._made(self.pages, "describe", name, self.shelf.get(name)[0])
        return told

    def file(self, name: str, format: str, place: int | None = None) -> tuple[str, bytes]:
        """The name and bytes of a file of a piece. Raises RequestError for a format we lack."""
        from composer.music.names import words_of
        from composer.studio.tasks import FILES

        if format not in FILES:
            raise RequestError(f"format {format!r} is unknown; there are {', '.join(FILES)}")
        piece, seed, as_written = self.shelf.get(name)
        stem = "-".join(words_of(piece.title)[:6])[:40] or "piece"
        payload = {
            "piece": piece, "format": format, "name": stem, "seed": seed,
            "mechanical": as_written, "place": place,
        }  # fmt: skip
        key = f"{name}/{format}/{place}"
        told: tuple[str, bytes] = self._made(self.pages, "file", key, payload)
        return told

    def read(self, data: bytes, name: str) -> Session:
        """The session or the piece in an uploaded file, read in a process that is killed where it
        takes too long or too much. Raises UnreadablePieceError and RequestError."""
        reader = Process("reader", TASKS, UPLOAD_MEMORY_BYTES)
        try:
            session: Session = reader.call("upload", (data, name), limit_seconds=UPLOAD_SECONDS)
        finally:
            reader.kill()
        return session

    def _made(self, process: Process, task: str, key: str, payload: Any) -> Any:
        """What a renderer makes, kept for the next who asks."""
        with self._cache_lock:
            if (task, key) in self._cache:
                self._cache.move_to_end((task, key))
                return self._cache[task, key][0]
        made = process.call(task, payload)
        with self._cache_lock:
            size = _size(made)
            self._cache[task, key] = (made, size)
            self._cached_bytes += size
            while self._cached_bytes > _CACHED_BYTES:
                _, (_, old_size) = self._cache.popitem(last=False)
                self._cached_bytes -= old_size
        return made


def new_seed() -> int:
    """A seed that nobody chose."""
    return secrets.randbelow(MOST_SEED)


def _units(verb: str, arguments: Mapping[str, Any], piece: Piece) -> int:
    """How much work a verb is, in bars to be written."""
    from composer.music.bars import bars_of

    match verb:
        case "continue":
            return int(arguments.get("bars", 16))
        case "infill":
            span = int(arguments.get("last_bar", 1)) - int(arguments.get("first_bar", 1)) + 1
            return max(1, span)
        case "vary":
            there = len(arguments.get("bars") or bars_of(piece))
            return max(1, round(there * float(arguments.get("strength", 1))))
    return len(bars_of(piece))


def _size(made: Any) -> int:
    """About how many bytes something takes."""
    if isinstance(made, bytes | str):
        return len(made)
    if isinstance(made, Mapping):
        return sum(map(_size, made.values()))
    if isinstance(made, Sequence):
        return sum(map(_size, made))
    return 32
