"""The table of the partner verbs, made by one command.

    python -m benchmarks.partner_table --out DIR (--shards DIR | --corpora DIR)
        [--weights FILE] [--pieces 50] [--seed 0]

Writes `partner.md` and `partner.json`. The corpora, if they are given, are encoded into `--shards`
first.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from composer.corpus.corpus import find_corpora
from composer.corpus.shards import build_shards, load_shards
from composer.measures.partner_text import write_table
from composer.measures.partner_trials import evaluate


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="the partner verbs on held-out music by people")
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder of the table")
    add("--shards", type=Path, default=Path("shards"), help="built corpora")
    add("--corpora", type=Path, help="corpora to build there first")
    add("--weights", type=Path, help="weights (default: the package's)")
    add("--pieces", type=int, default=50, help="how many held-out pieces (default: 50)")
    add("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    if given.corpora:
        build_shards(find_corpora(given.corpora), given.shards)

    def progress(stage: str, done: int, total: int) -> None:
        print(f"{stage}: {done} of {total}", file=sys.stderr)

    shards = load_shards(given.shards)
    table = evaluate(given.weights, shards, given.pieces, given.seed, progress)
    for path in write_table(table, given.out):
        print(path)


if __name__ == "__main__":
    main()
