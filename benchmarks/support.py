"""Count the notes behind each style and composer, and rewrite composer/music/support.toml.

    python -m benchmarks.support CATALOG.CSV

Counts the training split: notes written by people, drum notes played by people, and notes of
files whose accompaniment a program made (`origin` is not "human").
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path

from composer.music import styles

OUT = Path(styles.__file__).with_name("support.toml")
HEADER = """# Notes of the training split: by people, drums by people, machine-made accompaniment.
# Written by benchmarks/support.py.
"""


def main() -> None:
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["split"] != "train":
                continue
            column = 2 if row["origin"] != "human" else 1 if row["ensemble"] == "drums" else 0
            for found in (
                styles.style_of_catalogue(row["style"]),
                styles.style_of_composer(row["composer"]),
            ):
                if found is not None:
                    counts[found.kind, found.name][column] += int(row["notes"])
    lines = [HEADER]
    for kind, entries in (("style", styles.styles()), ("composer", styles.composers())):
        lines.append(f"[{kind}]")
        lines += [f"{entry.name} = {counts[kind, entry.name]}" for entry in entries]
        lines.append("")
    OUT.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
