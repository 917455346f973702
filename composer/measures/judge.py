"""A judge: a softmax regression that is fitted when something is to be judged, and never shipped.

What a judge says of generated music means little without its ceiling: how often it is right about
real music that it has not heard (`cross_validated`).

Conventions: `features` are floats of shape (pieces, features), `labels` a name a piece, `groups` a
name a piece; pieces of one group (clips of one song) are never on both sides of a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer.analysis.table import Floats, Ints
from composer.errors import RequestError

FOLDS = 5
_FARTHEST_DEVIATIONS = 4.0
_STEPS = 500
_LEARNING_RATE = 0.02


@dataclass(frozen=True, slots=True)
class Judge:
    """`centre`, `scale`: (features,); `weights`: (features + 1, labels), the last row a bias."""

    labels: tuple[str, ...]
    centre: Floats
    scale: Floats
    weights: Floats

    def guesses(self, features: Floats) -> list[str]:
        """The likeliest label of each piece."""
        logits = _inputs(features, self.centre, self.scale) @ self.weights
        return [self.labels[index] for index in logits.argmax(axis=1)]


def validate(features: Floats, labels: Sequence[str]) -> None:
    """Raises RequestError unless there are pieces of at least two labels, one label a piece."""
    if len(features) != len(labels) or len(set(labels)) < 2:
        raise RequestError(
            f"{len(features)} pieces with {len(labels)} labels ({len(set(labels))} different) "
            "make no judge; give a label a piece, and at least two different ones"
        )


def fit(features: Floats, labels: Sequence[str], decay: float = 0.01) -> Judge:
    """A judge of these pieces, each label counting alike; what is not known (nan) is average."""
    validate(features, labels)
    names = sorted(set(labels))
    centre = np.nanmean(features, axis=0)
    scale = np.nanstd(features, axis=0) + 1e-3
    indices = np.array([names.index(label) for label in labels])
    weights = softmax_regression(_inputs(features, centre, scale), indices, decay, _STEPS)
    return Judge(tuple(names), centre, scale, weights)


def cross_validated(
    features: Floats,
    labels: Sequence[str],
    groups: Sequence[str],
    decay: float = 0.01,
    seed: int = 0,
) -> list[str]:
    """What is said of each piece by a judge that has heard nothing of its group."""
    validate(features, labels)
    names = sorted(set(groups))
    order = np.random.default_rng(seed).permutation(len(names))
    fold_of = {names[place]: index % FOLDS for index, place in enumerate(order)}
    fold = np.array([fold_of[group] for group in groups])
    guesses = np.full(len(labels), "", dtype=object)
    for number in range(FOLDS):
        inside = fold == number
        if inside.any() and not inside.all():
            taught = [label for label, out in zip(labels, inside, strict=True) if not out]
            guesses[inside] = fit(features[~inside], taught, decay).guesses(features[inside])
    return [str(guess) for guess in guesses]


def mean_accuracy(guesses: Sequence[str], labels: Sequence[str]) -> float:
    """The share of right guesses, each label counting alike."""
    right = np.array([guess == label for guess, label in zip(guesses, labels, strict=True)])
    of_label = np.array(labels)
    return float(np.mean([right[of_label == name].mean() for name in sorted(set(labels))]))


def softmax_regression(inputs: Floats, labels: Ints, decay: float, steps: int) -> Floats:
    """(features, labels): minimises the balanced cross entropy with decay, by full-batch Adam.

    `inputs` has shape (pieces, features) with a column of ones, `labels` (pieces,) counts from 0.
    """
    kinds = int(labels.max()) + 1
    target = np.eye(kinds)[labels]
    importance = (len(labels) / kinds / target.sum(axis=0))[labels][:, None]
    weights = np.zeros((inputs.shape[1], kinds))
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        logits = inputs @ weights
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        slope = inputs.T @ (importance * (chances - target)) / len(labels) + decay * weights
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        corrected = first / (1 - 0.9**step), second / (1 - 0.999**step)
        weights -= _LEARNING_RATE * corrected[0] / (np.sqrt(corrected[1]) + 1e-8)
    return weights


def _inputs(features: Floats, centre: Floats, scale: Floats) -> Floats:
    deviations = np.nan_to_num((features - centre) / scale)
    near = np.clip(deviations, -_FARTHEST_DEVIATIONS, _FARTHEST_DEVIATIONS)
    return np.column_stack([near, np.ones(len(near))])
