"""The classifier of styles: its fit to the training corpora and its accuracy on held-out works
(`benchmarks/style_agreement.py` writes and prints them)."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from composer.analysis.style import estimate_style, style_features
from composer.corpus.corpus import Work, find_corpora
from composer.errors import UnreadablePieceError
from composer.measures.judge import softmax_regression
from composer.music.piece import Piece

_MOST_OF_A_STYLE_IN_FIT = 160
MOST_OF_A_STYLE_IN_VALIDATION = 40
_FEWEST_PIECES = 15
_FEWEST_NOTES = 48
_STEPS = 1500
_DECAY = 0.003


def sample(folder: Path, split: str, most: int) -> list[tuple[Work, Piece]]:
    """Pieces of a split, at most `most` of each style, chosen with a fixed seed."""
    works = [w for corpus in find_corpora(folder) for w in corpus.works() if w.split == split]
    random.Random(0).shuffle(works)
    taken: Counter[str] = Counter()
    pieces = []
    for work in works:
        style = work.tags.style
        if not style or taken[style] >= most:
            continue
        try:
            piece = work.read()
        except UnreadablePieceError:
            continue
        if piece.note_count >= _FEWEST_NOTES:
            taken[style] += 1
            pieces.append((work, piece))
    return pieces


def fit(folder: Path) -> dict[str, Any]:
    """Weights of a softmax regression, each style counting alike, by full-batch Adam."""
    pieces = sample(folder, "train", _MOST_OF_A_STYLE_IN_FIT)
    counts = Counter(work.tags.style for work, _ in pieces)
    styles = sorted(style for style, count in counts.items() if count >= _FEWEST_PIECES)
    kept = [(work, piece) for work, piece in pieces if work.tags.style in styles]
    features = np.array([style_features(piece) for _, piece in kept])
    labels = np.array([styles.index(work.tags.style) for work, _ in kept])
    centre, scale = features.mean(axis=0), features.std(axis=0) + 1e-3
    inputs = np.clip((features - centre) / scale, -4.0, 4.0)
    weights = softmax_regression(
        np.column_stack([inputs, np.ones(len(inputs))]), labels, _DECAY, _STEPS
    )
    return {
        "styles": styles,
        "pieces": len(kept),
        "centre": centre.round(4).tolist(),
        "scale": scale.round(4).tolist(),
        "weights": weights.round(3).tolist(),
    }


def evaluate(pieces: list[tuple[Work, Piece]]) -> dict[str, float]:
    """Shares of pieces whose style is judged likeliest, among the three likeliest, and the mean
    over styles of the first."""
    by_style: dict[str, list[bool]] = defaultdict(list)
    in_three = []
    for work, piece in pieces:
        guesses = list(estimate_style(piece, most=3))
        by_style[work.tags.style].append(guesses[:1] == [work.tags.style])
        in_three.append(work.tags.style in guesses)
    right = [hit for hits in by_style.values() for hit in hits]
    return {
        "accuracy": float(np.mean(right)),
        "in three": float(np.mean(in_three)),
        "mean over styles": float(np.mean([np.mean(hits) for hits in by_style.values()])),
        **{f"  {style}": float(np.mean(hits)) for style, hits in sorted(by_style.items())},
    }
