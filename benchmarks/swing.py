"""How soundly swing is read: false alarms over real pieces, and our own swung playing read back.

    python -m benchmarks.swing CORPORA [--pieces 40]

For each corpus: how many pieces are read as swinging, which, and for those that are not, played in
a style that swings, how many are then read so and how many of their notes come back to their very
place. Half a minute for ten pieces of each corpus.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from composer.corpus.corpus import Work, find_corpora
from composer.errors import ComposerError
from composer.music.normalise import normalise
from composer.music.piece import Piece
from composer.played.quantise import quantise
from composer.rendering.performance.swing import straightened, with_swing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--pieces", type=int, default=40, help="of each corpus")
    given = parser.parse_args()
    for corpus in find_corpora(given.corpora):
        works = list(corpus.works())
        random.Random(corpus.name).shuffle(works)
        report(corpus.name, list(islice(works, given.pieces)))


def report(name: str, works: Sequence[Work]) -> None:
    heard: list[str] = []
    played = read_back = right = notes = 0
    for work in works:
        try:
            piece = normalise(quantise(work.read()))
            is_heard = swings(work.read())
        except ComposerError:
            continue
        if is_heard:
            heard.append(work.path)
            continue
        performed = with_swing(piece, 1.0)
        if performed is piece:  # nothing in it can swing
            continue
        played += 1
        if swings(performed):
            read_back += 1
            again = normalise(quantise(straightened(performed)))
            right += sum((_places(piece) & _places(again)).values())
            notes += piece.note_count
    print(f"{name:24} {len(works):4} pieces, {len(heard):3} heard to swing;", end=" ")
    print(f"swung {played:4}, read so {read_back:4}, notes back {right / max(1, notes):.4f}")
    print("".join(f"    {path}\n" for path in heard), end="", flush=True)


def swings(piece: Piece) -> bool:
    return straightened(piece) is not piece


def _places(piece: Piece) -> Counter[tuple[str, int, int]]:
    return Counter(
        (part.instrument, note.onset_tick, note.pitch)
        for part in piece.parts
        for note in part.notes
    )


if __name__ == "__main__":
    main()
