"""How well played onsets are read: music with human timing added, quantised, laid beside itself.

    python -m benchmarks.quantise CORPORA [--corpus pop909] [--pieces 30]

CORPORA is the folder with the corpus (or its zip) in it. Onsets are moved as players move them (a
spread a note, chords not quite together, a bias a part, a slow drift of everybody), and `quantise`
has to find them again. Printed are the shares of notes that come back to their very position,
ours and with plain rounding to sixteenths.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from composer.corpus.corpus import find_corpora
from composer.music.bars import prevailing_tempo
from composer.music.piece import Note, Piece
from composer.played.quantise import quantise

SPREADS_MILLISECONDS = (5, 10, 15, 20, 30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--corpus", default="pop909")
    parser.add_argument("--pieces", type=int, default=30)
    given = parser.parse_args()
    corpus = next(corpus for corpus in find_corpora(given.corpora) if corpus.name == given.corpus)
    middling = [work for work in corpus.works() if 100 < work.notes < 3000]
    works = random.Random(1).sample(middling, given.pieces)
    pieces = [work.read() for work in works]
    print("spread (ms)   ours   sixteenths")
    for spread in SPREADS_MILLISECONDS:
        ours, plain = [], []
        for number, piece in enumerate(pieces):
            played = with_human_timing(piece, spread / 1000, seed=number)
            ours.append(found_again(piece, played, quantise))
            plain.append(found_again(piece, played, to_sixteenths))
        print(f"{spread:>11} {sum(ours) / len(ours):>6.3f} {sum(plain) / len(plain):>12.3f}")


def with_human_timing(piece: Piece, spread_seconds: float, seed: int) -> Piece:
    """The piece with the timing of players whose notes spread by `spread_seconds`."""
    chance = random.Random(seed)
    tempo = prevailing_tempo(piece)
    quarters_a_second = (tempo.quarters_per_minute if tempo else 120.0) / 60.0
    ticks = piece.ticks_per_quarter * quarters_a_second * spread_seconds
    drift: dict[int, float] = {}
    now = 0.0
    for quarter in range(piece.end_tick // piece.ticks_per_quarter + 1):
        now = 0.8 * now + 0.6 * chance.gauss(0, ticks / 2)
        drift[quarter] = now
    parts = []
    for part in piece.parts:
        bias = chance.gauss(0, ticks / 2)
        together: dict[int, float] = {}

        def move(note: Note, bias: float = bias, together: dict[int, float] = together) -> Note:
            beat = drift.get(note.onset_tick // piece.ticks_per_quarter, 0.0)
            hand = together.setdefault(note.onset_tick, chance.gauss(0, ticks))
            moved = note.onset_tick + beat + bias + hand + chance.gauss(0, ticks / 3)
            return note._replace(onset_tick=max(0, round(moved)))

        parts.append(replace(part, notes=tuple(map(move, part.notes))))
    return replace(piece, parts=tuple(parts))


def to_sixteenths(piece: Piece) -> Piece:
    step = piece.ticks_per_quarter / 4

    def move(note: Note) -> Note:
        return note._replace(onset_tick=round(round(note.onset_tick / step) * step))

    return replace(
        piece,
        parts=tuple(replace(part, notes=tuple(map(move, part.notes))) for part in piece.parts),
    )


def found_again(meant: Piece, played: Piece, reader: Callable[[Piece], Piece]) -> float:
    """The share of notes that have their onset again; those that melt into others count as lost."""
    read = reader(played)
    hits = total = 0
    for right, found in zip(meant.parts, read.parts, strict=True):
        wanted = {(note.onset_tick, note.pitch) for note in right.notes}
        hits += len(wanted & {(note.onset_tick, note.pitch) for note in found.notes})
        total += len(wanted)
    return hits / total


if __name__ == "__main__":
    main()
