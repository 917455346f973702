"""Where the bytes of a corpus lie: in a folder or in a zip, addressed the same way."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from composer.corpus.midi_reading import MOST_BYTES
from composer.corpus.readers import SUFFIXES
from composer.errors import CorpusError, FileError, UnreadablePieceError

_HIDDEN = re.compile(r"(^|/)(\.|__MACOSX/)")


@dataclass(frozen=True, slots=True)
class Files:
    """The files under `location`, a folder or a zip. Paths inside have forward slashes."""

    location: Path

    def paths(self, patterns: tuple[str, ...], without: tuple[str, ...] = ()) -> list[str]:
        """Sorted paths of the readable kinds of file that match a pattern, hidden ones left out.

        "**/" also stands for no folder at all.
        """
        readable = (path for path in self._all() if path.lower().endswith(SUFFIXES))
        found = (path for path in readable if not _HIDDEN.search(path))
        return sorted(p for p in found if _matches(p, patterns) and not _matches(p, without))

    def read(self, path: str) -> bytes:
        """The bytes of one file; FileError if it is not there."""
        try:
            if self.location.is_dir():
                return (self.location / path).read_bytes()
            archive = _archive(self.location)
            if archive.getinfo(path).file_size > MOST_BYTES:
                raise UnreadablePieceError(f"{path}: larger than {MOST_BYTES // 10**6} megabytes")
            return archive.read(path)
        except (OSError, KeyError, zipfile.BadZipFile, RuntimeError) as error:
            raise FileError(f"{path} cannot be read from {self.location}: {error}") from None

    def _all(self) -> list[str]:
        if self.location.is_dir():
            every = self.location.rglob("*")
            return [p.relative_to(self.location).as_posix() for p in every if p.is_file()]
        return [info.filename for info in _archive(self.location).infolist() if not info.is_dir()]


@lru_cache(maxsize=64)
def _archive(location: Path) -> zipfile.ZipFile:
    # Kept open: the directory of a zip of thousands of files is slow to read.
    try:
        return zipfile.ZipFile(location)
    except (OSError, zipfile.BadZipFile) as error:
        raise CorpusError(f"{location} cannot be opened as a zip: {error}") from None


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(
        fnmatchcase(path, pattern) or fnmatchcase(path, pattern.removeprefix("**/"))
        for pattern in patterns
    )
