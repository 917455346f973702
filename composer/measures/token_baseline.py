"""Bits a note of rows beside those of plain tokens, as `benchmarks/remi.py` measured them.

That takes an hour of training, so it is read, not made. Both contenders had equal time, size and
music; the header was given to both, and all rows or tokens behind it count.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from composer.errors import FileError

RESULTS = {"rows": "rows.json", "tokens": "remi.json"}


@dataclass(frozen=True, slots=True)
class Beside:
    """Bits a note on held-out works of a corpus (or "all notes") cut into crops of some size."""

    crops: str
    corpus: str
    notes: int
    rows: float
    tokens: float


@dataclass(frozen=True, slots=True)
class Baseline:
    """The comparison, and what each contender was: parameters, steps, minutes of CPU."""

    parameters: tuple[int, int]
    steps: tuple[int, int]
    cpu_minutes: tuple[float, float]
    beside: tuple[Beside, ...]


def validate(folder: Path) -> None:
    """Raises FileError unless both results are there."""
    for name in RESULTS.values():
        if not (folder / name).is_file():
            raise FileError(
                f"{folder / name} is not there; run benchmarks/remi.py --cache {folder}"
            )


def baseline(folder: Path) -> Baseline:
    """Read both results. Raises FileError for what is none, or of other music."""
    validate(folder)
    try:
        rows, tokens = (
            json.loads((folder / name).read_text(encoding="utf-8")) for name in RESULTS.values()
        )
        return Baseline(
            (rows["parameters"], tokens["parameters"]),
            (rows["steps"], tokens["steps"]),
            (rows["cpu_minutes"], tokens["cpu_minutes"]),
            tuple(_beside(rows["bits"], tokens["bits"])),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise FileError(f"{folder} holds no results of benchmarks/remi.py: {error}") from None


def _beside(rows: dict[str, Any], tokens: dict[str, Any]) -> list[Beside]:
    found = []
    for crops, by_corpus in rows.items():
        for corpus, (notes, bits) in by_corpus.items():
            other_notes, other_bits = tokens[crops][corpus]
            if notes != other_notes:
                raise ValueError(f"{corpus} has {notes} and {other_notes} notes")
            found.append(Beside(crops, corpus, notes, bits, other_bits))
    return found
