"""Write whom the shipped model owes its data to into docs/model-card.md, between the marks.

    python -m benchmarks.attribution CATALOG.CSV

A row a corpus from its manifest and the catalogue, then the people whom the catalogue names file
by file.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from composer.corpus.corpus import MANIFESTS
from composer.corpus.manifest import MANIFEST_NAME, read_manifest

CARD = Path(__file__).resolve().parents[1] / "docs" / "model-card.md"
BEGIN, END = "<!-- attribution: begin -->", "<!-- attribution: end -->"
_TYPESETTER = re.compile(r"typeset by (.+?) \(mutopiaproject\.org")
_MUSICIAN = re.compile(r'^Freedoom project; .*" by (.+)$')

Rows = list[dict[str, str]]


def main() -> None:
    by_corpus: dict[str, Rows] = defaultdict(list)
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_corpus[row["corpus"]].append(row)
    people = {
        "Mutopia typesetters": _people(by_corpus["mutopia"], _TYPESETTER),
        "Freedoom musicians": _people(by_corpus["freedoom"], _MUSICIAN),
    }
    lines = [*_table(by_corpus), ""]
    for title, names in people.items():
        lines += [f"**{title}** (files): {', '.join(names)}.", ""]
    card = CARD.read_text(encoding="utf-8")
    before, _, rest = card.partition(BEGIN)
    _, _, after = rest.partition(END)
    CARD.write_text(f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"{END}{after}", encoding="utf-8")


def _table(by_corpus: dict[str, Rows]) -> list[str]:
    lines = [
        "| corpus | files | notes | licence | credit |",
        "|---|---|---|---|---|",
    ]
    for name, rows in sorted(by_corpus.items()):
        manifest = read_manifest(MANIFESTS / name / MANIFEST_NAME)
        notes = sum(int(row["notes"]) for row in rows)
        title = (
            f"[{manifest.title}]({manifest.source})" if "://" in manifest.source else manifest.title
        )
        cells = [title, f"{len(rows):,}", f"{notes:,}", manifest.licence, manifest.attribution]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _people(rows: Rows, pattern: re.Pattern[str]) -> list[str]:
    """Names with their numbers of files, the most first; addresses are left out."""
    found = [pattern.search(row["attribution"]) for row in rows]
    names = Counter(_name(match[1]) for match in found if match)
    return [f"{name} ({count})" for name, count in sorted(names.items(), key=lambda i: (-i[1], i))]


def _name(text: str) -> str:
    without = re.sub(r"\s*<[^>]*>|@[\w.-]+", "", text)
    return " ".join(without.split())


if __name__ == "__main__":
    main()
