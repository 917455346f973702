"""Does music sound in the style that was asked for? A judge taught by held-out music says.

The judge is fitted to music by people that the model was not trained on, for the styles that have
enough of it, whenever something is judged; it is never shipped. Its ceiling is how often it is
right about real pieces of folders that it has not heard. Tempi are hidden from it: whether one is
written says where a file comes from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from composer.analysis.style import style_features
from composer.analysis.table import Floats
from composer.errors import CorpusError
from composer.measures.judge import Judge, cross_validated, fit, mean_accuracy
from composer.measures.samples import Sample
from composer.music.piece import Piece

_DECAY = 0.03


@dataclass(frozen=True, slots=True)
class StyleScores:
    """The share of pieces whose style is heard, each style counting alike, and by style."""

    pieces: int
    accuracy: float
    by_style: dict[str, float]


def validate(samples: Sequence[Sample]) -> None:
    """Raises CorpusError unless two styles are there to be told apart."""
    if len({sample.style for sample in samples}) < 2:
        raise CorpusError("held-out music of fewer than two styles makes no judge of style")


def features_of(piece: Piece) -> Floats:
    """What the judge hears of a piece with notes: (features,)."""
    return style_features(replace(piece, tempi=()))


def style_judge(samples: Sequence[Sample]) -> tuple[Judge, StyleScores]:
    """The judge and its ceiling."""
    validate(samples)
    features = np.array([features_of(sample.piece) for sample in samples])
    styles = [sample.style for sample in samples]
    guesses = cross_validated(features, styles, [sample.work for sample in samples], _DECAY)
    return fit(features, styles, _DECAY), scores_of(guesses, styles)


def evaluate(judge: Judge, pieces: Sequence[Piece], styles: Sequence[str]) -> StyleScores:
    """How often the judge hears the style that was asked for."""
    features = np.array([features_of(piece) for piece in pieces])
    return scores_of(judge.guesses(features), styles)


def scores_of(guesses: Sequence[str], styles: Sequence[str]) -> StyleScores:
    right = np.array([guess == style for guess, style in zip(guesses, styles, strict=True)])
    named = np.array(styles)
    by_style = {style: float(right[named == style].mean()) for style in sorted(set(styles))}
    return StyleScores(len(styles), mean_accuracy(guesses, styles), by_style)
