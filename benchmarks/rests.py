"""Count how often parts rest in real music, and rewrite composer/composing/rests.toml.

    python benchmarks/rests.py SHARDS

Of each part of pieces with several, in the training split: the share of bars in which it begins no
note, by its role where one is known, else by its instrument.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from composer import composing
from composer.corpus.shards import SPLITS, load_shards
from composer.music.instruments import INSTRUMENTS
from composer.tokens.fields import Kind, column_of
from composer.tokens.values import part_of, role_of

OUT = Path(composing.__file__).with_name("rests.toml")
PIECES, FEWEST_BARS, MOST_BARS = 400, 500, 64
HEADER = """# The share of bars in which a part begins no note, in pieces with several parts.
# Written by benchmarks/rests.py.
"""


def main() -> None:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    random = np.random.default_rng(0)
    for shard in load_shards(Path(sys.argv[1])):
        taught = shard.pieces[shard.pieces["split"] == SPLITS.index("train")]
        for record in random.permutation(taught)[:PIECES]:
            count(np.asarray(shard.rows[record["row_start"] : record["row_stop"]]), counts)
    lines = [HEADER]
    for name, (silent, bars) in sorted(counts.items()):
        if bars >= FEWEST_BARS:
            lines.append(f"{name} = {silent / bars:.2f}")
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


def count(rows: np.ndarray, counts: dict[str, list[int]]) -> None:
    """Add the silent bars and all bars of every part that plays."""
    parts = rows[rows[:, 0] == Kind.PART]
    if len(parts) < 2:
        return
    bar = np.cumsum(rows[:, 0] == Kind.BAR) - 1
    bars = min(MOST_BARS, int(bar[-1]) + 1)
    is_note = rows[:, 0] == Kind.NOTE
    for part in parts.tolist():
        value = part[column_of(Kind.PART, "part")]
        mine = is_note & (rows[:, column_of(Kind.NOTE, "part")] == value)
        playing = np.unique(bar[mine])
        if not len(playing):
            continue
        role = role_of(part[column_of(Kind.PART, "role")])
        name = role or INSTRUMENTS[part_of(value)[0]].name
        counts[name][0] += bars - int((playing < bars).sum())
        counts[name][1] += bars


if __name__ == "__main__":
    main()
