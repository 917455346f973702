"""How many copies does the rule for copies catch, and how many originals does it wrong?

`python -m benchmarks.copies DATA` takes excerpts of 300 training works by people and of 300
held-out ones, moves each to another key, and asks `composer.is_too_close`. A minute of CPU.
"""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path

from composer.composing.originality import is_too_close, originality
from composer.corpus.copying import HUMAN_EXCERPTS_BARS, excerpt
from composer.corpus.corpus import find_corpora
from composer.music.bars import bars_of
from composer.music.piece import Part, Piece

WORKS = 300
FARTHEST_SEMITONES = 6


def moved(piece: Piece, semitones: int) -> Piece:
    """The piece in another key, drums aside; pitches stay in 0..127."""

    def in_other_key(part: Part) -> Part:
        pitches = (min(127, max(0, note.pitch + semitones)) for note in part.notes)
        notes = tuple(n._replace(pitch=p) for n, p in zip(part.notes, pitches, strict=True))
        return part if part.is_drums else replace(part, notes=notes)

    return replace(piece, parts=tuple(map(in_other_key, piece.parts)))


def main() -> None:
    chance = random.Random(1)
    works = [
        work
        for corpus in find_corpora(Path(sys.argv[1]))
        for work in corpus.works()
        if work.tags.ensemble != "drums" and work.origin == "human"
    ]
    print("split  bars  excerpts  source named  beyond 95 of 100  too close")
    for split in ("train", "valid"):
        picked = chance.sample([work for work in works if work.split == split], WORKS)
        read = [(work, work.read()) for work in picked]
        for bars in HUMAN_EXCERPTS_BARS:
            found = []
            for work, piece in read:
                if len(bars_of(piece)) >= bars:
                    semitones = chance.randint(-FARTHEST_SEMITONES, FARTHEST_SEMITONES)
                    found.append((work, originality(moved(excerpt(piece, bars), semitones))))
            named = sum(any(p.file == work.path for p in o.passages) for work, o in found)
            beyond = sum(o.longest_notes > o.human.percentile_95 for _, o in found)
            close = sum(is_too_close(o) for _, o in found)
            print(f"{split}  {bars:4}  {len(found):8}  {named:12}  {beyond:16}  {close:9}")


if __name__ == "__main__":
    main()
