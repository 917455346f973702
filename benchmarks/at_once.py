"""How many notes real parts sound at once, by instrument and by how many parts play.

    python -m benchmarks.at_once SHARDS

Of the training split, what people wrote, every onset of a part: the share of onsets at which it
sounds so many notes, held ones included, at which it strikes so many, and at which one player
could not do so (`composer.music.playable`).
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from composer.corpus.shards import SPLITS, load_shards
from composer.music.instruments import BY_NAME
from composer.music.piece import Part
from composer.music.playable import can_strike, heard_at_onsets
from composer.tokens.decode import decode
from composer.tokens.fields import Kind, column_of
from composer.tokens.values import ORIGINS

PIECES_OF_A_CORPUS = 400
HUMAN = 1 + ORIGINS.index("human")
SIZES = {1: "alone", 2: "two", 8: "three to eight", 16: "nine or more"}
"""How many parts play, at most -> its name."""


class Counts:
    """Onsets of an instrument by how many notes sound and how many are struck."""

    def __init__(self) -> None:
        self.sounding: Counter[int] = Counter()
        self.struck: Counter[int] = Counter()
        self.too_many = 0

    def take(self, part: Part) -> None:
        """Count every onset of a part."""
        for struck, held in heard_at_onsets(part):
            self.sounding[len(held) + len(struck)] += 1
            self.struck[len(struck)] += 1
            self.too_many += not can_strike(BY_NAME[part.instrument], struck, held)

    def line(self) -> str:
        total = self.sounding.total()
        shares = [*_shares(self.sounding, 5), *_shares(self.struck, 3), self.too_many / total]
        return f"{total} | {' | '.join(f'{share:.3f}' for share in shares)} |"


def _shares(counts: Counter[int], most: int) -> list[float]:
    """The shares of 1 to `most`, and of what is more."""
    shares = [counts[number] / counts.total() for number in range(1, most + 1)]
    return [*shares, max(0.0, 1.0 - sum(shares))]


def main() -> None:
    counts: dict[tuple[str, str], Counts] = defaultdict(Counts)
    random = np.random.default_rng(0)
    for shard in load_shards(Path(sys.argv[1])):
        taught = shard.pieces[shard.pieces["split"] == SPLITS.index("train")]
        for record in random.permutation(taught)[:PIECES_OF_A_CORPUS]:
            rows = np.asarray(shard.rows[record["row_start"] : record["row_stop"]])
            if HUMAN not in rows[rows[:, 0] == Kind.STYLE, column_of(Kind.STYLE, "origin")]:
                continue
            parts = decode(rows).parts
            size = next(name for most, name in SIZES.items() if len(parts) <= most)
            for part in parts:
                counts[part.instrument, size].take(part)
    print("| instrument | parts | onsets | sounding 1 | 2 | 3 | 4 | 5 | more", end=" ")
    print("| struck 1 | 2 | 3 | more | beyond one player |")
    for (name, size), found in sorted(counts.items()):
        print(f"| {name} | {size} | {found.line()}")


if __name__ == "__main__":
    main()
