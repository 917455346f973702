"""How fast styles go and people play: rewrites analysis/paces.toml.

    python -m benchmarks.paces CORPORA [MANIFESTS]

Of the training split, pieces whose tempo somebody wrote down: the 10th, 50th and 90th percentile of
their prevailing tempo by style, and the 97th percentile of the onsets a second that parts of an
instrument keep up for two seconds (tremolo, written out, counts).
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from composer import analysis
from composer.analysis.paces import notes_per_second
from composer.corpus.corpus import Work, find_corpora
from composer.errors import ComposerError
from composer.music.bars import prevailing_tempo
from composer.music.instruments import BY_NAME
from composer.music.normalise import normalise

OUT = Path(analysis.__file__).with_name("paces.toml")
WORKS_OF_A_STYLE, FEWEST_WORKS, FEWEST_PARTS = 150, 12, 40
HEADER = """# Tempi of styles in quarters a minute (10th, 50th, 90th percentile), and how many
# onsets a second parts of an instrument keep up for two seconds (97th percentile), in music of the
# training split whose tempo is written down. Written by benchmarks/paces.py.
"""


def main() -> None:
    kinds: dict[str, list[Work]] = defaultdict(list)
    manifests = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    for corpus in find_corpora(Path(sys.argv[1]), manifests):
        for work in corpus.works():
            if work.split == "train" and work.tempo_known and work.tags.style:
                kinds[work.tags.style].append(work)
    tempi: dict[str, list[float]] = defaultdict(list)
    speeds: dict[str, list[float]] = defaultdict(list)
    chance = random.Random(0)
    for style, works in sorted(kinds.items()):
        for work in chance.sample(works, min(WORKS_OF_A_STYLE, len(works))):
            try:
                piece = normalise(work.read())
            except ComposerError:
                continue
            tempo = prevailing_tempo(piece)
            if tempo:
                tempi[style].append(tempo.quarters_per_minute)
            for part in piece.parts:
                if part.notes and not part.is_drums and piece.tempi:
                    speed = notes_per_second(piece, part)
                    speeds[part.instrument].append(speed)
                    speeds[f"any {BY_NAME[part.instrument].section}"].append(speed)
    lines = ["", "[tempi]"]
    for style, found in sorted(tempi.items()):
        if len(found) >= FEWEST_WORKS:
            least, middle, most = np.percentile(found, [10, 50, 90])
            lines.append(f"{style} = [{least:.0f}, {middle:.0f}, {most:.0f}]")
    lines += ["", "[speeds]"]
    for name, found in sorted(speeds.items()):
        if len(found) >= FEWEST_PARTS:
            quoted = f'"{name}"' if " " in name else name
            lines.append(f"{quoted} = {np.percentile(found, 97):.1f}")
    OUT.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
