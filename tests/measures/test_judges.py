"""Judges of mood and style: right where it can be told, and honest about what they have heard."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from composer.errors import CorpusError, RequestError
from composer.measures import style_judge
from composer.measures.judge import cross_validated, fit, mean_accuracy
from composer.measures.mood_judge import labelled_clips, mood_features, quadrant_of_mood, scores_of
from composer.measures.requests import speaks_against_its_mood
from composer.measures.samples import by_style, held_out_music
from tests.measures.music import melody, shard_of, tune_in_style
from tests.shared import EVALUATION, needs_evaluation


def separable(pieces: int = 60) -> tuple[np.ndarray, list[str]]:
    labels = ["low" if place % 2 else "high" for place in range(pieces)]
    features = np.random.default_rng(0).normal(size=(pieces, 3))
    features[:, 1] += [-4.0 if label == "low" else 4.0 for label in labels]
    return features, labels


def test_a_judge_on_separable_data_is_right() -> None:
    """About what it was taught and about what it has not heard."""
    features, labels = separable()
    assert fit(features, labels).guesses(features) == labels
    groups = [str(place) for place in range(len(labels))]
    assert cross_validated(features, labels, groups) == labels


def test_a_judge_that_has_heard_nothing_of_a_group_cannot_cheat() -> None:
    """Labels that only a group's own noise tells: no better than chance when groups are kept."""
    random = np.random.default_rng(0)
    songs = random.normal(size=(40, 40))
    features = np.repeat(songs, 5, axis=0)
    labels = np.repeat(random.choice(["a", "b"], 40), 5).tolist()
    groups = np.repeat([f"song {number}" for number in range(40)], 5).tolist()
    apart = mean_accuracy(cross_validated(features, labels, groups), labels)
    mixed = mean_accuracy(cross_validated(features, labels, [str(i) for i in range(200)]), labels)
    assert apart < 0.65 < mixed


def test_what_is_not_known_is_average() -> None:
    """A feature that is nan neither stops a judge nor sways it."""
    features, labels = separable()
    features[::7, 0] = np.nan
    assert fit(features, labels).guesses(features) == labels


def test_each_label_counts_alike() -> None:
    """Nine right of nine and none of one: a half."""
    assert mean_accuracy(["a"] * 10, ["a"] * 9 + ["b"]) == 0.5


def test_one_label_makes_no_judge() -> None:
    """Nor do labels that are missing."""
    with pytest.raises(RequestError, match="two different"):
        fit(np.zeros((3, 1)), ["a"] * 3)


def test_styles_are_told_apart_by_ear() -> None:
    """Hymns and folk tunes of a built corpus; the ceiling is 1 and new pieces are heard."""
    hymns = [(tune_in_style("hymn", seed), "valid") for seed in range(8)]
    tunes = [(tune_in_style("folk", seed), "valid") for seed in range(8)]
    samples = held_out_music([shard_of("all", [*hymns, *tunes])], 4, 20)
    judge, ceiling = style_judge.style_judge(samples)
    assert ceiling.accuracy == 1.0
    new = [tune_in_style("hymn", 99), tune_in_style("folk", 99)]
    assert style_judge.evaluate(judge, new, ["hymn", "folk"]).accuracy == 1.0


def test_samples_are_held_out_human_and_short() -> None:
    """No training piece, none made by a machine, none longer than asked for, at most so many."""
    hymns = [(tune_in_style("hymn", seed), "valid") for seed in range(5)]
    tunes = [(tune_in_style("folk", seed), "train") for seed in range(5)]
    machine = shard_of("machine", [(tune_in_style("folk", 7), "valid")], "machine")
    samples = held_out_music([shard_of("tunes", [*hymns, *tunes]), machine], 3, 4)
    assert {sample.style for sample in samples} == {"hymn"}
    assert len(samples) == 4
    assert all(sample.piece.end_tick <= 3 * 96 for sample in samples)
    assert by_style(samples, fewest=5) == {}


def test_nothing_held_out_is_refused() -> None:
    """A yardstick needs music that was not trained on."""
    with pytest.raises(CorpusError, match="held-out"):
        held_out_music([shard_of("tunes", [(tune_in_style("folk", 1), "train")])], 4, 4)


def test_moods_lie_in_their_quadrants() -> None:
    """By word and by point."""
    moods = ("happy", "tense", "sad", "calm", "-0.5,0.5")
    assert [quadrant_of_mood(mood) for mood in moods] == ["q1", "q2", "q3", "q4", "q2"]


def test_signs_and_quadrants_are_counted() -> None:
    """q1 taken for q4 is right about valence and wrong about arousal."""
    scores = scores_of(["q4", "q2"], ["q1", "q2"])
    assert (scores.quadrant, scores.valence, scores.arousal) == (0.5, 1.0, 0.5)


def test_music_is_heard_in_seconds() -> None:
    """Twice the ticks at twice the resolution is the same music to the judge of mood."""
    slow = mood_features(melody([60, 64, 67, 72] * 8, ticks=24))
    fast = mood_features(melody([60, 64, 67, 72] * 8, ticks=12))
    assert slow[0] == pytest.approx(fast[0] - 1, abs=0.1)  # octaves of notes per second


@needs_evaluation
def test_the_judge_of_mood_hears_listeners_quadrants() -> None:
    """Of songs it has not heard, far above the chance of a quarter."""
    from composer.measures.mood_judge import ceiling

    scores = ceiling(labelled_clips(EVALUATION))
    assert scores.pieces > 600
    assert scores.quadrant > 0.6
    assert scores.arousal > 0.85


@pytest.mark.parametrize(
    ("given", "speaks_against"),
    [
        ({"mood": "happy", "key": "a minor"}, True),
        ({"mood": "happy", "key": "C major", "tempo": 150.0}, False),
        ({"mood": "calm", "tempo": 180.0}, True),
        ({"mood": "tense", "tempo": 180.0}, False),
        ({"mood": "sad"}, False),
    ],
)
def test_a_key_or_tempo_of_the_other_side_speaks_against_a_mood(
    given: dict[str, Any], speaks_against: bool
) -> None:
    """Happy in minor, calm at 180: what is then heard is no fault of the mood."""
    assert speaks_against_its_mood(given) is speaks_against
