"""Each lean of composing left out in turn, and other temperatures: what the music loses or gains.

    python -m benchmarks.lean_by_lean SHARDS [--pieces 9] [--without none,ending,weak] \
        [--chance 1:.05,.95:.02]

The same requests, `--pieces` of every style that has held-out music enough, are composed (one
candidate each) with all leans, without each of those named (default: each of the table in turn),
and at each chance (temperature:min-p). A line each: the share whose style is heard, with its
standard error; how far the means of all measures lie from real music, in distances of two real
halves (median over measures and styles; 1 is as near as one can tell); requests that break a field;
entropy of the pitch classes of a bar; moves of the lead by step; bars in which the lead is silent;
bars that recall another; onsets between the sixteenths, on 32nds (what looks like haste on a page);
ends on the tonic. The first line is real music.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.listening import lead_of
from composer.analysis.recall import recalls
from composer.analysis.table import note_table
from composer.composing.leans.all_leans import LEANS, WEAK
from composer.corpus.shards import load_shards
from composer.measures import endings, likeness
from composer.measures.judge import Judge
from composer.measures.pitch import windowed_entropy
from composer.measures.requests import compose_all, style_requests
from composer.measures.samples import FEWEST_OF_A_STYLE, by_style, held_out_music
from composer.measures.style_judge import features_of, style_judge
from composer.music.piece import Piece

BARS, MOST_REAL = 16, 64
FIGURES = ("entropy", "steps", "silent lead", "recalls", "32nds", "tonic end")


class Real(NamedTuple):
    """Held-out music by style, and a judge taught by it."""

    pieces: dict[str, list[Piece]]
    judge: Judge


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shards", type=Path)
    parser.add_argument("--pieces", type=int, default=9)
    parser.add_argument("--without", default=",".join(("none", *LEANS)))
    parser.add_argument("--chance", default="", help="temperature:min-p with commas")
    flags = parser.parse_args()
    shards = load_shards(flags.shards)
    samples = by_style(held_out_music(shards, BARS, MOST_REAL), FEWEST_OF_A_STYLE)
    judge, ceiling = style_judge([sample for found in samples.values() for sample in found])
    real = Real({style: [s.piece for s in found] for style, found in samples.items()}, judge)
    ends = held_out_music(shards, BARS, MOST_REAL, at_the_end=True)
    print(f"{'':24s} style       apart  broken  " + "  ".join(FIGURES))
    pieces = [piece for found in real.pieces.values() for piece in found]
    told = _told(pieces, [sample.piece for sample in ends])
    print(f"{'real':24s} {ceiling.accuracy:.2f}         1.00          {told}", flush=True)
    for name in filter(None, flags.without.split(",")):
        without = {"none": frozenset(), "weak": WEAK}.get(name, frozenset({name}))
        _print(f"without {name}", real, flags.pieces, {"without": without})
    for chance in filter(None, flags.chance.split(",")):
        temperature, min_p = map(float, chance.split(":"))
        more = {"temperature": temperature, "min_p": min_p}
        _print(f"temperature {temperature:g}, {min_p:g}", real, flags.pieces, more)


def _print(name: str, real: Real, each: int, more: dict[str, Any]) -> None:
    requests = [one | more for one in style_requests([*real.pieces], each, BARS)]
    made = compose_all(requests)
    pieces, styles = [one.composition.piece for one in made], [one.request["style"] for one in made]
    guesses = real.judge.guesses(np.array([*map(features_of, pieces)]))
    right = [guess == style for guess, style in zip(guesses, styles, strict=True)]
    of_style: dict[str, list[Piece]] = defaultdict(list)
    for style, piece in zip(styles, pieces, strict=True):
        of_style[style].append(piece)
    likenesses, _ = likeness.evaluate(real.pieces, of_style)
    apart = np.nanmedian([one.apart / one.halves for one in likenesses if one.halves > 0])
    choices = [one.composition.choice for one in made]
    broken = np.mean([bool(choice and choice.best.broken) for choice in choices])
    error = np.std(right) / len(right) ** 0.5
    print(
        f"{name:24s} {np.mean(right):.2f} ({error:.2f})  {apart:.2f}   {broken:.2f}   "
        f"{_told(pieces, pieces)}",
        flush=True,
    )


def _told(pieces: Sequence[Piece], to_their_end: Sequence[Piece]) -> str:
    means = np.nanmean([*map(figures_of, pieces)], axis=0).tolist()
    means.append(endings.evaluate(to_their_end)["ends on the tonic"])
    return "  ".join(f"{value:{len(name)}.2f}" for name, value in zip(FIGURES, means, strict=True))


def figures_of(piece: Piece) -> tuple[float, ...]:
    """One number for each of `FIGURES` but the last."""
    table = note_table(piece)
    lead = lead_of(piece, table)
    sixteenth = piece.ticks_per_quarter // 4
    return (
        windowed_entropy(table.pitched(), 1),
        lead.steps if lead else np.nan,
        lead.silent if lead else np.nan,
        float(np.mean([one.kind != "new" for one in recalls(table)])),
        float(np.mean(np.unique(table.pitched().onset) % sixteenth == sixteenth // 2)),
    )


if __name__ == "__main__":
    main()
