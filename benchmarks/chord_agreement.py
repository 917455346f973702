"""How well estimated chords agree with those that people annotated (POP909).

python -m benchmarks.chord_agreement POP909.zip [SONGS]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from composer.analysis.chord_finding import estimate_chords
from composer.measures.chord_agreement import MEASURES, evaluate, songs


def main(arguments: list[str]) -> None:
    if not arguments:
        raise SystemExit(__doc__)
    count = int(arguments[1]) if len(arguments) > 1 else 0
    rows = [
        evaluate(annotated, estimate_chords(piece), piece.end_tick)
        for piece, annotated in songs(Path(arguments[0]), count)
    ]
    means = {name: round(float(np.mean([row[name] for row in rows])), 3) for name in MEASURES}
    print(len(rows), "songs", means)


if __name__ == "__main__":
    main(sys.argv[1:])
