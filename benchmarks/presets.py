"""What every preset plays: how much each role, how the groove holds, what of it is missed.

    python -m benchmarks.presets OUT [--presets NAME,NAME] [--processes N]

Composes each preset once with its default settings (seed 1) into OUT/NAME (MIDI, PNG and the
report); stopped, the same command goes on. Then prints a row a preset: of each role the bars in
which its parts play (each part, or the mean of more than three), of all bars, and the notes in
such a bar, "!" where that is not kept; then all the fields that are missed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from composer.composing.compose import compose_all, write
from composer.composing.report import write_report
from composer.composing.roles_played import ROLE_FIELDS
from composer.music.presets import presets

TOGETHER = 4
COLUMNS = (*ROLE_FIELDS.values(), "groove", "ending")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--presets", default=",".join(preset.name for preset in presets()))
    parser.add_argument("--processes", type=int, default=1)
    words = parser.parse_args()
    names = words.presets.split(",")
    todo = [name for name in names if not (words.out / name / "report.json").is_file()]
    groups = [todo[start : start + TOGETHER] for start in range(0, len(todo), TOGETHER)]
    with ProcessPoolExecutor(words.processes, get_context("spawn")) as pool:
        for done in as_completed([pool.submit(_compose, group, words.out) for group in groups]):
            print(f"{done.result()} more of {len(todo)} are there", file=sys.stderr, flush=True)
    print("| preset | " + " | ".join(COLUMNS) + " | missed |")
    print("|---" * (len(COLUMNS) + 2) + "|")
    for name in names:
        report = json.loads((words.out / name / "report.json").read_text(encoding="utf-8"))
        told = report["achieved"]
        cells = [_cell(column, told[column]) if column in told else "" for column in COLUMNS]
        missed = [field for field, value in told.items() if value["kept"] is False]
        print(f"| {name} | {' | '.join(cells)} | {', '.join(missed)} |")


def _compose(names: Sequence[str], out: Path) -> int:
    """Compose presets side by side and write each into its folder."""
    made = compose_all([{"preset": name, "seed": 1} for name in names])
    for name, one in zip(names, made, strict=True):
        write(one, out / name, ("mid", "png"), force=True)
        write_report(one.report(), out / name, "report")
    return len(names)


def _cell(column: str, field: Mapping[str, Any]) -> str:
    """ "16 of 16: 4.2" for a role, shares for the groove, and whether it closes."""
    missed = "!" if field["kept"] is False else ""
    words = {True: "yes", False: "no"}.get(field["kept"], "")
    if column != "ending":
        words = re.sub(r" bars, ([\d.]+) notes in each", r": \1", field["achieved"])
        words = words.replace(" of the bars", "").replace(" in ", " ")
    return f"{words}{missed}"


if __name__ == "__main__":
    main()
