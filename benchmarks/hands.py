"""How often our hands agree with engravers', over many works and every style of piano music.

    python -m benchmarks.hands CORPORA [--split train] [--limit N]

The staves are those that the velocities of engraved files tell (`hand_labels`). The 16 songs of
`benchmarks/notation.py` are too few to tell a hundredth: one song in two staves lies anywhere
between .88 and 1. Prints the share of the labelled notes on their own staff, a line a part, then
the mean over the parts and over the notes. The validation split takes some seconds, the training
split (640 parts) some minutes.
"""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path

from benchmarks.hand_labels import UNKNOWN, Labelled, labelled_works
from composer.corpus.corpus import find_corpora
from composer.music.hands import assign_staves


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--split", choices=("train", "valid"), default="valid")
    parser.add_argument("--limit", type=int)
    given = parser.parse_args()
    works = islice(labelled_works(find_corpora(given.corpora), given.split), given.limit)
    counts = []
    for work in works:
        right, known = agreement(work)
        counts.append((right, known))
        print(f"{right / known:.4f} of {known:5d} {work.path}", flush=True)
    notes = sum(known for _, known in counts)
    mean = sum(right / known for right, known in counts) / len(counts)
    over_notes = sum(right for right, _ in counts) / notes
    print(f"{len(counts)} parts, mean {mean:.4f}; {notes} notes, {over_notes:.4f}")


def agreement(work: Labelled) -> tuple[int, int]:
    """How many of the labelled notes are on their own staff, and how many are labelled."""
    pairs = zip(assign_staves(work.notes), work.staves, strict=True)
    known = [(ours, theirs) for ours, theirs in pairs if theirs != UNKNOWN]
    return sum(ours == theirs for ours, theirs in known), len(known)


if __name__ == "__main__":
    main()
