"""Files of others are never overwritten: what we wrote is remembered, all else gets a neighbour.

A file counts as ours as long as it holds, byte for byte, what an earlier run wrote under its path.
The record lies in the user's folder for the state of programs (`XDG_STATE_HOME`); where it is lost,
files count as theirs, which loses nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

_MOST_REMEMBERED = 20_000
_MOST_NEIGHBOURS = 10_000


def free_stem(folder: Path, stem: str, endings: Sequence[str], folders: Sequence[str] = ()) -> str:
    """The stem, or the first with a number behind it under which nothing of others lies.

    `endings` are those of the files to be written (".mid"), `folders` the ends of the names of
    folders ("-stems"), in which no file of others may lie either.
    """
    taken = _foreign_names(folder, stem, endings, folders)
    for candidate in (stem, *(f"{stem}-{number}" for number in range(2, _MOST_NEIGHBOURS))):
        if not any(_belongs(name, candidate, endings, folders) for name in taken):
            return candidate
    return stem


def _foreign_names(
    folder: Path, stem: str, endings: Sequence[str], folders: Sequence[str]
) -> set[str]:
    """The names in a folder that begin with the stem and are not ours to overwrite."""
    names: set[str] = set()
    with suppress(OSError):
        for entry in os.scandir(folder):
            if not entry.name.startswith(stem):
                continue
            path = Path(entry.path)
            if entry.is_dir():
                if entry.name.endswith(tuple(folders) or ("\0",)) and not _is_folder_ours(path):
                    names.add(entry.name)
            elif entry.name.endswith(tuple(endings)) and not is_ours(path):
                names.add(entry.name)
    return names


def _belongs(name: str, stem: str, endings: Sequence[str], folders: Sequence[str]) -> bool:
    """Whether a name is one that files of this stem would have, later pages included."""
    if any(name == stem + ending for ending in (*endings, *folders)):
        return True
    rest = name.removeprefix(stem)
    paged = [ending for ending in endings if ending in (".svg", ".png")]
    return any(re.fullmatch(rf"-\d+{re.escape(ending)}", rest) for ending in paged)


def _is_folder_ours(folder: Path) -> bool:
    return all(is_ours(path) for path in folder.iterdir() if path.is_file())


def is_ours(path: Path) -> bool:
    """Whether a file holds what we wrote there."""
    known = _record().get(str(path.absolute()))
    if known is None:
        return False
    try:
        return known == _digest(path.read_bytes())
    except OSError:
        return False


def remember(written: Mapping[Path, bytes]) -> None:
    """Keep in mind that these files are ours; where that is impossible, they will count as not.

    To be called before they are written: whoever is killed meanwhile finds them to be ours.
    """
    with suppress(OSError, ValueError), _alone():
        record = _record()
        for path, data in written.items():
            key = str(path.absolute())
            record.pop(key, None)
            record[key] = _digest(data)
        _write_record(dict(list(record.items())[-_MOST_REMEMBERED:]))


@contextmanager
def _alone() -> Iterator[None]:
    """While no other process changes the record."""
    path = _record_path().with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _record_path() -> Path:
    base = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    folder = Path(base) if base else Path.home() / ".local" / "state"
    return folder / "symbolic-composer" / "written.json"


def _record() -> dict[str, str]:
    try:
        record = json.loads(_record_path().read_text(encoding="utf-8"))
    except (OSError, ValueError, RuntimeError):
        return {}
    is_sound = isinstance(record, dict) and all(isinstance(v, str) for v in record.values())
    return record if is_sound else {}


def _write_record(record: Mapping[str, str]) -> None:
    path = _record_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        json.dump(record, file)
    Path(file.name).replace(path)
