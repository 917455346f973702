"""Where parts lie, who plays, what returns: rewrites `part_statistics.toml`.

    python -m benchmarks.parts SHARDS

Of the training split: the mean pitch of parts of an instrument (of one in a role, where it is
known), with its standard deviation from piece to piece. Of each
style and composer with pieces enough by people, the share of them that each ensemble plays, drums
alone and what has no name aside; and of each style the share of bars, among the first of a
piece, that recall an earlier one. Of the ensembles whose seats are anybody's, the line-ups that are
usual in each style. What programs made counts where people wrote little in a style.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from composer.composing import leans
from composer.composing.leans.part_statistics import ANY_STYLE, Seats
from composer.composing.leans.recall_share import NOTHING
from composer.corpus.shards import SPLITS, load_shards
from composer.music.ensembles import ensembles
from composer.music.instruments import INSTRUMENTS
from composer.music.styles import composers, styles
from composer.tokens.fields import Kind, column_of
from composer.tokens.values import ORIGINS, part_of, role_of

OUT = Path(leans.__file__).with_name("part_statistics.toml")
STYLES = {(style.kind, style.index): style for style in (*styles(), *composers())}
BY_STYLE = {style.name: style for style in styles()}
ENSEMBLES = {e.index: e.name for e in ensembles() if e.name not in ("drums", "other")}
HUMAN = 1 + ORIGINS.index("human")
OPEN_ENSEMBLES, MOST_PLAYERS, MOST_LINE_UPS = ("chamber", "band", "ensemble"), 6, 12
FEWEST_OF_A_STYLE, FEWEST_OF_AN_ENSEMBLE = 15, 0.01
PIECES, FEWEST_BARS, FEWEST_NOTES, FEWEST_PARTS = 400, 500, 16, 10
BARS_OF_RETURNS = 16
"""As many as a composed piece has by default; in longer ones more returns."""
HEADER = """# Parts in music of the training split. Written by benchmarks/parts.py.
"""


class Counts:
    def __init__(self) -> None:
        self.means: dict[str, list[float]] = defaultdict(list)
        self.ensembles: dict[str, Counter[str]] = defaultdict(Counter)
        self.line_ups: dict[tuple[str, str], Counter[Seats]] = defaultdict(Counter)
        self.returns: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        """Bars that recall an earlier one and all bars."""

    def take_style(self, header: list[list[int]]) -> None:
        """Count who plays, if people wrote it or hardly anybody writes in its style."""
        _, style, composer, ensemble, origin, *_ = header[0]
        name = ENSEMBLES.get(ensemble)
        for kind in ("style", style), ("composer", composer):
            known = STYLES.get(kind)
            if not name or not known or (origin != HUMAN and known.is_mostly_by_people):
                continue
            self.ensembles[known.name][name] += 1
            if known.kind == "style" and name in OPEN_ENSEMBLES:
                seats = tuple(_seat(row) for row in header if row[0] == Kind.PART)
                self.line_ups[known.name, name][seats] += 1

    def take(self, rows: np.ndarray) -> None:
        """Count every part that plays, and what returns."""
        self._take_returns(rows)
        parts = rows[rows[:, 0] == Kind.PART].tolist()
        for part in parts:
            value = part[column_of(Kind.PART, "part")]
            mine = (rows[:, 0] == Kind.NOTE) & (rows[:, column_of(Kind.NOTE, "part")] == value)
            instrument = INSTRUMENTS[part_of(value)[0]]
            role = role_of(part[column_of(Kind.PART, "role")])
            if mine.sum() >= FEWEST_NOTES and not instrument.is_drums:
                mean = float(rows[mine, column_of(Kind.NOTE, "pitch")].mean())
                for name in {instrument.name, f"{instrument.name}/{role}" if role else ""} - {""}:
                    self.means[name].append(mean)

    def _take_returns(self, rows: np.ndarray) -> None:
        _, style, _, _, origin, *_ = rows[0].tolist()
        if origin == HUMAN and ("style", style) in STYLES:
            plans = rows[rows[:, 0] == Kind.PLAN][:BARS_OF_RETURNS]
            for found in self.returns[STYLES["style", style].name], self.returns[ANY_STYLE]:
                found[0] += int((plans[:, column_of(Kind.PLAN, "recall_distance")] > NOTHING).sum())
                found[1] += len(plans)

    def lines(self) -> list[str]:
        means = {name: found for name, found in self.means.items() if len(found) >= FEWEST_PARTS}
        return [
            HEADER,
            "[registers]",
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
            "\n[line-ups]",
            *_line_ups(self.line_ups),
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


def _seat(row: list[int]) -> tuple[str, str]:
    part, role = row[column_of(Kind.PART, "part")], row[column_of(Kind.PART, "role")]
    return INSTRUMENTS[part_of(part)[0]].name, role_of(role)


def _line_ups(found: dict[tuple[str, str], Counter[Seats]]) -> Iterator[str]:
    """[pieces, [instrument, role], ...] for each usual line-up of a style in an open ensemble.

    Where programs made the music and nobody has the melody it gets a seat of its own, for whom the
    style knows and other styles give melodies.
    """
    leading: Counter[str] = Counter()
    for counts in found.values():
        for seats, count in counts.items():
            leading.update({name: count for name, role in seats if role == "melody"})
    for (style, ensemble), counts in sorted(found.items()):
        small = Counter({seats: n for seats, n in counts.items() if len(seats) <= MOST_PLAYERS})
        if counts.total() < FEWEST_OF_A_STYLE or not small:
            continue
        playing = Counter(name for seats in counts.elements() for name, _ in seats)
        lead = max(playing, key=lambda name: playing[name] * leading[name])
        yield f'"{style}/{ensemble}" = ['
        can_do_without = BY_STYLE[style].is_mostly_by_people
        for seats, count in small.most_common(MOST_LINE_UPS):
            has_lead = can_do_without or "melody" in (role for _, role in seats)
            everybody = seats if has_lead else ((lead, "melody"), *seats)
            row = f"    [{count}, {', '.join(str([*seat]) for seat in everybody)}],"
            yield row.replace("'", '"')
        yield "]"


def main() -> None:
    counts = Counts()
    random = np.random.default_rng(0)
    for shard in load_shards(Path(sys.argv[1])):
        taught = shard.pieces[shard.pieces["split"] == SPLITS.index("train")]
        for record in taught:
            header = int(shard.bar_rows[record["bar_start"]])
            start = int(record["row_start"])
            counts.take_style(np.asarray(shard.rows[start : start + header]).tolist())
        for record in random.permutation(taught)[:PIECES]:
            counts.take(np.asarray(shard.rows[record["row_start"] : record["row_stop"]]))
    OUT.write_text("\n".join(counts.lines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
