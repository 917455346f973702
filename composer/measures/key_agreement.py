"""How often the key judged by the notes agrees with the signature that was written.

A signature is no perfect reference: modal music of the 16th and 17th centuries is signed for its
mode (G minor with one flat), and the mode of many signatures was estimated when the corpora were
made. So besides "exact" and "relative" the table says how often the estimate is a neighbour, and
all of it once more without music before 1800.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from composer.analysis.key_finding import agreement, estimate_key
from composer.corpus.corpus import find_corpora
from composer.errors import UnreadablePieceError
from composer.music.bars import prevailing_key
from composer.music.piece import Piece

KINDS = ("exact", "relative", "neighbour", "other")
OLD_STYLES = ("renaissance", "baroque", "classical")
_FEWEST_NOTES = 32


class Judged(NamedTuple):
    corpus: str
    style: str
    kind: str


def judge(corpus: str, style: str, piece: Piece) -> Judged | None:
    """How the estimate agrees with the prevailing signature; None where either is missing."""
    written = prevailing_key(piece)
    estimated = estimate_key(piece)
    if written is None or estimated is None or piece.note_count < _FEWEST_NOTES:
        return None
    return Judged(corpus, style, agreement(estimated, written))


def evaluate(judged: Iterable[Judged]) -> dict[str, float]:
    """The share of each kind of agreement, and of exact or relative."""
    counts = Counter(row.kind for row in judged)
    total = max(1, sum(counts.values()))
    shares = {kind: counts[kind] / total for kind in KINDS}
    return {**shares, "exact or relative": shares["exact"] + shares["relative"]}


def sample(folder: Path, pieces: int, seed: int = 0) -> list[Judged]:
    """So many files of all corpora, chosen with the seed, those without a signature left out."""
    works = [work for corpus in find_corpora(folder) for work in corpus.works()]
    random.Random(seed).shuffle(works)
    judged = []
    for work in works[:pieces]:
        try:
            row = judge(work.corpus, work.tags.style, work.read())
        except UnreadablePieceError:
            continue
        if row is not None:
            judged.append(row)
    return judged
