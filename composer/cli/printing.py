"""How the command line prints: tables, JSON, paths and progress bars.

Tables are plain text: `rich` would take as long to load as all the rest of a listing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress


_WIDEST = 44


def print_json(value: Any) -> None:
    """JSON on stdout, and nothing else."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout, each row a line; numbers stand to the right."""
    rows = list(rows)
    texts = [list(columns), *([_text(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    right = [
        bool(rows) and all(isinstance(row[index], int | float) for row in rows)
        for index in range(len(columns))
    ]
    if title:
        print(f"{title}\n")
    for line in texts:
        cells = zip(line, widths, right, strict=True)
        padded = (text.rjust(width) if to_right else text.ljust(width)
                  for text, width, to_right in cells)  # fmt: skip
        print("  ".join(padded).rstrip())
    print()


def print_report(report: Mapping[str, Any]) -> None:
    """Asked beside achieved, a field a line or several; how original it is, and the seed."""
    rows = [
        line
        for name, field in report["achieved"].items()
        for line in _lines(name, *(field[key] for key in ("asked", "achieved", "kept")))
    ]
    print_table("", ["", "asked", "achieved", "kept"], rows)
    print(originality_line(report["originality"]))
    if windows := report.get("beyond_context"):
        print(context_line(windows))
    print(f"seed {report['seed']}")


def _lines(name: str, asked: object, achieved: object, kept: bool | None) -> list[list[str]]:
    """A field as rows of a table: what is long goes on in the next, nothing is cut."""
    columns = [wrap(_shown(value), _WIDEST) or [""] for value in (asked, achieved)]
    lines = zip_longest(*columns, fillvalue="")
    said = {None: "", True: "yes", False: "no"}[kept]
    return [
        [name if not place else "", *line, said if not place else ""]
        for place, line in enumerate(lines)
    ]


def _shown(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def originality_line(found: Mapping[str, Any]) -> str:
    """The nearest passage of the music that was learned from, beside what people share."""
    human = found["human"]
    people = f"people share up to {human['percentile_95']} in 95 of 100 pieces"
    if not found["nearest"]:
        return f"originality: shares no passage with the music it was learned from; {people}"
    nearest = found["nearest"][0]
    named = (nearest["composer"], nearest["title"] or nearest["file"], nearest["licence"])
    whose = ", ".join(word for word in named if word)
    return (
        f"originality: the longest passage shared with the music it was learned from has "
        f"{nearest['notes']} notes (bars {nearest['first_bar']}-{nearest['last_bar']}: {whose}); "
        f"{people}"
    )


def context_line(windows: Sequence[Mapping[str, int]]) -> str:
    """How the model went on with a piece that is longer than what it reads at once."""
    kept = sorted({window["bar"] - window["first_bar"] for window in windows})
    bars = " to ".join(map(str, dict.fromkeys((kept[0], kept[-1]))))
    return (
        f"beyond the context: {len(windows)} times, first in bar {windows[0]['bar']}, the model "
        f"began afresh with the header, the latest {bars} bars and the sketch from these on"
    )


def print_paths(paths: Iterable[Path]) -> None:
    """A path a line."""
    for path in paths:
        print(path)


def progress_bar(*, note: bool = False) -> Progress:
    """A bar on stderr that disappears when done; silent where stderr is no terminal.

    With `note`, each task has a field `note` that is shown beside its bar.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    notes = [TextColumn("{task.fields[note]}")] if note else []
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
        *notes,
        console=Console(stderr=True, markup=False),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _text(value: object) -> str:
    return (
        f"{value:,}"
        if isinstance(value, int)
        else f"{value:.2f}"
        if isinstance(value, float)
        else str(value)
    )
