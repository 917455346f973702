"""How well beats are found in music that was played freely: known beats, bent and hidden.

    python -m benchmarks.beats CORPORA [--corpus pop909 ...] [--pieces 10]

Pieces whose beats are known get human timing and a tempo that wanders by 5 % from beat to beat;
the tracker hears seconds alone. Printed are mir_eval's F-measure, and continuity at the stated
(CMLt) and at any (AMLt) metrical level. `pip install '.[evaluate]'` first.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
from mir_eval import beat
from quantise import with_human_timing

from composer.corpus.corpus import find_corpora
from composer.music.bars import seconds_at
from composer.music.piece import Piece, TempoChange
from composer.played.beat_tracking import beats_of

CORPORA = ("pop909", "mutopia", "chopin_first_editions", "openscore_lieder")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--corpus", nargs="*", default=list(CORPORA))
    parser.add_argument("--pieces", type=int, default=10)
    given = parser.parse_args()
    corpora = {corpus.name: corpus for corpus in find_corpora(given.corpora)}
    print("corpus, pieces, F, CMLt, AMLt")
    for name in given.corpus:
        works = [work for work in corpora[name].works() if 300 < work.notes < 2500]
        found = []
        for number, work in enumerate(random.Random(5).sample(works, given.pieces)):
            piece = work.read()
            if piece.meters[0].denominator == 4:
                found.append(scores(with_wandering_tempo(piece, number)))
        print(name, len(found), *np.mean(found, axis=0).round(3))


def with_wandering_tempo(piece: Piece, seed: int) -> Piece:
    chance = random.Random(seed)
    played = with_human_timing(piece, 0.012, seed)
    tempo = piece.tempi[0].quarters_per_minute if piece.tempi else 100.0
    tempi, away = [], 0.0
    for tick in range(0, piece.end_tick + 1, piece.ticks_per_quarter):
        away = 0.8 * away + 0.6 * chance.gauss(0, 0.05)
        tempi.append(TempoChange(tick, tempo * max(0.5, 1 + away)))
    return replace(played, tempi=tuple(tempi))


def scores(piece: Piece) -> tuple[float, float, float]:
    last = max(note.onset_tick for part in piece.parts for note in part.notes)
    quarters = range(0, last + 1, piece.ticks_per_quarter)
    true = np.array([seconds_at(piece, tick) for tick in quarters])
    heard = beats_of(piece)
    _, same_level, _, any_level = beat.continuity(true, heard)
    return beat.f_measure(true, heard), same_level, any_level


if __name__ == "__main__":
    main()
