"""What a piece takes from an influence, beside one that only shares its style and ensemble.

    python -m benchmarks.influence CORPORA [--pieces 12] [--seed 0] [--weights FILE]

CORPORA is the folder in which the corpora lie. Influences are held-out works of 8 to 24 bars, dealt
out over the corpora. Shared notes are the longest passage, in any key, that a piece has in common
with its influence.
"""

from __future__ import annotations

import argparse
import random
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from composer.analysis.analyse import analyse
from composer.composing.asking.influence import influence_of
from composer.composing.compose import Composition, compose_all
from composer.corpus.copying import build_index, longest_shared
from composer.corpus.corpus import Work, find_corpora
from composer.errors import ComposerError
from composer.music.bars import bars_of, prevailing_meter, prevailing_tempo
from composer.music.facts import Facts
from composer.music.normalise import normalise
from composer.music.piece import Piece
from composer.played.quantise import quantise

FEWEST_BARS, MOST_BARS = 8, 24


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--pieces", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--weights", type=Path)
    given = parser.parse_args()
    chosen = influences(given.corpora, given.pieces, given.seed)
    like = [{"like": piece, "seed": given.seed + n} for n, (_, piece) in enumerate(chosen)]
    alone = [beside(piece, given.seed + n) for n, (_, piece) in enumerate(chosen)]
    made = compose_all([*like, *alone], given.weights)
    likened, others = made[: len(chosen)], made[len(chosen) :]
    print(f"{len(chosen)} influences          like  style and ensemble alone")
    for name in MEASURES:
        values = [
            [
                MEASURES[name](*parts(influence, one))
                for (_, influence), one in zip(chosen, some, strict=True)
            ]
            for some in (likened, others)
        ]
        print(f"{name:24} {np.nanmean(values[0]):8.2f} {np.nanmean(values[1]):8.2f}")
    for label, some in (("like", likened), ("alone", others)):
        shared = [
            longest_shared(one.piece, build_index([(work, piece)]))
            for (work, piece), one in zip(chosen, some, strict=True)
        ]
        print(f"notes shared with the influence, {label}: {sorted(shared)}")


def influences(corpora: Path, pieces: int, seed: int) -> list[tuple[Work, Piece]]:
    """Held-out works on the grid, of every corpus in turn."""
    chance = random.Random(seed)
    queues = []
    for corpus in find_corpora(corpora):
        works = [work for work in corpus.works() if work.split == "valid"]
        chance.shuffle(works)
        queues.append(works)
    chosen: list[tuple[Work, Piece]] = []
    for work in (work for row in zip_longest(*queues) for work in row if work is not None):
        try:
            piece = normalise(quantise(work.read()))
        except ComposerError:
            continue
        if FEWEST_BARS <= len(bars_of(piece)) <= MOST_BARS:
            chosen.append((work, piece))
        if len(chosen) == pieces:
            break
    return chosen


def beside(piece: Piece, seed: int) -> dict[str, Any]:
    """The request for a piece that has style, ensemble and bars in common with an influence."""
    influence = influence_of(piece)
    return {
        "style": influence.style,
        "ensemble": influence.ensemble,
        "bars": len(influence.plan),
        "seed": seed,
    }


def parts(influence: Piece, made: Composition) -> tuple[Piece, Facts, Piece, Facts]:
    return influence, analyse(influence), made.piece, analyse(made.piece)


def same_meter(theirs: Piece, _: Facts, ours: Piece, __: Facts) -> float:
    return prevailing_meter(theirs)[1:] == prevailing_meter(ours)[1:]


def tempo_octaves(theirs: Piece, _: Facts, ours: Piece, __: Facts) -> float:
    a, b = prevailing_tempo(theirs), prevailing_tempo(ours)
    if a is None or b is None:
        return float("nan")
    return abs(float(np.log2(a.quarters_per_minute / b.quarters_per_minute)))


def same_mode(_: Piece, theirs: Facts, __: Piece, ours: Facts) -> float:
    return bool(theirs.key and ours.key and theirs.key.mode == ours.key.mode)


def density_together(_: Piece, theirs: Facts, __: Piece, ours: Facts) -> float:
    """Correlation over the bars, where both vary."""
    rows = [[bar.onsets_per_quarter for bar in facts.bars] for facts in (theirs, ours)]
    length = min(map(len, rows))
    a, b = (np.array(row[-length:]) for row in rows)  # a pickup is no bar of the plan
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else float("nan")


def density_octaves(_: Piece, theirs: Facts, __: Piece, ours: Facts) -> float:
    return abs(float(np.log2(theirs.onsets_per_quarter / ours.onsets_per_quarter)))


def recalls_alike(_: Piece, theirs: Facts, __: Piece, ours: Facts) -> float:
    """Share of the bars that go back to the same bar, or are new, in both."""
    length = min(len(theirs.bars), len(ours.bars))
    pairs = zip(theirs.bars[-length:], ours.bars[-length:], strict=True)
    alike = [
        a.recall is not None and b.recall is not None and a.recall.distance == b.recall.distance
        for a, b in pairs
    ]
    return float(np.mean(alike))


def register_semitones(_: Piece, theirs: Facts, __: Piece, ours: Facts) -> float:
    return abs((theirs.mean_pitch or 60.0) - (ours.mean_pitch or 60.0))


MEASURES = {
    "same meter": same_meter,
    "same mode": same_mode,
    "tempo apart, octaves": tempo_octaves,
    "density apart, octaves": density_octaves,
    "density by bar, r": density_together,
    "bars recall alike": recalls_alike,
    "mean pitch apart": register_semitones,
}


if __name__ == "__main__":
    main()
