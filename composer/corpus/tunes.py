"""Tune books: an ABC file may hold many tunes, each a piece of its own."""

from __future__ import annotations

import re

_TUNE = re.compile(rb"^X:", re.MULTILINE)
TUNE_MARK = "#"
"""Between the path of a tune book and the number of a tune in it, counted from 1."""


def tune_paths(path: str, data: bytes) -> list[str]:
    """The paths of the tunes in an ABC file: its own where there is only one."""
    count = len(_TUNE.findall(data))
    return [f"{path}{TUNE_MARK}{n}" for n in range(1, count + 1)] if count > 1 else [path]


def split_tune_path(path: str) -> tuple[str, int]:
    """ "book.abc#3" -> ("book.abc", 3); 0 for a path that names no tune."""
    book, mark, number = path.rpartition(TUNE_MARK)
    if mark and number.isdigit() and book.lower().endswith(".abc"):
        return book, int(number)
    return path, 0


def tune(data: bytes, number: int) -> bytes:
    """The `number`-th tune of an ABC file with the file's own header before it."""
    starts = [match.start() for match in _TUNE.finditer(data)]
    ends = [*starts[1:], len(data)]
    return data[: starts[0]] + data[starts[number - 1] : ends[number - 1]]
