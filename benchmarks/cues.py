"""Exact durations and climaxes: how near the file is, and whether the music rises to the hit.

    python -m benchmarks.cues [--pieces 12] [--seed 0] [--weights FILE]

Cues of 15 to 45 seconds in styles and moods drawn by the seed, each with a hit at 30 to 80 % of it.
Times are those of the MIDI file as it is played, read back by mido. Means over the two bars from
the hit are set beside those of the first two bars and of the last two.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mido
import numpy as np

from composer.analysis.analyse import analyse
from composer.composing.compose import Composition, compose_all, write
from composer.music.bars import bars_of
from composer.music.facts import BarFacts
from composer.music.piece import Piece
from composer.rendering.performance.performance import perform

STYLES = ("classical", "romantic", "ambient", "pop", "impressionist", "baroque")
MOODS = ("tense", "calm", "happy", "sad", "")
EDGE_BARS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pieces", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--weights", type=Path)
    given = parser.parse_args()
    made = compose_all(requests(given.pieces, given.seed), given.weights)
    ends, hits = zip(*map(misses, made), strict=True)
    print(
        f"{len(made)} cues; farthest end {max(ends) * 1000:.2f} ms, hit {max(hits) * 1000:.2f} ms"
    )
    steps = [tempo_step(one) for one in made]
    print(f"tempo step at the hit: median {np.median(steps):.1%}, largest {max(steps):.1%}\n")
    print("mean of            first    hit   last  rises  falls")
    for name, value in MEASURES.items():
        rows = np.array([edges(one, value) for one in made])  # (cues, 3)
        rises, falls = (int((rows[:, 1] > rows[:, place]).sum()) for place in (0, 2))
        first, hit, last = np.nanmean(rows, axis=0)
        print(f"{name:17} {first:6.2f} {hit:6.2f} {last:6.2f} {rises:6} {falls:6}")


def requests(pieces: int, seed: int) -> list[dict[str, Any]]:
    random = np.random.default_rng(seed)
    drawn = []
    for number in range(pieces):
        seconds = round(float(random.uniform(15, 45)), 2)
        drawn.append(
            {
                "style": STYLES[number % len(STYLES)],
                "mood": MOODS[number % len(MOODS)],
                "seconds": seconds,
                "hit": round(seconds * float(random.uniform(0.3, 0.8)), 2),
                "seed": seed + number,
            }
        )
    return drawn


def misses(made: Composition) -> tuple[float, float]:
    """Seconds by which the end of the track and the marker of the hit miss what was asked."""
    timing = made.request.timing
    assert timing is not None
    with tempfile.TemporaryDirectory() as folder:
        (path,) = write(made, Path(folder), ["mid"])
        now, hit = 0.0, 0.0
        for message in mido.MidiFile(path):
            now += message.time
            if message.type == "marker":
                hit = now
    return abs(now - timing.seconds), abs(hit - (timing.hit_seconds or 0.0))


def tempo_step(made: Composition) -> float:
    cue = made.request.cue
    assert cue is not None
    before, after = cue.quarters_per_minute
    return max(before, after) / min(before, after) - 1


Measure = Callable[[Piece, list[BarFacts], range], float]


def edges(made: Composition, measure: Measure) -> tuple[float, float, float]:
    """A measure over the first bars, those from the hit, and the last."""
    cue = made.request.cue
    assert cue is not None
    assert cue.hit_bar is not None
    bars = list(analyse(made.piece).bars)
    starts = (0, min(cue.hit_bar, cue.bars - 1), max(0, cue.bars - EDGE_BARS))
    first, hit, last = (
        measure(made.piece, bars, range(start, min(start + EDGE_BARS, cue.bars)))
        for start in starts
    )
    return first, hit, last


def density(piece: Piece, bars: list[BarFacts], span: range) -> float:
    return float(np.mean([bars[bar].onsets_per_quarter for bar in span]))


def notes(piece: Piece, bars: list[BarFacts], span: range) -> float:
    return len(velocities(piece, span)) / len(span)


def written_loudness(piece: Piece, bars: list[BarFacts], span: range) -> float:
    found = velocities(piece, span)
    return float(np.mean(found)) if found else float("nan")


def played_loudness(piece: Piece, bars: list[BarFacts], span: range) -> float:
    return written_loudness(perform(piece, seed=1).piece, bars, span)


def velocities(piece: Piece, span: range) -> list[int]:
    bars = bars_of(piece)
    start, end = bars[span.start].start_tick, bars[span.stop - 1].end_tick
    return [n.velocity for part in piece.parts for n in part.notes if start <= n.onset_tick < end]


def height(piece: Piece, bars: list[BarFacts], span: range) -> float:
    starts = bars_of(piece)
    start, end = starts[span.start].start_tick, starts[span.stop - 1].end_tick
    pitches = [
        note.pitch
        for part in piece.parts
        if not part.is_drums
        for note in part.notes
        if start <= note.onset_tick < end
    ]
    return float(np.mean(pitches)) if pitches else float("nan")


MEASURES: dict[str, Measure] = {
    "onsets a quarter": density,
    "notes a bar": notes,
    "written velocity": written_loudness,
    "played velocity": played_loudness,
    "mean pitch": height,
}


if __name__ == "__main__":
    main()
