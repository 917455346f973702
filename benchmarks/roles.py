"""How much each role plays in music of each style: rewrites analysis/roles.toml.

    python -m benchmarks.roles CORPORA [MANIFESTS]

Of the training split, in windows of 16 bars (the first ones of a piece and those in its middle):
the share of bars in which a part plays, and its notes in a bar in which it does, for every part
that plays at all. The 10th and the 90th percentile over parts, by style and ensemble, by ensemble,
by style, and of all. What programs made counts where people wrote little in a style.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from composer import analysis
from composer.analysis.roles import ROLES, playing_of
from composer.corpus.corpus import Work, find_corpora
from composer.errors import ComposerError
from composer.music.bars import bars_of
from composer.music.normalise import normalise
from composer.music.piece import Piece

OUT = Path(analysis.__file__).with_name("roles.toml")
WINDOW_BARS = 16
WORKS_OF_A_KIND, FEWEST_PARTS = 80, 25
ALONE = ("solo-piano", "organ", "harpsichord", "guitar", "melody", "drums")
"""Ensembles of one player, who has no role."""
HEADER = f"""# How much parts of each role play in {WINDOW_BARS} bars of music of the training
# split: least and most share of the bars, least and most notes in a bar in which they play (10th
# and 90th percentile over parts), by style/ensemble. Written by benchmarks/roles.py.
"""


def main() -> None:
    manifests = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    kinds: dict[str, list[Work]] = defaultdict(list)
    for corpus in find_corpora(Path(sys.argv[1]), manifests):
        for work in corpus.works():
            tags = work.tags
            if work.split == "train" and tags.ensemble not in ALONE and tags.style:
                kinds[f"{tags.style}/{tags.ensemble}"].append(work)
    found: dict[str, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    chance = random.Random(0)
    for kind, works in sorted(kinds.items()):
        style, ensemble = kind.split("/")
        for work in chance.sample(works, min(WORKS_OF_A_KIND, len(works))):
            try:
                piece = normalise(work.read())
            except ComposerError:
                continue
            for role, value in windows(piece):
                for name in {kind, f"{style}/", f"/{ensemble}", "/"}:
                    found[name][role].append(value)
    OUT.write_text(HEADER + "".join(table_of(name, found[name]) for name in sorted(found)))


def windows(piece: Piece) -> list[tuple[str, tuple[float, float]]]:
    """Role, share of bars and notes a bar of every part that plays, in two windows."""
    bars = len(bars_of(piece))
    if sum(bool(part.notes) for part in piece.parts) < 2 or bars < WINDOW_BARS:
        return []
    starts = sorted({0, (bars - WINDOW_BARS) // 2})
    return [
        (playing.role, (playing.share, playing.notes_per_bar))
        for start in starts
        for playing in playing_of(piece, start, WINDOW_BARS)
        if playing.bars
    ]


def table_of(name: str, roles: dict[str, list[tuple[float, float]]]) -> str:
    """The lines of one style and ensemble; nothing where there are few parts."""
    lines = []
    for role in ROLES:
        values = np.array(roles.get(role, [])).reshape(-1, 2)
        if len(values) >= FEWEST_PARTS:
            least, most = np.percentile(values, [10, 90], axis=0)
            numbers = (least[0], most[0], least[1], most[1])
            lines.append(f"{role} = [{', '.join(f'{number:.2f}' for number in numbers)}]")
    return f'\n["{name}"]\n' + "".join(f"{line}\n" for line in lines) if lines else ""


if __name__ == "__main__":
    main()
