"""What a training log tells: the curve of held-out bits, and how fast rows were learned.

A log is the `.jsonl` beside a state of training (`composer.training.train`): a line each time the
held-out music was scored, with `step`, `seconds`, `rows` and `bits_per_note` of the whole run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from composer.errors import FileError


@dataclass(frozen=True, slots=True)
class Point:
    """Held-out bits per note after so many rows and hours of steps."""

    rows: int
    hours: float
    bits_per_note: float


def validate(path: Path) -> None:
    """Raises FileError unless there is a log."""
    if not path.is_file():
        raise FileError(f"{path} is no training log; give the .jsonl beside the state of training")


def curve(path: Path) -> list[Point]:
    """The points of a log in order of rows. Raises FileError for a file that is no log."""
    validate(path)
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        points = {
            line["rows"]: Point(line["rows"], line["seconds"] / 3600, line["bits_per_note"])
            for line in lines
            if line["bits_per_note"] is not None
        }
    except (ValueError, KeyError, TypeError) as error:
        raise FileError(f"{path} is no training log: {error}") from None
    return [points[rows] for rows in sorted(points)]


def rows_per_second(points: Sequence[Point]) -> float | None:
    """Over the whole run; None where nothing was logged."""
    if not points or not points[-1].hours:
        return None
    return points[-1].rows / (3600 * points[-1].hours)
