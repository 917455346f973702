"""How often parts rest, where they lie, who plays, what returns: rewrites composing/parts.toml.

    python benchmarks/parts.py SHARDS

Of the training split: the share of bars in which a part begins no note, where there are several, by
its role where one is known, else by its instrument; and the mean pitch of parts of an instrument
(of one in a role, where it is known), with its standard deviation from piece to piece. Of each
style and composer with pieces enough by people, the share of them that each ensemble plays, drums
alone and what has no name aside; and of each style the share of bars, among the first of a
piece, that recall an earlier one.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from composer import composing
from composer.composing.real_parts import ANY_STYLE
from composer.composing.returns import NOTHING
from composer.corpus.shards import SPLITS, load_shards
from composer.music.ensembles import ensembles
from composer.music.instruments import INSTRUMENTS
from composer.music.styles import composers, styles
from composer.tokens.fields import Kind, column_of
from composer.tokens.values import ORIGINS, part_of, role_of

OUT = Path(composing.__file__).with_name("parts.toml")
STYLES = {(style.kind, style.index): style.name for style in (*styles(), *composers())}
ENSEMBLES = {e.index: e.name for e in ensembles() if e.name not in ("drums", "other")}
HUMAN = 1 + ORIGINS.index("human")
FEWEST_OF_A_STYLE, FEWEST_OF_AN_ENSEMBLE = 20, 0.01
PIECES, FEWEST_BARS, MOST_BARS, FEWEST_NOTES, FEWEST_PARTS = 400, 500, 64, 16, 10
BARS_OF_RETURNS = 16
"""As many as a composed piece has by default; in longer ones more returns."""
HEADER = """# Parts in music of the training split. Written by benchmarks/parts.py.
"""


class Counts:
    def __init__(self) -> None:
        self.rests: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        """Silent bars and all bars."""
        self.means: dict[str, list[float]] = defaultdict(list)
        self.ensembles: dict[str, Counter[str]] = defaultdict(Counter)
        self.returns: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        """Bars that recall an earlier one and all bars."""

    def take_style(self, row: list[int]) -> None:
        """Count who plays, if people wrote it."""
        _, style, composer, ensemble, origin, *_ = row
        if ensemble in ENSEMBLES and origin == HUMAN:
            for kind in ("style", style), ("composer", composer):
                if kind in STYLES:
                    self.ensembles[STYLES[kind]][ENSEMBLES[ensemble]] += 1

    def take(self, rows: np.ndarray) -> None:
        """Count every part that plays, and what returns."""
        self._take_returns(rows)
        parts = rows[rows[:, 0] == Kind.PART].tolist()
        bar = np.cumsum(rows[:, 0] == Kind.BAR) - 1
        bars = min(MOST_BARS, int(bar[-1]) + 1)
        for part in parts:
            value = part[column_of(Kind.PART, "part")]
            mine = (rows[:, 0] == Kind.NOTE) & (rows[:, column_of(Kind.NOTE, "part")] == value)
            playing = np.unique(bar[mine])
            instrument = INSTRUMENTS[part_of(value)[0]]
            role = role_of(part[column_of(Kind.PART, "role")])
            if len(parts) > 1 and len(playing):
                found = self.rests[role or instrument.name]
                found[0] += bars - int((playing < bars).sum())
                found[1] += bars
            if mine.sum() >= FEWEST_NOTES and not instrument.is_drums:
                mean = float(rows[mine, column_of(Kind.NOTE, "pitch")].mean())
                for name in {instrument.name, f"{instrument.name}/{role}" if role else ""} - {""}:
                    self.means[name].append(mean)

    def _take_returns(self, rows: np.ndarray) -> None:
        _, style, _, _, origin, *_ = rows[0].tolist()
        if origin == HUMAN and ("style", style) in STYLES:
            plans = rows[rows[:, 0] == Kind.PLAN][:BARS_OF_RETURNS]
            for found in self.returns[STYLES["style", style]], self.returns[ANY_STYLE]:
                found[0] += int((plans[:, column_of(Kind.PLAN, "recall_distance")] > NOTHING).sum())
                found[1] += len(plans)

    def lines(self) -> list[str]:
        rests = {
            name: silent / bars
            for name, (silent, bars) in self.rests.items()
            if bars >= FEWEST_BARS
        }
        means = {name: found for name, found in self.means.items() if len(found) >= FEWEST_PARTS}
        return [
            HEADER,
            "[rests]",
            *(f"{name} = {share:.2f}" for name, share in sorted(rests.items())),
            "\n[registers]",
            *(
                f'"{name}" = [{np.mean(found):.1f}, {np.std(found):.1f}]'
                for name, found in sorted(means.items())
            ),
            "\n[ensembles]",
            *(
                f'"{style}" = {{ {", ".join(_shares(counts))} }}'
                for style, counts in sorted(self.ensembles.items())
                if counts.total() >= FEWEST_OF_A_STYLE
            ),
            "\n[returns]",
            *(
                f'"{style}" = {recalling / bars:.2f}'
                for style, (recalling, bars) in sorted(self.returns.items())
                if bars >= FEWEST_BARS
            ),
        ]


def _shares(counts: Counter[str]) -> list[str]:
    shares = {name: count / counts.total() for name, count in sorted(counts.items())}
    return [f"{n} = {share:.2f}" for n, share in shares.items() if share >= FEWEST_OF_AN_ENSEMBLE]


def main() -> None:
    counts = Counts()
    random = np.random.default_rng(0)
    for shard in load_shards(Path(sys.argv[1])):
        taught = shard.pieces[shard.pieces["split"] == SPLITS.index("train")]
        for record in taught:
            counts.take_style(np.asarray(shard.rows[record["row_start"]]).tolist())
        for record in random.permutation(taught)[:PIECES]:
            counts.take(np.asarray(shard.rows[record["row_start"] : record["row_stop"]]))
    OUT.write_text("\n".join(counts.lines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
