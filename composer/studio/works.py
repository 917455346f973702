"""The works of a studio: sessions in its folder, each change written at once and whole.

A work is `works/ID.session`, the file of `composer.Session`, and `works/ID.mix.json`, how loud its
parts are. Ids are ours, so no request names a path. A change is answered only after it is on disk:
who kills the program loses no step that was answered.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from composer.composing.session.session import Session
from composer.errors import ComposerError, FileError
from composer.music.piece import Piece
from composer.rendering.files import write_whole

MOST_OPEN = 32
"""Sessions kept in memory; the others are read again when they are asked for."""
_ID = re.compile(r"[0-9a-f]{12}")


class UnknownError(ComposerError):
    """There is no such work, piece, job or part."""


class Work:
    """A session with its place on disk. Use `changing` for whatever changes it."""

    def __init__(self, id: str, path: Path, session: Session) -> None:
        self.id = id
        self.path = path
        self.session = session
        self.is_deleted = False
        self._mix_path = path.with_suffix(".mix.json")
        self._lock = threading.RLock()

    @property
    def seed(self) -> int:
        """What its performances hang on: the seed of its first step."""
        first = self.session.versions[0].step
        return first.seed if first else 0

    @property
    def is_played_as_written(self) -> bool:
        """Whether it came from a file: what somebody else played or wrote is not bent."""
        return self.session.versions[0].step is None

    @property
    def title(self) -> str:
        return self.session.piece.title or "Untitled"

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """The session, to be changed; it is saved at the end. Raises FileError, and UnknownError
        where it was deleted."""
        with self._lock:
            self._check_is_there()
            yield self.session
            self.session.save(self.path)

    @property
    def mix(self) -> list[dict[str, Any]]:
        """A channel a part: `volume` (0..1), `mute` and `solo`; empty where nobody mixed."""
        try:
            found: list[dict[str, Any]] = json.loads(self._mix_path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return found

    def keep_mix(self, mix: list[dict[str, Any]]) -> None:
        """Write a mix down, whole or not at all. Raises FileError and UnknownError."""
        with self._lock:
            self._check_is_there()
            write_whole(self._mix_path, json.dumps(mix).encode())

    def delete(self) -> None:
        """Delete its files. Raises FileError."""
        with self._lock:
            try:
                self.path.unlink(missing_ok=True)
                self._mix_path.unlink(missing_ok=True)
            except OSError as error:
                raise FileError(f"cannot delete {self.title}: {error.strerror}") from None
            self.is_deleted = True

    def _check_is_there(self) -> None:
        if self.is_deleted:
            raise UnknownError("there is no such work any more")


class Works:
    """All works of a folder, which is made where it is missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "works"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"cannot make {self.folder}: {error.strerror}") from None
        self._open: OrderedDict[str, Work] = OrderedDict()
        self._alive: WeakValueDictionary[str, Work] = WeakValueDictionary()
        self._titles: dict[tuple[str, float], str] = {}
        self._lock = threading.Lock()

    def add(self, session: Session) -> Work:
        """A new work, saved."""
        id = secrets.token_hex(6)
        work = Work(id, self._path(id), session)
        session.save(work.path)
        with self._lock:
            self._keep(work)
        return work

    def find(self, id: str) -> Work:
        """A work by its id. Raises UnknownError, and FileError where its file is broken."""
        with self._lock:
            work = self._alive.get(id)  # also one that is closed here but used elsewhere
            if work is not None:
                self._keep(work)
                return work
            if not _ID.fullmatch(id) or not self._path(id).is_file():
                raise UnknownError("there is no such work")
            work = Work(id, self._path(id), Session.open(self._path(id)))
            self._keep(work)
        return work

    def delete(self, work: Work) -> None:
        """Delete a work for good. Raises FileError."""
        with self._lock:
            work.delete()
            self._open.pop(work.id, None)
            self._alive.pop(work.id, None)

    def all(self) -> list[tuple[str, str, float]]:
        """(id, title, when it was last changed) of every work, the latest first."""
        rows = []
        for path in self.folder.glob("*.session"):
            if _ID.fullmatch(path.stem):
                changed = path.stat().st_mtime
                rows.append((path.stem, self._title(path.stem, changed), changed))
        return sorted(rows, key=lambda row: -row[2])

    def _title(self, id: str, changed: float) -> str:
        if (id, changed) not in self._titles:
            try:
                title = self.find(id).title
            except ComposerError:
                title = "(cannot be read)"
            self._titles[id, changed] = title
        return self._titles[id, changed]

    def _path(self, id: str) -> Path:
        return self.folder / f"{id}.session"

    def _keep(self, work: Work) -> None:
        self._alive[work.id] = self._open[work.id] = work
        self._open.move_to_end(work.id)
        while len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)


class Shelf:
    """Pieces by a name made of what is in them, for addresses whose answer never changes."""

    def __init__(self, most: int = 1_000) -> None:
        self._most = most
        self._pieces: OrderedDict[str, tuple[Piece, int, bool]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, piece: Piece, seed: int = 0, as_written: bool = False) -> str:
        """Its name; `seed` and `as_written` say how it is played."""
        name = _name_of(piece, seed, as_written)
        with self._lock:
            self._pieces[name] = (piece, seed, as_written)
            self._pieces.move_to_end(name)
            while len(self._pieces) > self._most:
                self._pieces.popitem(last=False)
        return name

    def get(self, name: str) -> tuple[Piece, int, bool]:
        """The piece and how it is played. Raises UnknownError."""
        with self._lock:
            if name not in self._pieces:
                raise UnknownError("there is no such piece here any more; load the work again")
            return self._pieces[name]


@lru_cache(maxsize=2_000)
def _name_of(piece: Piece, seed: int, as_written: bool) -> str:
    return hashlib.sha256(repr((piece, seed, as_written)).encode()).hexdigest()[:20]
